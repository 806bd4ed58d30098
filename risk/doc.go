// Package risk reads what a request tells of the device behind it: the
// signals that a client's SDK sends along, the User-Agent string and client
// hints of the connection, and the fingerprint made of the stable ones.
//
// It is pure: no I/O, no clock, no store. Nothing here is evidence. A client
// writes its own User-Agent and signals, so these describe a device to people
// and weigh in a decision; only a proof by the device's key identifies it.
package risk
