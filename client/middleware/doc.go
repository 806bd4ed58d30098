// Package middleware lets an API know the device behind a request. It verifies device tokens
// (RFC 7519) as the service issues them, with the service's public keys and without asking it;
// where that is not enough, it demands a proof by the device's key for each request (DPoP, RFC
// 9449), or asks the service how the device stands now.
//
//	devices, err := middleware.New(middleware.Config{
//		Issuer: "https://symbolon.example",
//		App:    "bank",
//		User:   func(r *http.Request) (symbolon.UserID, bool) { … }, // your own session
//	})
//	known := devices.Require(middleware.Requirement{})
//	mux.Handle("GET /balance", known(http.HandlerFunc(balance)))
//
// Within a handler [Device] tells what is known. A request that does not get there is
// answered in problem+json (RFC 9457), with a challenge that says what is missing (RFC 9470).
//
// What it is not: a login. Whose request it is your User says, and a device counts only where
// it is that user's. Verified without asking, a device that was blocked passes until its token
// expires, five minutes at most; set Live where that is too long.
package middleware
