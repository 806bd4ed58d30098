// Package symbolon holds every word of the domain: apps, users, devices, trust,
// decisions, policy, events, and the [Store] contract they are kept by. Everything
// else in this module imports it; it imports nothing of ours, does no I/O and never
// reads a clock: the time is a value that callers pass in.
//
// A device is known only by a key that can't leave it. The service keeps the public
// half ([Device.PublicKey]); a signed challenge is the match. What the match means for
// a request is a [Decision]; what a user chose to allow is a [Trust]; what happened is
// an [Event].
//
// Read it in this order: device.go, lifecycle.go, trust.go, decision.go, event.go,
// policy.go, store.go.
package symbolon
