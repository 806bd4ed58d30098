package sqlstore

import (
	"context"
	"io/fs"
	"time"

	"github.com/symbolon-id/symbolon"
)

// WithMigrations is the configuration with other migrations than the embedded ones.
func (c Config) WithMigrations(files fs.FS) Config {
	c.migrations = files
	return c
}

// Migrations gives the embedded ones of a database, "sqlite" or "postgres".
func Migrations(database string) (fs.FS, error) { return fs.Sub(schema, "schema/"+database) }

// OnWriter runs a pragma on SQLite's one writing connection.
func (s *Store) OnWriter(ctx context.Context, pragma string) error {
	return s.engine.write(ctx, func(d db) error {
		return d.each(ctx, built("pragma", pragma), nil, func(scan) error { return nil })
	})
}

// HotStatements are the ones that must never read a whole table, by their names, as
// SQLite and PostgreSQL have them.
func HotStatements() map[string][2]string {
	hot := map[string][2]string{}
	for _, s := range []*statement{
		getDevice, getIdentity, getStanding, getSession, putSession, takeDeviceSessions, pruneSessions, pruneSpends, pruneAnswers, pruneErased, listUserDevices, listKeyDevices, listEndedBlocks, listOldPending, getKeyByThumbprint,
		putDecision, hasSpend, getDecision, listDecisions, walkDevices, listDeviceEvents, listUserEvents, listUnsealed, getEvents, listSeals,
		foldUse, foldMove, foldRisk, getHistories, sweepAgain, addTally, listTallies, pruneTallies,
		getIncident, listIncidents, listOpenIncidents, getDevices, listUsers, listHardwareDevices, listSomeKeyDevices,
		listWholeAddresses, lastUserEvent, nextErasure, listErasable, listErasableOfUser, getErased, listErasures, listRemovals, getCredential,
	} {
		hot[s.name] = s.texts
	}
	hot[listChangedRisks.name] = [2]string{sqlite.text(listChangedRisks), postgres.text(foldUses)}
	hot["fold all"] = [2]string{sqlite.text(foldMove), postgres.text(foldUses)}
	for _, s := range removeRows {
		hot[s.name] = s.texts
	}
	for name, s := range ListStatements() {
		hot[name] = [2]string{s.Text, s.Text}
	}
	return hot
}

// ListStatement is one of a list of devices.
type ListStatement struct {
	Text string
	Args []any
}

// ListStatements are those of lists of devices: of every order from its beginning and after a
// cursor, without a filter and with all, and of every kind of search. What they ask for is
// common where the test fills its tables.
func ListStatements() map[string]ListStatement {
	none, every, long, far := 0, 100, time.Unix(0, 0), time.Unix(1e9, 0)
	all := symbolon.DeviceQuery{
		Status: symbolon.StatusActive, KeyStorage: symbolon.StorageBrowser, Country: "PT", Risk: symbolon.Scores{From: &none, To: &every},
		SeenFrom: &long, SeenTo: &far, Trusted: &symbolon.TrustFilter{},
	}
	found := map[string]ListStatement{}
	for _, sort := range symbolon.DeviceSorts {
		for filters, q := range map[string]symbolon.DeviceQuery{"": {}, ", filtered": all} {
			q.AppID, q.Sort = "big", sort
			name := " by " + string(sort) + filters
			l := &deviceList{Store: &Store{}, query: q, by: orders[sort]}
			for what, w := range map[string]way{"from its beginning": l.way(), "after a cursor": {&rank{1, "n1", "d1"}, l.way().end}, "between": {&rank{1, "n1", "d1"}, &rank{1, "n1", "d9"}}} {
				found["walk"+name+" "+what] = made(func(a *arguments) string { return l.along(a, w) })
				found["look ahead"+name+" "+what] = made(func(a *arguments) string { return l.lookAhead(a, w) })
			}
			for what, by := range map[string]symbolon.DeviceQuery{"user": {User: "u1"}, "key": {KeyID: "k1"}, "user and key": {User: "u1", KeyID: "k1"}, "prefix": {Prefix: "u"}} {
				l.query.User, l.query.KeyID, l.query.Prefix = by.User, by.KeyID, by.Prefix
				found["search of a "+what+name] = made(func(a *arguments) string { return l.finding(a, fewFound) })
				found["count of a "+what+name] = made(func(a *arguments) string { return l.counting(a, fewFound) })
				found["walk for a "+what+name] = made(func(a *arguments) string { return l.along(a, l.way()) })
			}
		}
	}
	return found
}

func made(text func(*arguments) string) ListStatement {
	a := about("big")
	return ListStatement{text(a), a.args}
}

// LookAtMost lets pages look at no more devices than that.
func (s *Store) LookAtMost(n int) { s.looks = n }

// Waiting is how many writers wait for SQLite's writer.
func (s *Store) Waiting() int { return len(s.engine.(*sqliteEngine).group.jobs) }

// RememberAtMost sets how many bytes of standings SQLite keeps in memory.
func (s *Store) RememberAtMost(n int) { s.engine.memory().most = n }

// Remembered is how many there are, and how many bytes they count for.
func (s *Store) Remembered() (number, bytes int) {
	m := s.engine.memory()
	m.mu.RLock()
	defer m.mu.RUnlock()
	return len(m.known), m.bytes
}

// Linked is how many of them what changes of one extent would find, for each extent.
func (s *Store) Linked() (number [4]int) {
	m := s.engine.memory()
	m.mu.RLock()
	defer m.mu.RUnlock()
	for e := range m.slots {
		for i := range m.slots[e] {
			for l := m.slots[e][i].within; l != nil; l = l.next {
				number[e]++
			}
		}
	}
	return number
}

// Statement is one that is defined, with the kind of what of standings it is marked to
// change, or "".
type Statement struct {
	Name  string
	Texts [2]string
	Marks string
}

// Statements are all that are defined.
func Statements() (all []Statement) {
	marks := map[extent]string{nothing: "", aDevice: "device", aKey: "key", aUser: "user", anApp: "app"}
	for _, s := range defined {
		all = append(all, Statement{s.name, s.texts, marks[s.changes]})
	}
	return all
}

// FailCommits lets each commit of the reads that SQLite gathers fail, and leave its
// transaction open. No read may be under way.
func (s *Store) FailCommits(ctx context.Context) error {
	g := s.engine.(*sqliteEngine).readers.shared
	fails, err := g.conn.PrepareContext(ctx, "SELECT abs(-9223372036854775808)") //nolint:sqlclosecheck // the store closes it
	if err == nil {
		g.prepared["COMMIT"] = fails
	}
	return err
}

// ReadTogether reads one row together with others' reads.
func (s *Store) ReadTogether(ctx context.Context, row func()) error {
	return s.engine.(*sqliteEngine).readers.shared.each(ctx, "SELECT 1", nil, func(scan) error {
		row()
		return nil
	})
}

// FillReads makes as many reads wait as can, while another is under way.
func (s *Store) FillReads() {
	for range maxGroup {
		s.engine.(*sqliteEngine).readers.shared.asked <- &asked{"SELECT 1", nil, func(scan) error { return nil }, make(chan error, 1)}
	}
}
