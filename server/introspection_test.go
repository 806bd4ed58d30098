package server_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
)

// A service that got a device token asks what it is worth now, as JSON or as RFC 7662 has it.
func TestStoryOfAnIntrospection(t *testing.T) {
	h := openHouse(t)
	ctx := t.Context()
	p, device := h.trustedPhone(t, "alice")
	want := true
	d, err := h.backend.Decide(ctx, symbolon.DecisionRequest{UserID: "alice", Proof: p.prove(t), Token: &want})
	must(t, err)

	got, err := h.backend.Introspect(ctx, d.DeviceToken)
	must(t, err)
	if !got.Active || got.TokenType != "DPoP" || got.Subject != "alice" || got.DeviceID != device.ID || got.Audience != "bank" ||
		got.Issuer != "https://symbolon.example" || !got.Trusted || got.Confirmation["jkt"] != p.kid || got.Risk == nil {
		t.Errorf("of a good token it hears %+v", got)
	}
	for what, more := range map[string]url.Values{
		"alone": {}, "with a hint": {"token_type_hint": {"access_token"}},
		"with the client's own id":            {"client_id": {"bank"}, "client_secret": {"x"}},
		"with what RFC 8707 and RFC 7521 add": {"resource": {"https://a.example", "https://b.example"}, "client_assertion": {"x.y.z"}},
	} {
		more.Set("token", d.DeviceToken)
		form := h.ask(t, "POST", "/v1/apps/bank/introspect", more.Encode(),
			append(h.asBackend(), "Content-Type", "application/x-www-form-urlencoded")...)
		var asForm symbolon.Introspection
		must(t, json.Unmarshal([]byte(form.body), &asForm))
		if form.status != 200 || !asForm.Active || asForm.DeviceID != device.ID || form.header.Get("Cache-Control") != "no-store" {
			t.Errorf("as a form %s: %d %s", what, form.status, form.body)
		}
	}

	for what, token := range map[string]string{"garbage": "x", "a ticket": h.ticket(t, "alice", ""), "a changed one": flipped(d.DeviceToken)} {
		a := h.ask(t, "POST", "/v1/apps/bank/introspect", `{"token":"`+token+`"}`, h.asBackend()...)
		if a.status != 200 || strings.TrimSpace(a.body) != `{"active":false}` {
			t.Errorf("of %s it hears %d %s", what, a.status, a.body)
		}
	}
	_, err = h.backend.BlockDevice(ctx, device.ID, symbolon.BlockRequest{Reason: "stolen"})
	must(t, err)
	if got, err = h.backend.Introspect(ctx, d.DeviceToken); err != nil || got.Active || got.DeviceID != "" {
		t.Errorf("once the device is blocked: %+v %v", got, err)
	}
}

func TestWhoIntrospects(t *testing.T) {
	h := openHouse(t)
	ctx := t.Context()
	reader, err := h.admin.CreateCredential(ctx, symbolon.NewCredential{Name: "reader", Scopes: []symbolon.Scope{symbolon.ScopeDevicesRead}})
	must(t, err)
	_, err = h.backend.As(reader.Key).Introspect(ctx, "x")
	wantCode(t, err, symbolon.ErrForbidden)
	_, err = h.backend.As("").Introspect(ctx, "x")
	wantCode(t, err, symbolon.ErrUnauthenticated)
	_, err = h.backend.As(h.ticket(t, "alice", "")).Introspect(ctx, "x")
	wantCode(t, err, symbolon.ErrForbidden)
	if got, err := h.admin.Introspect(ctx, "x"); err != nil || got.Active {
		t.Errorf("an admin hears %+v %v", got, err)
	}
}

func TestBadIntrospections(t *testing.T) {
	h := openHouse(t)
	const form = "application/x-www-form-urlencoded"
	for body, kind := range map[string]string{
		"": "application/json", `{}`: "application/json", `{"token":""}`: "application/json", `{"token":"x","user":"y"}`: "application/json",
		`{"token":"x","client_id":"y"}`: "application/json",
		"token=":                        form, "token=x&token=y": form, "token=%zz": form, "hint=x": form, `{"token":"x"}`: "text/plain",
	} {
		a := h.ask(t, "POST", "/v1/apps/bank/introspect", body, append(h.asBackend(), "Content-Type", kind)...)
		a.problem(t, body+" as "+kind, http.StatusBadRequest, "invalid_request")
	}
	i := slices.IndexFunc(h.operations(t), func(o operation) bool { return o.id == "introspect" })
	if i < 0 {
		t.Fatal("introspection is not described")
	}
	if text := h.ask(t, "GET", "/openapi.json", "").body; !strings.Contains(text, form) {
		t.Error("the description does not tell of forms")
	}
}
