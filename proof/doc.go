// Package proof holds what a device and the service say to each other: challenges,
// proofs over them, and the public keys that verify the proofs. It follows
// spec/protocol.md, whose steps are numbered in the comments here.
//
// A proof is judged in the protocol's order, by calls that are kept apart:
//
//	p, err := proof.Parse(compact)                                     // steps 1 to 9
//	c, err := proof.OpenChallenge(keys, app, purpose, now, p.Challenge) // step 10
//	err = p.Check(proof.Expected{App: app, Purpose: purpose, User: user}) // steps 11 to 14
//	err = p.Verify(key)                                                // steps 15 and 16
//	spend(c.SpendKey())                                                // step 17, the caller's
//
// Only after all of them has the holder of the key answered, once, to this service. The
// last step is what makes a proof single use: without it a proof can be replayed until
// its challenge expires.
//
// Beside proofs for the service there are those for single requests to an app's own API
// ([DPoP], RFC 9449): ParseDPoP verifies one, [DPoP.Check] holds it against its request, and
// nonces and replays are the caller's.
//
// The package reads no clock and does no I/O. It is not a general JOSE library: what the
// protocol does not use is refused by name.
package proof
