package symbolontest_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/symbolontest"
)

const registering = "POST /v1/apps/{app}/devices"

// faulty is a real service with faults before it. app goes past them, spoilt goes through.
type faulty struct {
	service     *symbolontest.Service
	app, spoilt symbolontest.App
	url         string
}

func startFaulty(t *testing.T) faulty {
	t.Helper()
	service := symbolontest.Start(t)
	app := service.NewApp(t)
	target, err := url.Parse(service.URL)
	wantNone(t, err)
	front := httptest.NewServer(symbolontest.NewFaults(httputil.NewSingleHostReverseProxy(target), service.Registry, service.Store))
	t.Cleanup(front.Close)
	spoilt := symbolontest.Attach(t, front.URL, service.AdminKey).App(app.ID, app.Key)
	return faulty{service, app, spoilt, front.URL}
}

func wantNone(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// script writes a line of the script, and gives the status of the answer.
func (f faulty) script(t *testing.T, line string) int {
	t.Helper()
	resp, err := http.Post(f.url+symbolontest.FaultPath, "application/json", strings.NewReader(line))
	wantNone(t, err)
	wantNone(t, resp.Body.Close())
	return resp.StatusCode
}

func (f faulty) exchanges(t *testing.T, query string) []symbolontest.Exchange {
	t.Helper()
	resp, err := http.Get(f.url + symbolontest.FaultPath + query)
	wantNone(t, err)
	defer resp.Body.Close()
	var seen struct{ Exchanges []symbolontest.Exchange }
	wantNone(t, json.NewDecoder(resp.Body).Decode(&seen))
	return seen.Exchanges
}

// register registers a new phone of the user through the faults.
func (f faulty) register(t *testing.T, user symbolon.UserID) (*symbolontest.Device, error) {
	t.Helper()
	impatient, leave := context.WithTimeout(t.Context(), time.Second)
	defer leave()
	phone := symbolontest.NewDevice(t, f.spoilt, proof.ES256)
	_, err := phone.Register(impatient, f.app.Ticket(t, user))
	return phone, err
}

func TestAFaultSpoilsTheRequestThatItNamesOnce(t *testing.T) {
	f := startFaulty(t)
	for _, fault := range []struct {
		kind   symbolontest.FaultKind
		fails  error // that the client hears
		done   int   // devices that the service has then
		status int   // that the service answered
	}{
		{symbolontest.FaultDrop, symbolon.ErrUnavailable, 0, 0},
		{symbolontest.FaultLoseAnswer, symbolon.ErrUnavailable, 1, http.StatusCreated},
		{symbolontest.FaultStall, context.DeadlineExceeded, 0, 0},
		{symbolontest.FaultStallAnswer, context.DeadlineExceeded, 1, http.StatusCreated},
		{symbolontest.FaultRateLimit, symbolon.ErrRateLimited, 0, 0},
		{symbolontest.FaultUnavailable, symbolon.ErrUnavailable, 0, 0},
	} {
		t.Run(string(fault.kind), func(t *testing.T) {
			user := symbolon.UserID("user of " + fault.kind)
			f.script(t, `{"on": "`+registering+`", "do": "`+string(fault.kind)+`", "retryAfter": "7"}`)
			_, err := f.register(t, user)
			if !errors.Is(err, fault.fails) {
				t.Errorf("the client hears %v; want %v", err, fault.fails)
			}
			var answered *client.Error
			if errors.As(err, &answered) && answered.Status != 0 && answered.RetryAfter != 7*time.Second {
				t.Errorf("Retry-After: %v; want 7 s", answered.RetryAfter)
			}
			page, err := f.app.Backend.ListUserDevices(t.Context(), user)
			if err != nil || len(page.Items) != fault.done {
				t.Errorf("the service has %d devices, %v; want %d", len(page.Items), err, fault.done)
			}
			seen := f.exchanges(t, "?on="+url.QueryEscape(registering))
			last := seen[len(seen)-1]
			if last.Fault != fault.kind || last.Status != fault.status || len(last.Body) == 0 {
				t.Errorf("noted as %s, %d with %d bytes; want %s, %d", last.Fault, last.Status, len(last.Body), fault.kind, fault.status)
			}
			if _, err := f.register(t, user); err != nil {
				t.Errorf("the next request: %v; want none spoilt", err)
			}
		})
	}
}

func TestAFaultChangesADeviceBetweenTwoRequests(t *testing.T) {
	f := startFaulty(t)
	const deciding = "POST /v1/apps/{app}/decisions"
	ask := func(t *testing.T, do string) symbolon.Decision {
		t.Helper()
		phone, err := f.register(t, symbolon.UserID(do))
		wantNone(t, err)
		f.script(t, `{"on": "`+deciding+`", "do": "`+do+`", "app": "`+string(f.app.ID)+`", "device": "`+string(phone.ID())+`", "by": "P400D"}`)
		d, err := phone.Decide(t.Context(), symbolon.UserID(do))
		wantNone(t, err)
		return d
	}
	if d := ask(t, "block"); d.Recommendation != symbolon.RecommendDeny {
		t.Errorf("blocked: %s; want DENY", d.Recommendation)
	}
	if d := ask(t, "remove"); d.ProofResult != symbolon.ProofUnknownKey {
		t.Errorf("removed: %s; want unknown_key", d.ProofResult)
	}
	d := ask(t, "age")
	key, err := f.service.Store.GetKey(t.Context(), f.app.ID, d.Device.KeyID)
	if err != nil || d.DecidedAt.Sub(key.Since()) < 400*symbolon.Day {
		t.Errorf("aged: since %v, %v; want 400 days before %v", key.Since(), err, d.DecidedAt)
	}
}

func TestTheScriptIsReadStrictly(t *testing.T) {
	f := startFaulty(t)
	for _, line := range []string{
		`{"on": "POST /x", "do": "explode"}`,
		`{"on": "POST", "do": "drop"}`,
		`{"on": "", "do": "drop"}`,
		`{"on": "POST /x", "do": "drop", "often": 3}`,
		`not JSON`,
	} {
		if status := f.script(t, line); status != http.StatusBadRequest {
			t.Errorf("%s: %d; want 400", line, status)
		}
	}
}

func TestTheScriptIsForgottenOnDemand(t *testing.T) {
	f := startFaulty(t)
	f.script(t, `{"on": "`+registering+`", "do": "drop", "times": 9}`)
	if _, err := f.register(t, "ada"); err == nil {
		t.Error("the request was not spoilt")
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, f.url+symbolontest.FaultPath, nil)
	wantNone(t, err)
	resp, err := http.DefaultClient.Do(req)
	wantNone(t, err)
	wantNone(t, resp.Body.Close())
	if seen := f.exchanges(t, ""); len(seen) != 0 {
		t.Errorf("%d exchanges are left", len(seen))
	}
	if _, err := f.register(t, "ada"); err != nil {
		t.Errorf("after it: %v", err)
	}
}
