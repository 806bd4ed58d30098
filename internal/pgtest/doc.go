// Package pgtest starts a throwaway PostgreSQL for tests, from the binaries that the
// system has. One server serves a whole test binary:
//
//	url := pgtest.Database(t) // a database of its own for each test
//
// and a test that stops the database has one to itself:
//
//	server := pgtest.Start(t)
//	url := server.Database(t)
//	server.Stop(t)
//	server.Restart(t)
//
// The servers end with the test process, however that ends.
package pgtest
