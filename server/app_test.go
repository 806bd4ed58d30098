package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
)

// An operator's day: an app, its policy, its credentials; two operators never overwrite
// each other unseen.
func TestStoryOfAnApp(t *testing.T) {
	h := openHouse(t)
	ctx := t.Context()
	made, err := h.admin.CreateApp(ctx, symbolon.NewApp{Name: "Shop", Origins: []string{"https://shop.example"}})
	must(t, err)
	if !strings.HasPrefix(string(made.App.ID), "app_") || !strings.HasPrefix(made.Credential.Key, "sk_") || len(made.Credential.Scopes) != 6 {
		t.Errorf("made %+v", made)
	}
	shop := h.admin.For(made.App.ID)
	app, err := shop.GetApp(ctx)
	must(t, err)

	name := "Shop & Co"
	changed, err := shop.UpdateApp(ctx, symbolon.AppPatch{Name: &name}, app.Version)
	must(t, err)
	if changed.Name != name || len(changed.Origins) != 1 || changed.Version <= app.Version {
		t.Errorf("changed to %+v", changed)
	}
	_, err = shop.UpdateApp(ctx, symbolon.AppPatch{Name: &name}, app.Version)
	wantCode(t, err, symbolon.ErrPreconditionFailed)
	_, err = shop.UpdateApp(ctx, symbolon.AppPatch{Origins: &[]string{"https://shop.example/path"}}, client.AnyVersion)
	wantCode(t, err, symbolon.ErrInvalidRequest)

	ids := map[symbolon.AppID]bool{}
	for a, err := range h.admin.Apps(ctx) {
		must(t, err)
		ids[a.ID] = true
	}
	if len(ids) != 2 || !ids["bank"] || !ids[app.ID] {
		t.Errorf("listed %v", ids)
	}
	must(t, shop.RemoveApp(ctx))
	_, err = shop.GetApp(ctx)
	wantCode(t, err, symbolon.ErrNotFound)
}

func TestStoryOfAPolicy(t *testing.T) {
	h := openHouse(t)
	ctx := t.Context()
	none, err := h.admin.GetPolicy(ctx, false)
	must(t, err)
	if none.Version != 0 || string(none.Document) != "{}" {
		t.Errorf("at first %d %s", none.Version, none.Document)
	}
	effective, err := h.admin.GetPolicy(ctx, true)
	must(t, err)
	var all symbolon.Policy
	must(t, json.Unmarshal(effective.Document, &all))
	if all.Limits.Devices != symbolon.DefaultPolicy().Limits.Devices {
		t.Errorf("effective %s", effective.Document)
	}

	doc := json.RawMessage(`{"limits":{"devices":2,"overflow":"evict_lru"},"trust":{"idleTimeout":"P7D","permanent":true}}`)
	put, err := h.admin.PutPolicy(ctx, doc, none.Version)
	must(t, err)
	got, err := h.admin.GetPolicy(ctx, false)
	must(t, err)
	if got.Version != 1 || put.Version != 1 || string(got.Document) != string(doc) {
		t.Errorf("what GET gives is %d %s", got.Version, got.Document)
	}
	_, err = h.admin.PutPolicy(ctx, effective.Document, got.Version) // what GET gives, PUT takes
	must(t, err)
	_, err = h.admin.PutPolicy(ctx, doc, got.Version)
	wantCode(t, err, symbolon.ErrPreconditionFailed)

	for text, field := range map[string]string{
		`{"limits":{"devices":-1}}`:               "limits.devices",
		`{"limits":{"overflow":"explode"}}`:       "limits.overflow",
		`{"trust":{"duration":"a month"}}`:        "trust.duration",
		`{"trust":{"speed":1}}`:                   "trust.speed",
		`{"actions":{"pay":{"require":"money"}}}`: "actions.pay.require",
		`{"risks":{}}`:                            "risks",
		`{"risk":{"points":{"bad_mood":1}}}`:      "risk.points.bad_mood",
		`{"rules":[{"name":"r","priority":1,"when":"risk.scoer > 1","recommend":"DENY","mode":"production"}]}`: "rules[0].when",
	} {
		p := h.ask(t, "PUT", "/v1/apps/bank/policy", text, asAdmin()...).problem(t, text, http.StatusBadRequest, "invalid_request")
		if p["field"] != field {
			t.Errorf("%s: the field named is %v (%v)", text, p["field"], p["detail"])
		}
	}
}

// The forms of If-Match that RFC 9110 knows.
func TestIfMatch(t *testing.T) {
	h := openHouse(t)
	if a := h.ask(t, "GET", "/v1/apps/bank/policy", "", asAdmin()...); a.header.Get("ETag") != `"0"` {
		t.Fatalf("the ETag is %q", a.header.Get("ETag"))
	}
	for _, c := range []struct {
		value  string
		status int
	}{
		{`"0"`, 200}, {`"0"`, 412}, {`"1"`, 200}, {`W/"2"`, 412}, {`2`, 412}, {`"two"`, 412}, {`"-1"`, 412}, {`"1", "2"`, 400}, {`*`, 200}, {`"3"`, 200},
	} {
		if a := h.ask(t, "PUT", "/v1/apps/bank/policy", `{}`, asAdmin("If-Match", c.value)...); a.status != c.status {
			t.Errorf("If-Match: %s answers %d %s, want %d", c.value, a.status, a.body, c.status)
		}
	}
}

func TestStoryOfCredentials(t *testing.T) {
	h := openHouse(t)
	ctx := t.Context()
	hour := symbolon.Duration(3600e9)
	issued, err := h.admin.CreateCredential(ctx, symbolon.NewCredential{Name: "ci", Scopes: []symbolon.Scope{symbolon.ScopeTickets}, TTL: &hour})
	must(t, err)
	list, err := h.admin.ListCredentials(ctx)
	must(t, err)
	if len(list.Items) != 2 || issued.ExpiresAt == nil {
		t.Errorf("listed %+v", list.Items)
	}
	all := h.admin.For("")
	operator, err := all.CreateCredential(ctx, symbolon.NewCredential{Name: "ops", Role: symbolon.RoleOperator})
	must(t, err)
	list, err = all.ListCredentials(ctx)
	must(t, err)
	if len(list.Items) != 1 || list.Items[0].AppID != "" {
		t.Errorf("admins on all apps: %+v", list.Items)
	}
	_, err = h.admin.As(operator.Key).ListCredentials(ctx)
	wantCode(t, err, symbolon.ErrForbidden)
	_, err = all.RevokeCredential(ctx, operator.ID)
	must(t, err)
	_, err = h.admin.As(operator.Key).GetApp(ctx)
	wantCode(t, err, symbolon.ErrUnauthenticated)
	if text := h.ask(t, "GET", "/v1/apps/bank/credentials", "", asAdmin()...).body; strings.Contains(text, "sk_") {
		t.Errorf("a list shows keys: %s", text)
	}
}
