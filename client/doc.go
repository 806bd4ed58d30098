// Package client calls a Symbolon service from Go. An app's backend makes one with its
// credential, and asks at each sign-in what the device in front of it is worth:
//
//	c, err := client.New(client.Config{BaseURL: "https://symbolon.example", App: "acme", Key: key})
//	d, err := c.Decide(ctx, symbolon.DecisionRequest{UserID: "alice", Proof: proof})
//	if err != nil || d.SecondFactor == symbolon.FactorRequire {
//		// ask for the second factor
//	}
//
// An error means that nothing was decided: it is never a reason to trust. Every error of
// the service is an [Error], and errors.Is(err, symbolon.ErrDeviceBlocked) and the like
// hold for it.
//
// Calls that may be repeated without harm are: those that read, challenges and tickets.
// Other writes are sent once, unless the context holds a key by [WithIdempotencyKey].
package client
