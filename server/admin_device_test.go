package server_test

import (
	"net/http"
	"strings"
	"testing"
)

// A policy that demands a device leaves a session nothing but the way to show one; programs
// are not asked for any.
func TestASessionThatHasToShowItsDeviceMayDoNothingElse(t *testing.T) {
	h := openHouse(t)
	mia := h.mia(t)
	mia.ask(t, "GET", "/v1/status", "").want(t, "the status", http.StatusOK)
	h.ask(t, "PUT", "/v1/apps/admin/policy", `{"registration":{"approval":"admin"},"actions":{"portal":{"require":"known"}}}`, asAdmin()...).want(t, "the demand", http.StatusOK)

	for _, path := range []string{"/v1/apps", "/v1/apps/bank/devices", "/v1/apps/admin/devices", "/v1/admins", "/v1/status"} {
		mia.ask(t, "GET", path, "").problem(t, path, http.StatusForbidden, "device_required")
		h.ask(t, "GET", path, "", asAdmin()...).want(t, path+" by the service's key", http.StatusOK)
	}
	mia.ask(t, "PUT", "/v1/admin/password", `{"password":"another phrase altogether"}`).problem(t, "a new password", http.StatusForbidden, "device_required")

	if a := mia.ask(t, "GET", "/v1/admin/session", "").want(t, "the session", http.StatusOK); !strings.Contains(a.body, `"deviceRequired":"known"`) {
		t.Errorf("the session does not tell what it lacks: %s", a.body)
	}
	if a := mia.ask(t, "GET", "/v1/admin/session/device", "").want(t, "its device", http.StatusOK); !strings.Contains(a.body, `"met":false`) {
		t.Errorf("its device: %s", a.body)
	}
	if a := mia.ask(t, "POST", "/v1/admin/session/ticket", "").want(t, "a ticket", http.StatusOK); !strings.Contains(a.body, `"ticket":`) {
		t.Errorf("the ticket: %s", a.body)
	}
	mia.ask(t, "DELETE", "/v1/admin/session", "").want(t, "signing out", http.StatusNoContent)
}

// The status names no secret, and no folder.
func TestTheStatusIsForAdminsOfAllApps(t *testing.T) {
	h := openHouse(t)
	h.mia(t)
	h.ask(t, "GET", "/v1/status", "").problem(t, "nobody", http.StatusUnauthorized, "unauthenticated")
	a := h.ask(t, "GET", "/v1/status", "", asAdmin()...).want(t, "an admin", http.StatusOK)
	for _, part := range []string{`"publicUrl":"https://symbolon.example"`, `"name":"writes","health":"ok"`, `"alg":"EdDSA"`} {
		if !strings.Contains(a.body, part) {
			t.Errorf("the status lacks %s: %s", part, a.body)
		}
	}
	if strings.Contains(a.body, adminKey) {
		t.Error("the status tells a secret")
	}
}
