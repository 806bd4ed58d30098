package guarantee_test

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/sqlstore"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// The load of the crash test.
const (
	kills   = 50
	workers = 8
)

// history is what one worker was told about one device: what is acknowledged, and the one
// change that was sent when the process was killed, if there was one.
type history struct {
	device    *symbolontest.Device
	told      []symbolon.EventType // acknowledged changes, in order
	decisions int                  // acknowledged
	asked     symbolon.EventType   // sent and not answered: it may have happened or not
	unsure    int                  // decisions that were sent and not answered
}

// now is the state that a list of changes leads to.
func now(changes []symbolon.EventType) (status symbolon.Status, trusted bool) {
	for _, e := range changes {
		switch e {
		case symbolon.EventDeviceRegistered, symbolon.EventDeviceUnblocked:
			status = symbolon.StatusActive
		case symbolon.EventDeviceTrusted:
			trusted = true
		case symbolon.EventDeviceDistrusted:
			trusted = false
		case symbolon.EventDeviceBlocked:
			status, trusted = symbolon.StatusBlocked, false
		}
	}
	return status, trusted
}

// next is a change that changes something, whatever came before, so that the state shows
// whether it happened.
func (h *history) next(draw int) symbolon.EventType {
	status, trusted := now(h.told)
	switch {
	case status == symbolon.StatusBlocked:
		return symbolon.EventDeviceUnblocked
	case draw%3 == 0:
		return symbolon.EventDeviceBlocked
	case trusted:
		return symbolon.EventDeviceDistrusted
	}
	return symbolon.EventDeviceTrusted
}

// worker is one client of the service, with devices of its own.
type worker struct {
	user      symbolon.UserID
	histories []*history
}

// load changes things until an answer does not come.
func (w *worker) load(t *testing.T, app symbolontest.App) {
	for {
		err := w.step(t, app)
		var unanswered *client.Error
		if errors.As(err, &unanswered) && unanswered.Status == 0 {
			return
		}
		if err != nil {
			t.Errorf("%s: %v", w.user, err)
			return
		}
	}
}

func (w *worker) step(t *testing.T, app symbolontest.App) error {
	ctx := t.Context()
	if len(w.histories) == 0 || draw(4) == 0 {
		return w.register(ctx, t, app)
	}
	h := w.histories[draw(len(w.histories))]
	id := h.device.ID()
	change := h.next(draw(3))
	var grant symbolon.TrustRequest
	if change == symbolon.EventDeviceTrusted {
		h.unsure++
		d, err := h.device.On(app).Decide(ctx, w.user)
		if err != nil {
			return err
		}
		h.unsure, h.decisions = h.unsure-1, h.decisions+1
		grant = symbolon.TrustRequest{DecisionID: d.ID, Factor: "otp"}
	}
	h.asked = change
	var err error
	switch change {
	case symbolon.EventDeviceTrusted:
		_, err = app.Backend.TrustDevice(ctx, id, grant)
	case symbolon.EventDeviceDistrusted:
		_, err = app.Backend.DistrustDevice(ctx, id, symbolon.DistrustRequest{Reason: "the test"})
	case symbolon.EventDeviceBlocked:
		_, err = app.Backend.BlockDevice(ctx, id, symbolon.BlockRequest{Reason: "the test"})
	case symbolon.EventDeviceUnblocked:
		_, err = app.Backend.UnblockDevice(ctx, id, symbolon.UnblockRequest{})
	}
	if err == nil {
		h.told, h.asked = append(h.told, change), ""
	}
	return err
}

func (w *worker) register(ctx context.Context, t *testing.T, app symbolontest.App) error {
	ticket, err := app.Backend.IssueTicket(ctx, symbolon.TicketRequest{UserID: w.user})
	if err != nil {
		return err
	}
	h := &history{device: symbolontest.NewDevice(t, app, proof.ES256), asked: symbolon.EventDeviceRegistered}
	w.histories = append(w.histories, h)
	if _, err = h.device.Register(ctx, ticket.Ticket); err == nil {
		h.told, h.asked = append(h.told, symbolon.EventDeviceRegistered), ""
	}
	return err
}

// settle looks, after a restart, what became of the changes that were not answered.
func (w *worker) settle(t *testing.T, app symbolontest.App) {
	t.Helper()
	for i, h := range w.histories {
		if h.asked == "" {
			continue
		}
		found, err := app.Backend.ListDevices(t.Context(), client.DeviceFilter{KeyID: h.device.KeyID()}, client.Page{})
		if err != nil {
			t.Fatal(err)
		}
		happened := slices.Concat(h.told, []symbolon.EventType{h.asked})
		switch {
		case len(found.Items) == 0 && len(h.told) == 0:
			w.histories[i] = nil
		case len(found.Items) == 1 && is(found.Items[0], happened):
			h.told, h.asked = happened, ""
		case len(found.Items) == 1 && is(found.Items[0], h.told):
			h.asked = ""
		default:
			t.Fatalf("%s was told %v and asked for %s; now there is %+v", w.user, h.told, h.asked, found.Items)
		}
		if len(h.told) == 1 && h.device.ID() == "" { // registered without an answer
			ticket := app.Ticket(t, w.user)
			again := h.device.On(app)
			if _, err := again.Register(t.Context(), ticket); err != nil {
				t.Fatal(err)
			}
			h.device = again
		}
	}
	w.histories = slices.DeleteFunc(w.histories, func(h *history) bool { return h == nil })
}

// is tells whether the device is as the changes leave it.
func is(d symbolon.Device, changes []symbolon.EventType) bool {
	status, trusted := now(changes)
	return d.Status == status && (d.Trust != nil && d.Trust.RevokedAt == nil) == trusted
}

// draw is a random number below n.
func draw(n int) int {
	var b [8]byte
	rand.Read(b[:])
	return int(binary.BigEndian.Uint64(b[:]) % uint64(n))
}

func TestNothingAcknowledgedIsLost(t *testing.T) {
	at := place{folder: t.TempDir()}
	p := serve(t, at)
	app := p.NewApp(t)
	app.SetPolicy(t, `{"limits":{"devices":0}}`)
	all := make([]*worker, workers)
	for i := range all {
		all[i] = &worker{user: symbolon.UserID(fmt.Sprintf("user %d", i))}
	}
	rounds := kills
	if testing.Short() {
		rounds = kills / 10
	}
	for range rounds {
		var working sync.WaitGroup
		for _, w := range all {
			working.Go(func() { w.load(t, app) })
		}
		<-time.After(time.Duration(draw(100)) * time.Millisecond) // the kill comes at any moment of the load
		kill(t, p)
		working.Wait()
		p = serve(t, at)
		app = p.App(app.ID, app.Key)
		for _, w := range all {
			w.settle(t, app)
		}
	}
	wantWork(t, all, 5*rounds)
	events := sealedLog(t, at, app)
	checkDevices(t, app, all)
	checkEvents(t, all, events)
	if err := p.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.Wait()
	checkChain(t, at, app.ID, len(events))
}

// wantWork refuses a run in which too little happened to show anything.
func wantWork(t *testing.T, all []*worker, least int) {
	t.Helper()
	told := 0
	for _, w := range all {
		for _, h := range w.histories {
			told += len(h.told) + h.decisions
		}
	}
	t.Logf("%d changes and decisions were acknowledged", told)
	if told < least {
		t.Error("that is too little: the test showed nothing")
	}
}

// sealedLog reads the log in sealed order until it holds every event that there is.
func sealedLog(t *testing.T, at place, app symbolontest.App) []symbolon.Event {
	t.Helper()
	look := lookInto(t, at)
	var events []symbolon.Event
	cursor := ""
	eventually(t, "the log holds every event", func(ctx context.Context) (bool, error) {
		for {
			page, err := app.Backend.ListEvents(ctx, client.Page{Limit: 200, Cursor: cursor})
			if err != nil || len(page.Items) == 0 {
				return len(events) == look.rows(t)["events"], err
			}
			events, cursor = append(events, page.Items...), page.NextCursor
		}
	})
	for i, e := range events {
		if e.Seq != int64(i)+1 {
			t.Fatalf("event %d of the log has place %d", i+1, e.Seq)
		}
	}
	return events
}

func checkDevices(t *testing.T, app symbolontest.App, all []*worker) {
	t.Helper()
	devices := map[symbolon.DeviceID]symbolon.Device{}
	for d, err := range app.Backend.Devices(t.Context(), client.DeviceFilter{Sort: symbolon.SortCreated}) {
		if err != nil {
			t.Fatal(err)
		}
		devices[d.ID] = d
	}
	n := 0
	for _, w := range all {
		for _, h := range w.histories {
			n++
			if d, ok := devices[h.device.ID()]; !ok || d.UserID != w.user || !is(d, h.told) {
				t.Errorf("%s was told %v; there is %+v", w.user, h.told, d)
			}
		}
	}
	if len(devices) != n {
		t.Errorf("there are %d devices; %d were acknowledged", len(devices), n)
	}
}

// checkEvents finds, for each device, exactly the changes that happened, in their order.
func checkEvents(t *testing.T, all []*worker, events []symbolon.Event) {
	t.Helper()
	changes := map[symbolon.DeviceID][]symbolon.EventType{}
	decisions := map[symbolon.DeviceID]int{}
	for _, e := range events {
		switch {
		case e.Type == symbolon.EventDeviceDecided:
			decisions[e.DeviceID]++
		case e.DeviceID != "":
			changes[e.DeviceID] = append(changes[e.DeviceID], e.Type)
		}
	}
	for _, w := range all {
		for _, h := range w.histories {
			id := h.device.ID()
			if !slices.Equal(changes[id], h.told) {
				t.Errorf("%s: the log says %v; what happened is %v", w.user, changes[id], h.told)
			}
			if n := decisions[id]; n < h.decisions || n > h.decisions+h.unsure {
				t.Errorf("%s: the log has %d decisions; %d were acknowledged and %d not answered", w.user, n, h.decisions, h.unsure)
			}
		}
	}
}

func checkChain(t *testing.T, at place, app symbolon.AppID, events int) {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Path: filepath.Join(at.folder, "symbolon.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	report, err := symbolon.VerifyChain(t.Context(), store, app, func(symbolon.Checkpoint) bool { return false })
	if err != nil || report.Events != int64(events) {
		t.Errorf("the chain holds %d events, %v; want %d that verify", report.Events, err, events)
	}
}
