// Package guarantee holds no code, only tests: what Symbolon promises, each promise with
// the test that holds it to it. They see what an operator and an app see: the program as a
// process that can be killed, its API over HTTP, and its database.
//
//	challenge_test.go  a challenge is spent at most once
//	crash_test.go      nothing acknowledged is lost
//	block_test.go      a block counts on the next request
//	outage_test.go     doubt is never trust: without a database nothing is decided
//	hostile_test.go    hostile traffic costs no row
//	oracle_test.go     who lacks the key learns nothing
//
// Where a test must stand between a read and a write, or count what is read, it runs the
// service within itself by package symbolontest.
//
// kill -9 shows that an answer waits for its commit, and that a commit is whole. It can't
// show that a commit lasts through a loss of power, since the system keeps what was
// written: that rests on synchronous=FULL and on PostgreSQL's own settings.
package guarantee
