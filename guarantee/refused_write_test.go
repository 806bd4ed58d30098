package guarantee_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// refusedWrites is how many are sent, each with an Idempotency-Key of its own.
const refusedWrites = 4000

// refusedWrite is one that does nothing, and how it is refused.
type refusedWrite struct {
	method, path, body, kind, bearer string

	status int
}

// TestRefusedWritesAddNoRow sends them over HTTP: what is kept for a key is only what was
// done, and callers whom an operation is not for never come to where keys are looked at.
func TestRefusedWritesAddNoRow(t *testing.T) {
	onBoth(t, func(t *testing.T, at place) {
		service := symbolontest.Start(t, in(at))
		app := service.NewApp(t)
		phone := trusted(t, app, "alice")
		writes := refusedWritesOf(t, app, phone)
		look := lookInto(t, at)
		before := look.settled(t, app)
		n := refusedWrites
		if testing.Short() {
			n /= 10
		}
		for i := range n {
			sendRefused(t, service.URL, writes[i%len(writes)], fmt.Sprintf("key-%d", i))
		}
		wantSameRows(t, before, look.rows(t))
	})
}

func refusedWritesOf(t *testing.T, app symbolontest.App, phone *symbolontest.Device) []refusedWrite {
	t.Helper()
	reader, err := app.Admin.CreateCredential(t.Context(), symbolon.NewCredential{Name: "reader", Scopes: []symbolon.Scope{symbolon.ScopeDevicesRead}})
	if err != nil {
		t.Fatal(err)
	}
	const json = "application/json"
	ticket := app.Ticket(t, "mallory")
	base := "/v1/apps/" + string(app.ID)
	block, mine := base+"/devices/"+string(phone.ID())+"/block", base+"/me/devices/"+string(phone.ID())
	reason := `{"reason":"spite"}`
	return []refusedWrite{
		{"POST", block, reason, json, "", http.StatusUnauthorized},
		{"POST", block, reason, json, "sk_a_guess", http.StatusUnauthorized},
		{"POST", block, reason, json, ticket, http.StatusForbidden},
		{"POST", mine + "/report-lost", "", json, app.Key, http.StatusForbidden},
		{"POST", block, reason, json, reader.Key, http.StatusForbidden},
		{"POST", mine + "/report-lost", "", json, ticket, http.StatusNotFound},
		{"DELETE", mine, "", json, ticket, http.StatusNotFound},
		{"POST", block, reason, "text/plain", app.Key, http.StatusBadRequest},
		{"POST", block, `{"reason":1}`, json, app.Key, http.StatusBadRequest},
		{"POST", block, strings.Repeat(" ", 65<<10), json, app.Key, http.StatusRequestEntityTooLarge},
		{"POST", base + "/devices", `{"proof":"e30.e30.e30"}`, json, ticket, http.StatusUnprocessableEntity},
		{"DELETE", base + "/devices/nobodys", "", json, app.Key, http.StatusNotFound},
	}
}

func sendRefused(t *testing.T, url string, w refusedWrite, key string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), w.method, url+w.path, strings.NewReader(w.body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Idempotency-Key", key)
	req.Header.Set("Content-Type", w.kind)
	if w.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+w.bearer)
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != w.status {
		t.Fatalf("%s %s: %d %s; want %d", w.method, w.path, answer.StatusCode, text, w.status)
	}
}
