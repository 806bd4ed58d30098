package sqlstore_test

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/internal/pgtest"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// listener is told the name of every statement, while it runs.
type listener struct {
	counter
	heard func(statement string)
}

func (l *listener) ObserveStatement(name string, _ time.Duration, _ error) { l.heard(name) }

const (
	manyEvents = 200_000
	eraseLimit = 2000

	// Half of them are decisions, and all of one device.
	insertMany = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO events (app_id, type, at, actor_kind, actor_id, user_id, device_id, ip_address, data, salt, spend)
		SELECT 'app', CASE i % 2 WHEN 0 THEN 'device.decided' ELSE 'device.updated' END, i, 'user', 'ann', 'ann', ?, '203.0.113.7',
			'{"deviceName":"anns"}', x'73616c74', CASE i % 2 WHEN 0 THEN CAST(i AS BLOB) END FROM n`

	countPersonal = `SELECT count(*) FROM events WHERE user_id = 'ann' OR actor_id = 'ann' OR data LIKE '%anns%' OR device_id = ?`
)

// eraser takes one step after another of a user's erase, and sends somebody else for a
// decision while a step has the writer.
type eraser struct {
	t         *testing.T
	store     *sqlstore.Store
	other     symbolon.Device
	steps     int
	sent      int // for a decision
	decisions int // that were made
	decided   chan error
}

// heard is called by whoever has the writer.
func (e *eraser) heard(statement string) {
	switch {
	case statement == "put_decision":
		e.decisions++
	case statement == "next_erasure" && e.sent < e.steps:
		if e.decisions != e.sent {
			e.t.Errorf("step %d began when of %d who came before it %d had had their turn", e.steps, e.sent, e.decisions)
		}
		e.sent++
		record := decision(e.other, fmt.Sprint("challenge ", e.sent))
		go func() {
			_, err := e.store.PutDecision(context.WithoutCancel(e.t.Context()), record)
			e.decided <- err
		}()
		for e.store.Waiting() == 0 {
			runtime.Gosched()
		}
	}
}

func (e *eraser) step() (more bool) {
	e.t.Helper()
	e.steps++
	more, err := e.store.ContinueErasure(e.t.Context(), "app", "ann", eraseLimit)
	if err != nil {
		e.t.Fatal(err)
	}
	return more
}

// However many events there are, the erase is short, and whoever comes while a step has
// the writer has their turn before the next. Between two steps it may be killed.
func TestOthersGetTheirTurnBetweenTheStepsOfAnErase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "erase.db")
	told := func(string) {}
	s, err := sqlstore.Open(t.Context(), sqlstore.Config{Path: path, Observer: &listener{heard: func(name string) { told(name) }}})
	if err != nil {
		t.Fatal(err)
	}
	anns, bobs := device(t, s, "ann", "k1"), device(t, s, "bob", "k2")
	back := connection(t, "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	if _, err := back.ExecContext(t.Context(), insertMany, manyEvents, string(anns.ID)); err != nil {
		t.Fatal(err)
	}
	statements := 0
	told = func(string) { statements++ }
	if _, err := s.EraseUser(t.Context(), "app", "ann"); err != nil || statements > 15 {
		t.Fatalf("the erase itself took %d statements, %v", statements, err)
	}

	e := &eraser{t: t, store: s, other: bobs, decided: make(chan error, 10)}
	told = e.heard
	for range cap(e.decided) {
		if !e.step() {
			t.Fatalf("%d steps erased everything", e.steps)
		}
	}
	for range cap(e.decided) {
		if err := <-e.decided; err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	e.finishAfterRestart(path)
	personal := -1
	if err := back.QueryRowContext(t.Context(), countPersonal, string(anns.ID)).Scan(&personal); err != nil || personal != 0 {
		t.Errorf("%d events still tell of the user, %v", personal, err)
	}
}

// finishAfterRestart knows nothing of the erase but what is listed.
func (e *eraser) finishAfterRestart(path string) {
	e.t.Helper()
	e.store = open(e.t, sqlstore.Config{Path: path})
	left, err := e.store.ListErasures(e.t.Context(), time.Now(), 10)
	if err != nil || len(left) != 1 || left[0] != (symbolon.PendingErasure{AppID: "app", UserID: "ann"}) {
		e.t.Fatalf("after the restart is left %v, %v", left, err)
	}
	for e.step() {
	}
	if e.steps < manyEvents/eraseLimit {
		e.t.Errorf("%d steps of at most %d events for %d", e.steps, eraseLimit, manyEvents)
	}
	if left, err := e.store.ListErasures(e.t.Context(), time.Now(), 10); err != nil || len(left) != 0 {
		e.t.Errorf("in the end is left %v, %v", left, err)
	}
}

// A decision locks its device for sharing, and writes and commits when it likes: the erase
// waits for that before it looks up to which event there is something to strip.
func TestADecisionInFlightIsStrippedToo(t *testing.T) {
	url := pgtest.Database(t)
	s := open(t, sqlstore.Config{URL: url})
	d := device(t, s, "ann", "k1")
	inFlight, outside := connect(t, url), connect(t, url)
	run(t, inFlight, `BEGIN`)
	run(t, inFlight, `SELECT 1 FROM devices FOR SHARE`)
	erased := make(chan error, 1)
	go func() {
		_, err := s.EraseUser(t.Context(), d.AppID, d.UserID)
		erased <- err
	}()
	for waiting := 0; waiting == 0; runtime.Gosched() {
		if err := outside.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks WHERE NOT granted`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	run(t, inFlight, `INSERT INTO events (app_id, type, at, actor_kind, actor_id, user_id, device_id, ip_address, data, salt)
		SELECT app_id, 'device.decided', 0, 'client', '', user_id, device_id, '', '{"a":1}', 'salt' FROM devices`)
	event(t, s) // draws a higher id, and commits before
	run(t, inFlight, `COMMIT`)
	if err := <-erased; err != nil {
		t.Fatal(err)
	}
	if more, err := s.ContinueErasure(t.Context(), d.AppID, d.UserID, 100); err != nil || more {
		t.Fatalf("more %v, %v", more, err)
	}
	personal := -1
	err := outside.QueryRow(t.Context(), `SELECT count(*) FROM events WHERE user_id <> '' OR device_id <> ''`).Scan(&personal)
	if err != nil || personal != 0 {
		t.Errorf("%d events still tell of the user, %v", personal, err)
	}
}

// Who saw the user's device before the erase can't write of them after it.
func TestATransactionThatSawTheUserIsRunAgainAfterTheErase(t *testing.T) {
	s := open(t, sqlstore.Config{URL: pgtest.Database(t)})
	d := device(t, s, "ann", "k1")
	runs := 0
	err := s.Tx(t.Context(), func(tx symbolon.Store) error {
		runs++
		seen, err := tx.GetDevice(t.Context(), d.AppID, d.ID)
		if err != nil {
			return err
		}
		if runs == 1 {
			if _, err := s.EraseUser(t.Context(), d.AppID, d.UserID); err != nil {
				return err
			}
		}
		_, err = tx.AppendEvent(t.Context(), symbolon.Event{AppID: d.AppID, Type: symbolon.EventDeviceUpdated, At: time.Now(), UserID: seen.UserID, DeviceID: seen.ID})
		return err
	})
	wantNotFound(t, err)
	if runs != 2 {
		t.Errorf("%d runs, want 2", runs)
	}
}
