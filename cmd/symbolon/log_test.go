package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// A follower prints what comes, waits for a service that is away, and misses nothing.
func TestAFollowerOfTheLog(t *testing.T) {
	folder := t.TempDir()
	p := serve(t, folder)
	admin := symbolontest.Attach(t, p.URL, adminKey).NewApp(t).Admin
	tail := program(t, "events", "tail", "--follow", "--json", "--data", folder, "--url", p.URL)
	out, err := tail.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	waits := make(chan struct{})
	tail.Stderr = &untilSaid{text: "waiting for it", do: func() { close(waits) }}
	if err := tail.Start(); err != nil {
		t.Fatal(err)
	}
	events := bufio.NewScanner(out)
	next := func(want symbolon.EventType) {
		t.Helper()
		var e symbolon.Event
		if !events.Scan() || json.Unmarshal(events.Bytes(), &e) != nil || e.Type != want {
			t.Fatalf("it printed %q; want %s", events.Text(), want)
		}
	}
	next(symbolon.EventAppCreated)
	next(symbolon.EventCredentialPut)
	setPolicy(t, admin, `{"limits":{"devices":3}}`)
	next(symbolon.EventPolicyUpdated)

	if err := p.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	await(t, "the service's end", p.Ended())
	await(t, "the follower to wait for it", waits)
	at, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	serve(t, folder, "--listen", at.Host)
	setPolicy(t, admin, `{"limits":{"devices":4}}`)
	next(symbolon.EventPolicyUpdated)
	if err := tail.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := tail.Wait(); err != nil {
		t.Errorf("after Ctrl-C it ended with %v; want 0: it did what it was told", err)
	}
}

func setPolicy(t *testing.T, admin *client.Client, document string) {
	t.Helper()
	if _, err := admin.PutPolicy(t.Context(), []byte(document), client.AnyVersion); err != nil {
		t.Fatal(err)
	}
}

// sealedLog waits until the log holds that many events.
func sealedLog(ctx context.Context, t *testing.T, admin *client.Client, count int) {
	t.Helper()
	for range time.Tick(20 * time.Millisecond) {
		page, err := admin.LatestEvents(ctx, 200)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Items) >= count {
			return
		}
	}
}

// Whoever changes the log behind the service's back is found out.
func TestATamperedLogIsFound(t *testing.T) {
	folder := t.TempDir()
	sealedLog(t.Context(), t, acme(t, folder), 3)
	db, err := sql.Open("sqlite", filepath.Join(folder, databaseName)+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`UPDATE events SET actor_id = 'somebody else' WHERE type = 'device.registered'`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	out, complaints, code := run(program(t, "audit", "verify", "--data", folder))
	if code != exitFailure || !strings.Contains(out, `"app":"acme","intact":false,"problem":"the log is not as it was sealed: events`) ||
		!strings.Contains(complaints, "symbolon: the log of the app acme: the log is not as it was sealed") {
		t.Errorf("it ended with %d: %s%s", code, out, complaints)
	}
	out, complaints, code = run(program(t, "audit", "verify", "--data", folder, "--table"))
	if code != exitFailure || !strings.Contains(out, "acme  ") {
		t.Errorf("it ended with %d: %s%s", code, out, complaints)
	}
	_, complaints, code = run(program(t, "backup", filepath.Join(t.TempDir(), "copy"), "--data", folder))
	if code != exitFailure || !strings.Contains(complaints, "is not good: the log of the app acme") {
		t.Errorf("the backup ended with %d: %s", code, complaints)
	}
}

// A record's text is never a command to the terminal that shows it.
func TestATableShowsTextOnly(t *testing.T) {
	var b bytes.Buffer
	names := table[string]{"names", []column[string]{{"name", func(s string) string { return s }}}}
	if err := names.print(&b, []string{"a\x1b[2Jb", "c\u202ed", "e\nf"}, false); err != nil {
		t.Fatal(err)
	}
	if want := "a[2Jb\ncd\nef\n"; b.String() != want {
		t.Errorf("printed %q; want %q", b.String(), want)
	}
}
