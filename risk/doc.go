// Package risk reads what a request tells of the device behind it, and says how odd that
// is before what was known.
//
// [ParseSignals] and [ParseClient] read the signals of a client's SDK and the User-Agent
// string and client hints of its connection, [FingerprintV2] makes of them what can be
// kept and compared, and [Assess] gives a score with its reasons. What each reason means,
// its points and when it weighs less are in docs/risk.md.
//
// It is pure: no store, no clock, and no I/O but for the time zone database. Nothing here
// is evidence. A client writes its own User-Agent and signals, so these describe a device
// to people and raise doubt in a decision; only a proof by the device's key identifies it.
package risk
