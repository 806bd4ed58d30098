package server_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/server"
)

// A write with a key happens once, and answers alike whenever it is repeated.
func TestIdempotencyKeys(t *testing.T) {
	h := openHouse(t)
	device := h.newPhone(t, "alice").register(t)
	path := "/v1/apps/bank/devices/" + string(device.ID)
	with := func(key string) []string { return append(h.asBackend(), "Idempotency-Key", key) }

	first := h.ask(t, "POST", path+"/block", `{"reason":"lost"}`, with("k1")...)
	again := h.ask(t, "POST", path+"/block", `{"reason":"lost"}`, with(`"k1"`)...)
	if first.status != 200 || again.status != 200 || again.body != first.body {
		t.Errorf("the repeat differs: %d %s, then %d %s", first.status, first.body, again.status, again.body)
	}
	if first.header.Get("Idempotency-Replayed") != "" || again.header.Get("Idempotency-Replayed") != "true" ||
		again.header.Get("Content-Type") != "application/json" {
		t.Errorf("headers: %v, then %v", first.header, again.header)
	}
	if n := countEvents(t, h, device.ID, symbolon.EventDeviceBlocked); n != 1 {
		t.Errorf("it happened %d times", n)
	}
	h.ask(t, "POST", path+"/block", `{"reason":"other"}`, with("k1")...).
		problem(t, "another payload", http.StatusUnprocessableEntity, "idempotency_key_reused")

	h.ask(t, "POST", path+"/unblock", `{}`, with("k1")...) // another operation
	if a := h.ask(t, "POST", path+"/block", `{"reason":"lost"}`, asAdmin("Idempotency-Key", "k1")...); a.header.Get("Idempotency-Replayed") != "" {
		t.Error("another caller hears the first one's answer")
	}
	if a := h.ask(t, "DELETE", path, "", with("k2")...); a.status != http.StatusNoContent {
		t.Errorf("removing answers %d %s", a.status, a.body)
	}
	if a := h.ask(t, "DELETE", path, "", with("k2")...); a.status != http.StatusNoContent || a.body != "" {
		t.Errorf("removing again answers %d %s", a.status, a.body)
	}
	h.ask(t, "DELETE", path, "", with("k3")...).problem(t, "with another key", http.StatusNotFound, "device_unknown")
	if a := h.ask(t, "DELETE", path, "", with("k3")...); a.header.Get("Idempotency-Replayed") != "" {
		t.Error("a refusal is kept, though nothing was done")
	}
	for _, key := range []string{"", `""`, strings.Repeat("k", 256), "é", "a\tb"} {
		h.ask(t, "DELETE", path, "", with(key)...).problem(t, "the key "+key, http.StatusBadRequest, "invalid_request")
	}
}

// Callers whom an operation is not for come to no place where keys are kept.
func TestKeysOfWrongCallers(t *testing.T) {
	reserved := 0
	h := openFaulty(t, openHouse(t), &faulty{reserveAnswer: func() { reserved++ }}, server.Limits{})
	ask := func(path, bearer string) int {
		return h.ask(t, "POST", path, `{"reason":"x"}`, "Idempotency-Key", "k", "Authorization", "Bearer "+bearer).status
	}
	block, lost := "/v1/apps/bank/devices/d/block", "/v1/apps/bank/me/devices/d/report-lost"
	if a, b, c := ask(block, h.ticket(t, "alice", "otp")), ask(lost, h.key), ask(lost, adminKey); a != 403 || b != 403 || c != 403 || reserved != 0 {
		t.Errorf("%d, %d and %d; %d places were reserved", a, b, c, reserved)
	}
	if a := ask(block, h.key); a != http.StatusNotFound || reserved != 1 {
		t.Errorf("a right caller hears %d; %d places were reserved", a, reserved)
	}
}

// Thirty-two at once: one does it, the others hear its answer or that it is under way.
func TestIdempotencyKeyRaced(t *testing.T) {
	h := openHouse(t)
	device := h.newPhone(t, "alice").register(t)
	var wait sync.WaitGroup
	statuses := make(chan int, 32)
	for range 32 {
		wait.Go(func() {
			a := h.ask(t, "POST", "/v1/apps/bank/devices/"+string(device.ID)+"/block", `{"reason":"lost"}`, append(h.asBackend(), "Idempotency-Key", "race")...)
			statuses <- a.status
		})
	}
	wait.Wait()
	close(statuses)
	done := 0
	for status := range statuses {
		switch status {
		case http.StatusOK:
			done++
		case http.StatusConflict:
		default:
			t.Errorf("one of the racers hears %d", status)
		}
	}
	if n := countEvents(t, h, device.ID, symbolon.EventDeviceBlocked); n != 1 || done == 0 {
		t.Errorf("it happened %d times, and %d heard so", n, done)
	}
}

// What must be fresh, or holds a secret, is never kept; nor is what an erased user did.
func TestAnswersThatAreNotKept(t *testing.T) {
	h := openHouse(t)
	key := []string{"Idempotency-Key", "same"}
	for path, body := range map[string]string{
		"/v1/apps/bank/challenges":  `{"purpose":"prove"}`,
		"/v1/apps/bank/tickets":     `{"userId":"alice"}`,
		"/v1/apps/bank/credentials": `{"name":"x","scopes":["tickets"]}`,
		"/v1/apps":                  `{"name":"x"}`,
	} {
		bearer := h.asBackend()
		if strings.HasSuffix(path, "credentials") || strings.HasSuffix(path, "apps") {
			bearer = asAdmin()
		}
		a, b := h.ask(t, "POST", path, body, append(bearer, key...)...), h.ask(t, "POST", path, body, append(bearer, key...)...)
		if a.status >= 300 || a.body == b.body {
			t.Errorf("%s: %d %s, then the same", path, a.status, a.body)
		}
	}

	p := h.newPhone(t, "alice")
	device := p.register(t)
	ctx := client.WithIdempotencyKey(t.Context(), "block")
	_, err := h.backend.BlockDevice(ctx, device.ID, symbolon.BlockRequest{Reason: "x"})
	must(t, err)
	erased, err := h.backend.EraseUser(client.WithIdempotencyKey(t.Context(), "erase"), "alice")
	must(t, err)
	_, err = h.backend.BlockDevice(ctx, device.ID, symbolon.BlockRequest{Reason: "x"})
	wantCode(t, err, symbolon.ErrDeviceUnknown)
	again, err := h.backend.EraseUser(client.WithIdempotencyKey(t.Context(), "erase"), "alice")
	if err != nil || again != erased || erased.Devices != 1 {
		t.Errorf("erasing answers %+v, then %+v, %v", erased, again, err)
	}
}

func countEvents(t testing.TB, h *house, id symbolon.DeviceID, kind symbolon.EventType) int {
	t.Helper()
	n := 0
	for e, err := range h.admin.DeviceEvents(t.Context(), id) {
		must(t, err)
		if e.Type == kind {
			n++
		}
	}
	return n
}
