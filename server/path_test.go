package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
)

// Ids that a router, a proxy or a person might take for something else.
var oddIDs = []string{
	".", "..", "...", "me", "a/b", "/", "//", "../../policy", "a/../b", "%", "%2e%2e", "%2F", "auth0|1", "with space",
	" ", "a?b=c", "a#b", "a&b;c", "user@example.com", "Grüße", "用户", "👩‍👩‍👧", "עברית", "e\u0301", `"quoted"`, "a\\b", "{user}", "+",
	strings.Repeat("é", 255),
}

// On every route a user's id is one opaque segment.
func TestOddUserIDs(t *testing.T) {
	h := openHouse(t, noRates)
	ctx := t.Context()
	for _, id := range oddIDs {
		t.Run(id, func(t *testing.T) {
			user := symbolon.UserID(id)
			p := h.newPhone(t, user)
			device := p.register(t)
			if device.UserID != user {
				t.Fatalf("registered for %q", device.UserID)
			}
			if d := p.decide(t); !d.Known || d.Device.UserID != user {
				t.Errorf("decided %+v", d)
			}
			page, err := h.backend.ListUserDevices(ctx, user)
			must(t, err)
			if len(page.Items) != 1 || page.Items[0].UserID != user {
				t.Errorf("listed %+v", page.Items)
			}
			page, err = h.backend.ListDevices(ctx, client.DeviceFilter{User: user}, client.Page{})
			must(t, err)
			if len(page.Items) != 1 || page.Items[0].UserID != user {
				t.Errorf("the filter finds %+v", page.Items)
			}
			_, err = h.backend.ListTrustedDevices(ctx, user)
			must(t, err)
			_, _, err = h.backend.RegisterKey(ctx, user, symbolon.KeyRegistration{PublicKey: publicJWK(t)})
			must(t, err)
			_, err = h.backend.RevokeUser(ctx, user, symbolon.CauseEmailChanged)
			must(t, err)
			_, err = h.backend.ReactivateUser(ctx, user)
			must(t, err)
			export, err := h.backend.ExportUser(ctx, user)
			must(t, err)
			if export.UserID != user || len(export.Devices) != 2 {
				t.Errorf("exported %q with %d devices", export.UserID, len(export.Devices))
			}
			_, err = h.backend.LiftTombstones(ctx, user)
			must(t, err)
			erased, err := h.backend.EraseUser(ctx, user)
			must(t, err)
			if erased.Devices != 2 {
				t.Errorf("erased %d devices", erased.Devices)
			}
		})
	}
}

// Devices that were imported keep whatever id they had.
func TestOddDeviceIDs(t *testing.T) {
	h := openHouse(t, noRates)
	ctx := t.Context()
	at := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	for _, id := range oddIDs {
		_, err := h.admin.ImportTrustedDevices(ctx, []symbolon.TrustedDevice{{
			Kind: symbolon.TrustedDeviceType, DeviceID: symbolon.DeviceID(id), UserID: "u", DeviceName: "Old one",
			DeviceType: symbolon.TypeDesktop, TrustedAt: at, CreatedAt: at, UpdatedAt: at,
		}})
		must(t, err)
		d, err := h.admin.GetDevice(ctx, symbolon.DeviceID(id))
		if err != nil || string(d.ID) != id {
			t.Errorf("%q: got %q, %v", id, d.ID, err)
		}
		d, err = h.admin.BlockDevice(ctx, symbolon.DeviceID(id), symbolon.BlockRequest{Reason: "old"})
		if err != nil || string(d.ID) != id || d.Status != symbolon.StatusBlocked {
			t.Errorf("%q: blocked %q, %v", id, d.ID, err)
		}
		must(t, h.admin.RemoveDevice(ctx, symbolon.DeviceID(id)))
	}
}

// The same over a bare connection: nothing is redirected, and what is not escaped is
// refused, never taken for another path.
func TestRawPaths(t *testing.T) {
	h := openHouse(t)
	h.newPhone(t, "..").register(t)
	h.newPhone(t, "a/b").register(t)
	for _, c := range []struct {
		path   string
		status int
	}{
		{"/v1/apps/bank/users/%2e%2e/devices", http.StatusOK},
		{"/v1/apps/bank/users/%2E%2E/devices", http.StatusOK},
		{"/v1/apps/bank/users/a%2Fb/devices", http.StatusOK},
		{"/v1/apps/bank/users/a%2fb/devices", http.StatusOK},
		{"/v1/apps/bank/users/../devices", http.StatusNotFound},
		{"/v1/apps/bank/users/./devices", http.StatusNotFound},
		{"/v1/apps/bank/users//devices", http.StatusNotFound},
		{"//v1/apps/bank/users/a%2Fb/devices", http.StatusNotFound},
		{"/v1/apps/bank/users/a/b/devices", http.StatusNotFound},
		{"/v1/apps/bank/users/%00/devices", http.StatusBadRequest},
		{"/v1/apps/bank/users/%0a/devices", http.StatusBadRequest},
		{"/v1/apps/bank/users/%ff/devices", http.StatusBadRequest},
		{"/v1/apps/bank/users/" + url.PathEscape(strings.Repeat("é", 256)) + "/devices", http.StatusBadRequest},
		{"/v1/apps/BANK/users/x/devices", http.StatusUnauthorized},
	} {
		a := h.raw(t, c.path)
		if a.status != c.status {
			t.Errorf("%s: %d %s, want %d", c.path, a.status, a.body, c.status)
		}
		if c.status == http.StatusOK && strings.Count(a.body, `"deviceId"`) != 1 {
			t.Errorf("%s: %s", c.path, a.body)
		}
	}
}

// raw sends the path byte for byte.
func (h *house) raw(t testing.TB, path string) answered {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url, nil)
	must(t, err)
	req.URL.Opaque = "//" + req.URL.Host + path
	req.Header.Set("Authorization", "Bearer "+h.key)
	return do(t, req)
}
