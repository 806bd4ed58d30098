package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/internal/pgtest"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// connect gives a connection beside the stores.
func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

func run(t *testing.T, conn *pgx.Conn, statement string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// Both transactions read before either writes, so one of them must lose and run again.
func TestATransactionThatLosesIsRunAgain(t *testing.T) {
	url, seen := pgtest.Database(t), &counter{}
	replicas := []symbolon.Store{open(t, sqlstore.Config{URL: url, Observer: seen}), open(t, sqlstore.Config{URL: url, Observer: seen})}
	var read, ended sync.WaitGroup
	read.Add(2)
	var runs atomic.Int64
	errs := make([]error, 2)
	for i, s := range replicas {
		ended.Go(func() {
			first := true
			errs[i] = s.Tx(t.Context(), func(s symbolon.Store) error {
				runs.Add(1)
				other := has(t, s, fmt.Sprint("u", 1-i))
				if first {
					first = false
					read.Done()
					read.Wait()
				}
				if other {
					return nil
				}
				return put(t.Context(), s, fmt.Sprint("u", i))
			})
		})
	}
	ended.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if has(t, replicas[0], "u0") == has(t, replicas[0], "u1") {
		t.Error("both wrote, though each would only where the other had not")
	}
	if runs.Load() != 3 || seen.retries.Load() != 1 {
		t.Errorf("%d runs and %d retries, want 3 and 1", runs.Load(), seen.retries.Load())
	}
}

// A conflict is not forgotten where the function makes another error of it.
func TestAConflictCountsAlsoWhereItIsSwallowed(t *testing.T) {
	s := open(t, sqlstore.Config{URL: pgtest.Database(t)})
	d := device(t, s, "ann", "k1")
	runs := 0
	err := s.Tx(t.Context(), func(tx symbolon.Store) error {
		runs++
		mine, err := tx.GetDevice(t.Context(), d.AppID, d.ID)
		if err != nil {
			return err
		}
		if runs == 1 {
			if _, err := s.PutDevice(t.Context(), mine); err != nil {
				return err
			}
		}
		if _, err := tx.PutDevice(t.Context(), mine); err != nil {
			return errors.New("something else")
		}
		return nil
	})
	if err != nil || runs != 2 {
		t.Errorf("%d runs, %v", runs, err)
	}
}

func TestTheDatabaseStopsInMidLoadAndComesBack(t *testing.T) {
	server := pgtest.Start(t)
	s := open(t, sqlstore.Config{URL: server.Database(t)})
	d := device(t, s, "ann", "k1")
	ctx, stop := context.WithCancel(t.Context())
	var load sync.WaitGroup
	var done, unavailable atomic.Int64
	for worker := range 8 {
		load.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				switch err := work(ctx, s, d, fmt.Sprint(worker, "-", i)); {
				case err == nil:
					done.Add(1)
				case errors.Is(err, symbolon.ErrUnavailable):
					unavailable.Add(1)
				case ctx.Err() == nil:
					t.Errorf("got %v, want %v", err, symbolon.ErrUnavailable)
					return
				}
			}
		})
	}
	until(t, &done, 200)
	server.Stop(t)
	until(t, &unavailable, 50)
	if err := s.Ping(ctx); !errors.Is(err, symbolon.ErrUnavailable) {
		t.Errorf("ping while it is stopped: %v", err)
	}
	if id, err := s.GetIdentity(ctx, d.AppID, d.UserID, d.KeyID); err == nil || id.Device != nil {
		t.Error("the stopped database knew a device")
	}
	server.Restart(t)
	until(t, &done, done.Load()+200)
	stop()
	load.Wait()
}

// work is one of everything that a request does.
func work(ctx context.Context, s symbolon.Store, d symbolon.Device, spend string) error {
	if _, err := s.GetIdentity(ctx, d.AppID, d.UserID, d.KeyID); err != nil {
		return err
	}
	if _, err := s.PutDecision(ctx, decision(d, spend)); err != nil {
		return err
	}
	return s.Tx(ctx, func(s symbolon.Store) error { return put(ctx, s, spend) })
}

func until(t *testing.T, n *atomic.Int64, want int64) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); n.Load() < want; {
		runtime.Gosched()
		if time.Now().After(deadline) {
			t.Fatalf("stuck at %d of %d", n.Load(), want)
		}
	}
}

func decision(d symbolon.Device, spend string) symbolon.DecisionRecord {
	return symbolon.DecisionRecord{DeviceID: d.ID, Version: d.Version, Spend: []byte(spend), Event: symbolon.Event{
		AppID: d.AppID, Type: symbolon.EventDeviceDecided, At: time.Now(), Actor: symbolon.Actor{Kind: symbolon.CallerBackend, ID: "cred_1"},
		UserID: d.UserID, DeviceID: d.ID, IPAddress: "203.0.113.7",
		Data: []byte(`{"recommendation":"ALLOW","secondFactor":"require","proofResult":"valid","action":"login","known":true,"trusted":false,"score":0}`),
	}}
}

const insertEvent = `INSERT INTO events (app_id, type, at, actor_kind, actor_id, user_id, device_id, ip_address, data, salt)
	VALUES ('app', 'app.updated', 0, 'system', '', '', '', '', '', 'salt')`

// An event whose transaction runs still has a low id, and must not be passed by.
func TestTheSealerWaitsForTransactionsThatRun(t *testing.T) {
	url := pgtest.Database(t)
	s := open(t, sqlstore.Config{URL: url})
	open := connect(t, url)
	run(t, open, `BEGIN`)
	run(t, open, insertEvent)
	for range 3 {
		event(t, s)
		if r := seal(t, s); r.Sealed != 0 || r.Lag == 0 {
			t.Fatalf("sealed %d events after one that is not committed, with a lag of %s", r.Sealed, r.Lag)
		}
	}
	run(t, open, `COMMIT`)
	if r := seal(t, s); r.Sealed == 0 {
		t.Fatal("nothing was sealed after the commit")
	}
	for seal(t, s).Sealed > 0 {
	}
	list, err := s.ListEvents(t.Context(), "app", 0, 10)
	if err != nil || len(list) != 4 || list[0].At.UnixMicro() != 0 {
		t.Errorf("the log has %d events, and begins with %+v: %v", len(list), list[0], err)
	}
}

// Under a load that never pauses, a mark from the last call says what is final by now.
func TestTheSealerFollowsALoadThatNeverPauses(t *testing.T) {
	url := pgtest.Database(t)
	s := open(t, sqlstore.Config{URL: url})
	a, b := connect(t, url), connect(t, url)
	run(t, a, `BEGIN`)
	run(t, a, holdEvents)
	sealed := 0
	for range 6 { // at any time, one of the two may write an event
		event(t, s)
		run(t, b, `BEGIN`)
		run(t, b, holdEvents)
		run(t, a, `COMMIT`)
		a, b = b, a
		sealed += seal(t, s).Sealed
	}
	run(t, a, `COMMIT`)
	if sealed < 4 {
		t.Errorf("%d of 6 events were sealed", sealed)
	}
}

// holdEvents is what every transaction that writes an event does first.
const holdEvents = `DELETE FROM events WHERE false`

// Others may keep their transactions open for hours: an import into another table, a
// backup that reads, a neighbour's database on the same server.
func TestTheSealerWaitsForNobodyElse(t *testing.T) {
	url, neighbours := pgtest.Database(t), pgtest.Database(t)
	s := open(t, sqlstore.Config{URL: url})
	open(t, sqlstore.Config{URL: neighbours})
	for what, begin := range map[string]struct{ url, statement string }{
		"an event in another database":  {neighbours, insertEvent},
		"a write to another table":      {url, `INSERT INTO tombstones (app_id, key_tag, user_tag, at) VALUES ('app', 'k', 'u', 0)`},
		"a number, and nothing written": {url, `SELECT pg_current_xact_id()`},
		"a read of the events":          {url, `SELECT count(*) FROM events`},
	} {
		t.Run(what, func(t *testing.T) {
			other := connect(t, begin.url)
			run(t, other, `BEGIN ISOLATION LEVEL REPEATABLE READ`)
			run(t, other, begin.statement)
			event(t, s)
			if r := seal(t, s); r.Sealed != 1 || r.Lag != 0 {
				t.Errorf("sealed %d events, with a lag of %s", r.Sealed, r.Lag)
			}
			run(t, other, `ROLLBACK`)
		})
	}
}

// A mark that names transactions of another server is left behind: there they are over.
func TestARestoredDatabaseGoesOnSealing(t *testing.T) {
	url := pgtest.Database(t)
	s := open(t, sqlstore.Config{URL: url})
	event(t, s)
	seal(t, s)
	run(t, connect(t, url), `UPDATE sealer SET mark_id = 2, mark_writers = '{9999/1,-1/77}'`)
	writer := connect(t, url)
	run(t, writer, `BEGIN`)
	run(t, writer, holdEvents)
	for range 3 {
		event(t, s)
		seal(t, s)
	}
	run(t, writer, `COMMIT`)
	seal(t, s)
	if list, err := s.ListEvents(t.Context(), "app", 0, 10); err != nil || len(list) != 4 {
		t.Errorf("%d of 4 events are in the log: %v", len(list), err)
	}
}

func event(t *testing.T, s symbolon.Store) {
	t.Helper()
	if _, err := s.AppendEvent(t.Context(), symbolon.Event{AppID: "app", Type: symbolon.EventAppUpdated, At: time.Unix(1000, 0)}); err != nil {
		t.Fatal(err)
	}
}

func seal(t *testing.T, s symbolon.Store) symbolon.SealReport {
	t.Helper()
	r, err := s.Seal(t.Context(), time.Unix(2000, 0), 100)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
