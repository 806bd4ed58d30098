// Package symbolontest starts a real Symbolon in a test, with fake devices that go over
// HTTP as an SDK does. An app tests its own sign-in against it:
//
//	func TestSignIn(t *testing.T) {
//		service := symbolontest.Start(t)                        // SQLite in t.TempDir()
//		app := service.NewApp(t)                                // with app.Backend, a client.Client
//		phone := symbolontest.NewDevice(t, app, proof.ES256)    // a key, known to nobody yet
//
//		phone.Register(ctx, app.Ticket(t, "alice"))             // possession shown, registered
//		p, err := phone.Prove(ctx, symbolontest.Statement{})    // a fresh challenge, signed
//		d, err := app.Backend.Decide(ctx, symbolon.DecisionRequest{UserID: "alice", Proof: p})
//		…
//	}
//
// The service stops, and has finished what it began, when the test ends. It differs from
// `symbolon serve` in two ways: it has no rate limits unless [WithLimits] sets some, and
// its secret and admin key are made up. What it is not for: serving anyone, since nothing
// keeps its secret.
//
// [OnDatabase] takes a PostgreSQL database instead, [Service.Replica] starts a second
// service on it, and [Attach] works with a service that runs elsewhere. [NewProvider] is an
// OpenID provider, for apps whose users come with tokens of one.
package symbolontest
