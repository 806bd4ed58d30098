package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/server"
)

// noRates is for tests that ask much from one address.
func noRates(c *server.Config) { c.Limits.PublicRate, c.Limits.FailureRate = -1, -1 }

// Every operation by every kind of caller that may not, and by every bearer that is bad.
func TestWrongCallers(t *testing.T) {
	h := openHouse(t, noRates)
	good := h.bearers(t)
	other, err := h.admin.CreateApp(t.Context(), symbolon.NewApp{ID: "shop", Name: "Shop"})
	must(t, err)
	shop := h.client(t, other.Credential.Key).For("shop")
	foreign, err := shop.IssueTicket(t.Context(), symbolon.TicketRequest{UserID: "u"})
	must(t, err)
	bad := map[string]string{
		"a made-up credential": "sk_nobody_has_this_one", "a made-up ticket": "eyJhbGciOiJIUzI1NiJ9.e30.x",
		"another app's credential": other.Credential.Key, "another app's ticket": foreign.Ticket,
	}
	for _, o := range h.operations(t) {
		t.Run(o.id, func(t *testing.T) {
			body := ""
			if o.body != nil {
				body = minimal(o, "")
			}
			for name, bearer := range bad {
				a := h.askAs(t, bearer, o, body)
				a.problem(t, name, http.StatusUnauthorized, "unauthenticated")
				if !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer") {
					t.Errorf("%s: a 401 without WWW-Authenticate", name)
				}
			}
			for scheme, bearer := range good {
				right := contains(o.security, scheme)
				if scheme == "session" && (contains(o.security, "") || contains(o.security, "user")) {
					continue // whose browser it is does not matter there
				}
				if right && o.method != http.MethodGet {
					continue // it would change what the next one finds
				}
				switch a := h.askAs(t, bearer, o, body); {
				case right:
					if a.status >= 500 || a.status == http.StatusUnauthorized || a.status == http.StatusForbidden {
						t.Errorf("a right caller (%q) hears %d %s", scheme, a.status, a.body)
					}
				case scheme == "" || scheme == "session" && !contains(o.security, "admin") || scheme != "admin" && scheme != "session" && !strings.Contains(o.path, "{app}"):
					a.problem(t, "as "+scheme, http.StatusUnauthorized, "unauthenticated")
				default:
					a.problem(t, "as "+scheme, http.StatusForbidden, "forbidden")
				}
			}
		})
	}
}

func TestBearerForms(t *testing.T) {
	h := openHouse(t)
	for _, value := range []string{"Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "Token " + h.key, h.key} {
		h.ask(t, "GET", "/v1/apps/bank/devices", "", "Authorization", value).
			problem(t, value, http.StatusUnauthorized, "unauthenticated")
	}
	if a := h.ask(t, "GET", "/v1/apps/bank/devices", "", "Authorization", "bearer  "+h.key); a.status != http.StatusOK {
		t.Errorf("the scheme's case and a further space matter: %d %s", a.status, a.body)
	}
}

// What a scope or a role does not open stays shut; what was revoked opens nothing.
func TestScopesAndRoles(t *testing.T) {
	h := openHouse(t)
	ctx := t.Context()
	reader, err := h.admin.CreateCredential(ctx, symbolon.NewCredential{Name: "reader", Scopes: []symbolon.Scope{symbolon.ScopeDevicesRead}})
	must(t, err)
	as := h.backend.As(reader.Key)
	_, err = as.ListDevices(ctx, client.DeviceFilter{}, client.Page{})
	must(t, err)
	_, err = as.IssueTicket(ctx, symbolon.TicketRequest{UserID: "u"})
	wantCode(t, err, symbolon.ErrForbidden)

	viewer, err := h.admin.CreateCredential(ctx, symbolon.NewCredential{Name: "viewer", Role: symbolon.RoleViewer})
	must(t, err)
	as = h.admin.As(viewer.Key)
	_, err = as.GetPolicy(ctx, true)
	must(t, err)
	_, err = as.PutPolicy(ctx, []byte(`{}`), client.AnyVersion)
	wantCode(t, err, symbolon.ErrForbidden)

	_, err = h.admin.RevokeCredential(ctx, viewer.ID)
	must(t, err)
	_, err = as.GetPolicy(ctx, true)
	wantCode(t, err, symbolon.ErrUnauthenticated)
}
