package server_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
	"github.com/symbolon-id/symbolon/server"
)

// watch asks for a simulation as a stream, and gives its events by name, and the last
// one's data. begun is called once it has begun.
func watch(t *testing.T, url, body string, begun func()) (events []string, last string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/v1/apps/bank/policy/simulate", strings.NewReader(body))
	must(t, err)
	req.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {"text/event-stream"}, "Authorization": {"Bearer " + adminKey}}
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	defer resp.Body.Close()
	if kind := resp.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("%d %s", resp.StatusCode, kind)
	}
	begun()
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			events = append(events, name)
		}
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			last = data
		}
	}
	must(t, lines.Err())
	return events, last
}

func noMatter() {}

// A stream ends with the result, which is the JSON answer; what is refused is a problem as
// any other.
func TestSimulationsOverTheWire(t *testing.T) {
	h := openHouse(t)
	phone := h.newPhone(t, "alice")
	phone.register(t)
	phone.decide(t)
	const body = `{"policy":{"limits":{"devices":1}},"days":1}`
	plain := h.ask(t, "POST", "/v1/apps/bank/policy/simulate", body, asAdmin()...)
	if plain.status != http.StatusOK || plain.header.Get("Content-Type") != "application/json" {
		t.Fatalf("%d %s", plain.status, plain.body)
	}
	events, last := watch(t, h.url, body, noMatter)
	var first, second symbolon.Simulation
	must(t, json.Unmarshal([]byte(plain.body), &first))
	must(t, json.Unmarshal([]byte(last), &second))
	if events[len(events)-1] != "result" || first.Decisions != 1 || second.Decisions != 1 || second.Proposed.Allow != 1 {
		t.Errorf("events %v; %s beside %s", events, last, plain.body)
	}
	for name, header := range map[string][]string{"JSON": asAdmin(), "a stream": asAdmin("Accept", "text/event-stream")} {
		p := h.ask(t, "POST", "/v1/apps/bank/policy/simulate", `{"policy":{"limits":{"devices":-1}},"days":1}`, header...).
			problem(t, name, http.StatusBadRequest, "invalid_request")
		if p["field"] != "policy.limits.devices" {
			t.Errorf("%s: the field named is %v", name, p["field"])
		}
	}
}

// One simulation of an app goes on at a time; where its client leaves, it ends and the next may begin.
func TestOneSimulationAtATime(t *testing.T) {
	reached, left := make(chan struct{}, 1), make(chan struct{}, 1)
	bad := openFaulty(t, openHouse(t), &faulty{listDecisions: func(ctx context.Context) error {
		reached <- struct{}{}
		<-ctx.Done()
		left <- struct{}{}
		return ctx.Err()
	}}, server.Limits{})
	const path, body = "/v1/apps/bank/policy/simulate", `{"policy":{},"days":1}`
	for _, accept := range []string{"application/json", "text/event-stream"} {
		ctx, leave := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, bad.url+path, strings.NewReader(body))
		must(t, err)
		req.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {accept}, "Authorization": {"Bearer " + adminKey}}
		gone := make(chan struct{})
		go func() {
			defer close(gone)
			if resp, err := http.DefaultClient.Do(req); err == nil {
				resp.Body.Close()
				t.Errorf("the client that left was answered %d", resp.StatusCode)
			}
		}()
		<-reached
		if p := bad.ask(t, "POST", path, body, asAdmin()...); p.problem(t, accept, http.StatusTooManyRequests, "rate_limited") == nil || p.header.Get("Retry-After") == "" {
			t.Errorf("a second one beside it: %v", p.header)
		}
		leave()
		<-left
		<-gone
		bad.log.await(t, `"status":499`)
	}
}

// Each app may try its policy while another does, up to four of them.
func TestSimulationsOfSeveralApps(t *testing.T) {
	h := openHouse(t)
	apps := []symbolon.AppID{"bank", "shop", "club", "fund", "game"}
	for _, app := range apps[1:] {
		_, err := h.admin.CreateApp(t.Context(), symbolon.NewApp{ID: app, Name: "Another"})
		must(t, err)
	}
	reached, goOn := make(chan struct{}), make(chan struct{})
	bad := openFaulty(t, h, &faulty{listDecisions: func(ctx context.Context) error {
		reached <- struct{}{}
		select {
		case <-goOn:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}}, server.Limits{})
	simulate := func(app symbolon.AppID) answered {
		return bad.ask(t, "POST", "/v1/apps/"+string(app)+"/policy/simulate", `{"policy":{},"days":1}`, asAdmin()...)
	}
	answered := make(chan int)
	for _, app := range apps[:4] {
		go func() { answered <- simulate(app).status }()
		<-reached
	}
	for _, app := range []symbolon.AppID{"bank", "game"} {
		if a := simulate(app); a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" {
			t.Errorf("one more, of %s: %d %v", app, a.status, a.header)
		}
	}
	close(goOn)
	for range apps[:4] {
		if status := <-answered; status != http.StatusOK {
			t.Errorf("one of four: %d", status)
		}
	}
}

// A stream is for those who accept one.
func TestSimulationsAreStreamedWhereAccepted(t *testing.T) {
	h := openHouse(t)
	for accept, want := range map[string]string{
		"":                        "application/json",
		"*/*":                     "application/json",
		"text/event-stream":       "text/event-stream",
		"Text/Event-Stream;q=0.5": "text/event-stream",
		"text/event-stream;q=0":   "application/json",
		"text/event-stream; q=0.0, application/json": "application/json",
		"application/json;q=0.5, text/event-stream":  "text/event-stream",
		"application/json, text/event-stream;q=0.5":  "application/json",
		"text/event-streams":                         "application/json",
		`text/html;note="text/event-stream"`:         "application/json",
		"text/event-stream;q=much":                   "application/json",
	} {
		a := h.ask(t, "POST", "/v1/apps/bank/policy/simulate", `{"policy":{},"days":1}`, asAdmin("Accept", accept)...)
		if got := a.header.Get("Content-Type"); a.status != http.StatusOK || got != want {
			t.Errorf("%q: %d %s; want %s", accept, a.status, got, want)
		}
	}
}

// What fails after the stream began is its last event, with a problem like any other.
func TestSimulationsThatFail(t *testing.T) {
	h := openHouse(t)
	bad := openFaulty(t, h, &faulty{listDecisions: func(context.Context) error { return errors.New("disk of db7 is on fire") }}, server.Limits{})
	for name, header := range map[string][]string{"JSON": asAdmin(), "a stream": asAdmin("Accept", "text/event-stream")} {
		a := bad.ask(t, "POST", "/v1/apps/bank/policy/simulate", `{"policy":{},"days":1}`, header...)
		a.problem(t, name, http.StatusInternalServerError, "internal")
		if strings.Contains(a.body, "fire") {
			t.Errorf("%s: the caller hears %s", name, a.body)
		}
	}
}

// listening is a server with all its limits, until the function that it gives is called.
func listening(t *testing.T, store symbolon.Store, limits server.Limits) (url string, end func() error) {
	t.Helper()
	r, err := registry.New(registry.Config{
		Store: store, Secrets: [][]byte{bytes.Repeat([]byte{7}, 32)}, PublicURL: "https://symbolon.example", AdminKey: adminKey,
	})
	must(t, err)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.New(server.Config{Registry: r, Limits: limits}).Serve(ctx, l) }()
	return "http://" + l.Addr().String(), func() error {
		cancel()
		return <-ended
	}
}

// The limits on the time of other requests don't end a stream.
func TestSimulationsMayTakeLong(t *testing.T) {
	const limit = 200 * time.Millisecond
	h := openHouse(t)
	url, end := listening(t, &faulty{Store: h.store, listDecisions: func(ctx context.Context) error {
		select {
		case <-time.After(4 * limit):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}}, server.Limits{ReadTimeout: limit, Request: limit})
	if events, last := watch(t, url, `{"policy":{},"days":1}`, noMatter); len(events) == 0 || events[len(events)-1] != "result" {
		t.Errorf("events %v; %s", events, last)
	}
	must(t, end())
}

// endlessLog has decisions without end, of a device that is gone, and takes its time.
type endlessLog struct{ symbolon.Store }

func (e endlessLog) ListDecisions(ctx context.Context, _ symbolon.AppID, _ []byte, limit int) ([]symbolon.DecisionRecord, error) {
	made := make([]symbolon.DecisionRecord, limit)
	for i := range made {
		made[i] = symbolon.DecisionRecord{DeviceID: "gone", Event: symbolon.Event{At: time.Now()}, Spend: []byte("key")}
	}
	select {
	case <-time.After(10 * time.Millisecond):
	case <-ctx.Done():
	}
	return made, ctx.Err()
}

// A server that is to end does not wait for the end of a simulation.
func TestSimulationsEndWithTheServer(t *testing.T) {
	h := openHouse(t)
	url, end := listening(t, endlessLog{h.store}, server.Limits{})
	ended := make(chan error, 1)
	events, last := watch(t, url, `{"policy":{},"days":90}`, func() {
		go func() { ended <- end() }()
	})
	must(t, <-ended)
	if len(events) < 2 || events[0] != "progress" || events[len(events)-1] != "problem" || !strings.Contains(last, `"unavailable"`) {
		t.Errorf("%d events; the last: %s", len(events), last)
	}
}
