package server_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/server"
)

// Each code, brought about for real, and its status.
func TestEveryCode(t *testing.T) {
	h := openHouse(t, noRates)
	ctx := t.Context()
	alice := h.newPhone(t, "alice")
	device := alice.register(t)
	dora := h.newPhone(t, "dora")
	stolen := dora.register(t)
	_, err := h.admin.BlockDevice(ctx, stolen.ID, symbolon.BlockRequest{Reason: "stolen"})
	must(t, err)
	ticket := h.ticket(t, "alice", "otp")
	enrolment := alice.enrolment(t)
	register := func(user symbolon.UserID, compact string) answered {
		return h.ask(t, "POST", "/v1/apps/bank/devices", `{"proof":"`+compact+`"}`, "Authorization", "Bearer "+h.ticket(t, user, ""))
	}
	register("alice", enrolment)
	path := "/v1/apps/bank/devices/" + string(device.ID)
	once := append(h.asBackend(), "Idempotency-Key", "one")
	h.ask(t, "POST", path+"/distrust", `{"reason":"a"}`, once...)

	expect := func(a answered, status int, code symbolon.Code) {
		t.Helper()
		a.problem(t, string(code), status, string(code))
	}
	expect(h.ask(t, "POST", "/v1/apps/bank/challenges", `{"purpose":"dance"}`), 400, symbolon.ErrInvalidRequest)
	expect(h.ask(t, "GET", path, ""), 401, symbolon.ErrUnauthenticated)
	expect(h.ask(t, "GET", path, "", "Authorization", "Bearer "+ticket), 403, symbolon.ErrForbidden)
	expect(register("dora", dora.enrolment(t)), 403, symbolon.ErrDeviceBlocked)
	expect(h.ask(t, "POST", "/v1/apps/nowhere/challenges", `{"purpose":"prove"}`), 404, symbolon.ErrNotFound)
	expect(h.ask(t, "GET", path+"x", "", h.asBackend()...), 404, symbolon.ErrDeviceUnknown)
	expect(h.ask(t, "POST", "/v1/apps", `{"id":"bank","name":"Again"}`, asAdmin()...), 409, symbolon.ErrConflict)
	expect(h.ask(t, "PUT", "/v1/apps/bank/policy", `{}`, asAdmin("If-Match", `"7"`)...), 412, symbolon.ErrPreconditionFailed)
	expect(h.ask(t, "POST", "/v1/apps/bank/challenges", strings.Repeat(" ", 65<<10)), 413, symbolon.ErrTooLarge)
	expect(register("alice", dora.enrolment(t)), 422, symbolon.ErrProofInvalid)
	expect(register("alice", enrolment), 422, symbolon.ErrChallengeReplayed)
	expect(h.ask(t, "POST", path+"/distrust", `{"reason":"b"}`, once...), 422, symbolon.ErrIdempotencyKeyReused)

	_, err = h.admin.PutPolicy(ctx, []byte(`{"limits":{"devices":1}}`), client.AnyVersion)
	must(t, err)
	expect(register("alice", h.newPhone(t, "alice").enrolment(t)), 409, symbolon.ErrDeviceLimitReached)
	_, err = h.admin.PutPolicy(ctx, []byte(`{"registration":{"algorithms":["EdDSA"]}}`), client.AnyVersion)
	must(t, err)
	expect(register("carol", h.newPhone(t, "carol").enrolment(t)), 422, symbolon.ErrAlgorithmNotAllowed)

	tight := openHouse(t, func(c *server.Config) { c.Limits.PublicRate, c.Limits.PublicBurst = 0.01, 1 })
	tight.ask(t, "POST", "/v1/apps/bank/challenges", `{"purpose":"prove"}`)
	a := tight.ask(t, "POST", "/v1/apps/bank/challenges", `{"purpose":"prove"}`)
	expect(a, 429, symbolon.ErrRateLimited)
	if a.header.Get("Retry-After") != "100" {
		t.Errorf("a 429 has Retry-After %q", a.header.Get("Retry-After"))
	}
	must(t, h.store.Close())
	compact := func() string { // made by hand: the service gives no more challenges
		s, err := proof.Sign(alice.key, proof.Statement{KeyID: alice.kid, Audience: "bank", Challenge: "x", Purpose: proof.PurposeProve})
		must(t, err)
		return s
	}()
	expect(h.ask(t, "GET", path, "", asAdmin()...), 503, symbolon.ErrUnavailable)
	if a := h.ask(t, "GET", "/readyz", ""); a.header.Get("Retry-After") != "1" {
		t.Errorf("a 503 has Retry-After %q", a.header.Get("Retry-After"))
	}
	if a := h.ask(t, "POST", "/v1/apps/bank/decisions", `{"proof":"`+compact+`"}`); a.status == 200 && !strings.Contains(a.body, "CHALLENGE") {
		t.Errorf("without a database a decision says %s", a.body)
	}
}

// A fault of ours tells the caller nothing but where to find it in the log.
func TestInternalFaults(t *testing.T) {
	log := &logBook{}
	s := httptest.NewServer(server.New(server.Config{Log: log.logger()})) // with no registry behind it
	defer s.Close()
	h := &house{url: s.URL, log: log}
	p := h.ask(t, "POST", "/v1/apps/bank/challenges", `{"purpose":"prove"}`).problem(t, "a panic", http.StatusInternalServerError, "internal")
	if p["detail"] != "The service failed" {
		t.Errorf("the caller learns %v", p["detail"])
	}
	id, _ := p["requestId"].(string)
	if id == "" || !strings.Contains(log.String(), id) || !strings.Contains(log.String(), "nil pointer") {
		t.Errorf("the log does not tell of request %q:\n%s", id, log)
	}
}

func TestNothingThere(t *testing.T) {
	h := openHouse(t)
	h.ask(t, "GET", "/v2/apps", "").problem(t, "an unknown path", http.StatusNotFound, "not_found")
	a := h.ask(t, "DELETE", "/v1/apps", "", asAdmin()...)
	a.problem(t, "an unknown method", http.StatusMethodNotAllowed, "invalid_request")
	if got := a.header.Get("Allow"); got != "GET, HEAD, POST" {
		t.Errorf("Allow is %q", got)
	}
	if a := h.ask(t, "GET", "/problems/device_blocked", ""); a.status != http.StatusSeeOther || a.header.Get("Location") != "/docs#device_blocked" {
		t.Errorf("a problem's type leads to %d %q", a.status, a.header.Get("Location"))
	}
	h.ask(t, "GET", "/problems/nonsense", "").problem(t, "no problem", http.StatusNotFound, "not_found")
}
