package sqlstore_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/sqlstore"
)

const (
	crashes     = 50
	crashingEnv = "SYMBOLON_TEST_CRASHING_WRITER"
)

// TestMain lets the test binary be the writer that is killed.
func TestMain(m *testing.M) {
	if where := os.Getenv(crashingEnv); where != "" {
		writeUntilKilled(where)
	}
	os.Exit(m.Run())
}

// A writer is killed with SIGKILL, again and again. Whatever it had said was stored must
// be there after, the log's chain must hold, and each of its events must be counted once.
func TestNothingAcknowledgedIsLostWhenTheWriterIsKilled(t *testing.T) {
	for name, fresh := range databases {
		t.Run(name, func(t *testing.T) {
			c := fresh(t)
			acknowledged := map[string]string{}
			for round := range crashes {
				written := killedWriter(t, c, round)
				restarted(t, c, func(s symbolon.Store) { wantAll(t, s, written) })
				maps.Copy(acknowledged, written)
			}
			restarted(t, c, func(s symbolon.Store) {
				wantAll(t, s, acknowledged)
				wantChain(t, s, len(acknowledged))
			})
			if len(acknowledged) < crashes {
				t.Errorf("only %d devices were written in %d rounds", len(acknowledged), crashes)
			}
		})
	}
}

// killedWriter starts a writer, kills it after a random number of acknowledgements, and
// gives the last acknowledged state of each device, and the spends.
func killedWriter(t *testing.T, c sqlstore.Config, round int) map[string]string {
	t.Helper()
	writer := exec.CommandContext(t.Context(), os.Args[0])
	writer.Env = append(os.Environ(), fmt.Sprintf("%s=%d %s%s", crashingEnv, round, c.Path, c.URL))
	writer.Stderr = os.Stderr
	out, err := writer.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Start(); err != nil {
		t.Fatal(err)
	}
	acknowledged := map[string]string{}
	lines := bufio.NewReader(out)
	var last [1]byte
	_, _ = rand.Read(last[:]) // it never fails
	for n := 0; ; n++ {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.Is(err, os.ErrClosed) {
			t.Fatal(err)
		}
		if id, state, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " "); ok && strings.HasSuffix(line, "\n") {
			acknowledged[id] = state
		}
		if n == int(last[0]%60)+1 {
			if err := writer.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = writer.Wait() // it was killed
	return acknowledged
}

// The verbs that the writer does to a device, in order: each is acknowledged by its name.
var verbsOfTheWriter = []struct {
	name   string
	status symbolon.Status
	trust  bool
}{
	{"registered", symbolon.StatusActive, false},
	{"trusted", symbolon.StatusActive, true},
	{"distrusted", symbolon.StatusActive, false},
	{"blocked", symbolon.StatusBlocked, false},
}

// restarted opens the store as after a restart.
func restarted(t *testing.T, c sqlstore.Config, look func(symbolon.Store)) {
	t.Helper()
	s, err := sqlstore.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	look(s)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func wantAll(t *testing.T, s symbolon.Store, acknowledged map[string]string) {
	t.Helper()
	for id, state := range acknowledged {
		if err := stands(t.Context(), s, id, state); err != nil {
			t.Fatalf("%s was acknowledged as %s: %v", id, state, err)
		}
	}
}

func wantChain(t *testing.T, s symbolon.Store, events int) {
	t.Helper()
	for r := (symbolon.SealReport{More: true}); r.More; {
		var err error
		if r, err = s.Seal(t.Context(), time.Now(), 1000); err != nil {
			t.Fatal(err)
		}
	}
	report, err := symbolon.VerifyChain(t.Context(), s, "app", func(symbolon.Checkpoint) bool { return false })
	if err != nil || report.Events < int64(events) {
		t.Errorf("%d events in the chain for %d devices: %v", report.Events, events, err)
	}
	tallies, err := s.ListTallies(t.Context(), symbolon.TallyQuery{AppID: "app", Kind: symbolon.TallyEvent, To: time.Now().Add(time.Hour)})
	var counted int64
	for _, tally := range tallies {
		counted += tally.Count
	}
	if err != nil || counted != report.Events {
		t.Errorf("%d events were counted of %d in the chain: %v", counted, report.Events, err)
	}
}

// stands compares a device with what was acknowledged, which may be one verb behind, and
// wants an event for every verb.
func stands(ctx context.Context, s symbolon.Store, id, state string) error {
	d, err := s.GetDevice(ctx, "app", symbolon.DeviceID(id))
	if err != nil {
		return err
	}
	list, err := s.ListDeviceEvents(ctx, "app", d.ID, 0, 10)
	if err != nil {
		return err
	}
	for step, v := range verbsOfTheWriter {
		now := d.Status == v.status && (d.Trust != nil && d.Trust.RevokedAt == nil) == v.trust && int(d.Version) == step+1
		if now && len(list) != step+1 {
			return fmt.Errorf("it is %s, with %d events", v.name, len(list))
		}
		if now {
			return nil
		}
		if v.name == state && int(d.Version) < step+1 {
			return fmt.Errorf("it is at version %d", d.Version)
		}
	}
	return fmt.Errorf("it is %s at version %d", d.Status, d.Version)
}

// writeUntilKilled writes from several goroutines and says what was stored.
func writeUntilKilled(where string) {
	round, at, _ := strings.Cut(where, " ")
	c := sqlstore.Config{Path: at}
	if strings.HasPrefix(at, "postgres://") {
		c = sqlstore.Config{URL: at}
	}
	s, err := sqlstore.Open(context.Background(), c)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var said sync.Mutex
	for worker := range 4 {
		go func() {
			for n := 0; ; n++ {
				live(s, fmt.Sprintf("%s-%d-%d", round, worker, n), func(id, state string) {
					said.Lock()
					defer said.Unlock()
					fmt.Println(id, state)
				})
			}
		}()
	}
	for {
		if _, err := s.Seal(context.Background(), time.Now(), 100); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// live takes a new device through all the verbs, each with its event.
func live(s symbolon.Store, id string, stored func(id, state string)) {
	now := time.Now()
	d := symbolon.Device{
		ID: symbolon.DeviceID(id), AppID: "app", UserID: "ann", KeyID: symbolon.KeyID(id), Name: "x",
		Type: symbolon.TypeMobile, Platform: symbolon.PlatformWeb, CreatedAt: now, UpdatedAt: now,
	}
	for _, v := range verbsOfTheWriter {
		d.Status = v.status
		if d.Trust != nil {
			d.Trust.RevokedAt = &now
		}
		if v.trust {
			d.Trust = &symbolon.Trust{TrustedAt: now, GrantedAt: now}
		}
		var version int64
		err := s.Tx(context.Background(), func(s symbolon.Store) error {
			next, err := s.PutDevice(context.Background(), d)
			if err != nil {
				return err
			}
			version = next.Version
			_, err = s.AppendEvent(context.Background(), symbolon.Event{AppID: "app", Type: symbolon.EventDeviceUpdated, At: now, UserID: "ann", DeviceID: d.ID})
			return err
		})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		d.Version = version
		stored(id, v.name)
	}
}
