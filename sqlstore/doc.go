// Package sqlstore keeps a [symbolon.Store] in SQLite or in PostgreSQL, with one set of
// statements for both.
//
// SQLite is for one process: writers queue up and are committed as a group, with one
// fsync for all of them, while readers go on beside them. PostgreSQL is for any number
// of replicas of the service.
//
// Each file holds one noun of the root package: its statements first, then the methods
// that run them. sqlite.go and postgres.go are the two engines, dialect.go is all that
// differs between their statements, and group.go is the group commit.
package sqlstore
