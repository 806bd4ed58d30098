package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
)

// Somebody writes a policy: each draft is answered with all that is wrong with it, and only
// what is no JSON at all is refused.
func TestStoryOfADraft(t *testing.T) {
	h := openHouse(t)
	viewer, err := h.admin.CreateCredential(t.Context(), symbolon.NewCredential{Name: "viewer", Role: symbolon.RoleViewer})
	must(t, err)
	check := func(body string) answered {
		return h.ask(t, "POST", "/v1/apps/bank/policy/check", body, "Authorization", "Bearer "+viewer.Key)
	}

	var first, second symbolon.PolicyCheck
	told(t, check(`{"policy": {"limits": {"devices": -1}, "rules": [{"name": "r", "priority": 1, "recommend": "DENY", "mode": "preview", "when": "true &&\n devices > 1"}]}}`), &first)
	if p := first.Problems; len(p) != 2 || p[0].Field != "limits.devices" || p[1].Line != 2 || p[1].Column != 2 || p[1].Rule != "r" || first.Effective != nil {
		t.Errorf("got %+v", first)
	}
	told(t, check(`{"policy": {"limits": {"devices": 2}}}`), &second)
	if second.Problems == nil || len(second.Problems) != 0 || second.Effective == nil || second.Effective.Limits.Devices != 2 || second.Effective.Risk.DenyAt != 90 {
		t.Errorf("got %+v", second)
	}
	for _, wrong := range []string{`[]`, `7`, `"{}"`, `{"policy": {}}`} {
		var c symbolon.PolicyCheck
		if told(t, check(`{"policy": `+wrong+`}`), &c); len(c.Problems) != 1 {
			t.Errorf("%s: got %+v, want one problem", wrong, c.Problems)
		}
	}
	for _, broken := range []string{`{"policy": {`, `{}`, `{"policy": {}, "more": 1}`} {
		check(broken).problem(t, broken, http.StatusBadRequest, "invalid_request")
	}
	check(`{"policy": {"rules": "`+strings.Repeat("x", 80<<10)+`"}}`).problem(t, "too long", http.StatusRequestEntityTooLarge, "too_large")
	after, err := h.admin.GetPolicy(t.Context(), false)
	must(t, err)
	if after.Version != 0 {
		t.Errorf("the checks put version %d", after.Version)
	}
}

// Whoever may read the policy of one app learns what policies are written in; an app's
// backend does not.
func TestWhoLearnsTheLanguageOfPolicies(t *testing.T) {
	h := openHouse(t)
	var noa symbolon.InvitedAdmin
	made := h.mia(t).ask(t, "POST", "/v1/admins", `{"login":"noa","grants":[{"appId":"bank","role":"viewer"}]}`).want(t, "an admin", http.StatusCreated)
	must(t, json.Unmarshal([]byte(made.body), &noa))
	hers := h.newBrowser()
	hers.ask(t, "POST", "/v1/admin/setup", fmt.Sprintf(`{"token":%q,"password":%q}`, noa.Invitation.Token, phrase)).want(t, "her password", http.StatusCreated)

	var l symbolon.PolicyLanguage
	told(t, hers.ask(t, "GET", "/v1/policy/language", ""), &l)
	if len(l.Variables) < 30 || len(l.Functions) == 0 || len(l.Operators) == 0 || len(l.Reasons) == 0 || len(l.Members) == 0 {
		t.Errorf("got %+v", l)
	}
	for _, bearer := range []string{h.key, "sk_nobody"} {
		h.ask(t, "GET", "/v1/policy/language", "", "Authorization", "Bearer "+bearer).problem(t, bearer, http.StatusUnauthorized, "unauthenticated")
	}
}

// told reads what was answered.
func told(t *testing.T, a answered, out any) {
	t.Helper()
	if a.status != http.StatusOK {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	must(t, json.Unmarshal([]byte(a.body), out))
}
