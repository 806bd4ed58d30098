package registry_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

// caller is a column of the table.
type caller struct {
	name string
	symbolon.Caller
}

// callers are all kinds of them, as authentication gives them, at the bank and at the
// shop. Each scope comes alone and as the only one missing.
func (w *world) callers() []caller {
	w.Helper()
	all := []caller{
		{"nobody", symbolon.Caller{At: w.now}},
		{"a client", w.client(bank)},
		{"a user", w.user(bank, ada, withFactor)},
		{"a user of the shop", w.user(shop, ada, withFactor)},
		{"a backend of the shop", w.backend(shop)},
		{"an admin of the shop", w.holder(shop, symbolon.RoleAdmin)},
	}
	for _, scope := range symbolon.AllScopes {
		others := slices.DeleteFunc(slices.Clone(symbolon.AllScopes), func(s symbolon.Scope) bool { return s == scope })
		all = append(all,
			caller{"a backend with " + string(scope), w.holder(bank, "", scope)},
			caller{"a backend without " + string(scope), w.holder(bank, "", others...)})
	}
	for _, role := range []symbolon.Role{symbolon.RoleViewer, symbolon.RoleOperator, symbolon.RoleAdmin} {
		all = append(all,
			caller{string(role) + " of the bank", w.holder(bank, role)},
			caller{string(role) + " of all apps", w.holder("", role)})
	}
	for _, grants := range [][]symbolon.Grant{
		{{AppID: bank, Role: symbolon.RoleViewer}},
		{{AppID: bank, Role: symbolon.RoleOperator}, {AppID: shop, Role: symbolon.RoleAdmin}},
		{{AppID: bank, Role: symbolon.RoleAdmin}},
		{{AppID: shop, Role: symbolon.RoleAdmin}},
		{{Role: symbolon.RoleViewer}, {AppID: bank, Role: symbolon.RoleAdmin}},
		{{Role: symbolon.RoleAdmin}},
	} {
		all = append(all, caller{fmt.Sprintf("a person with %v", grants), w.person(bank, grants...)})
	}
	return all
}

var ranks = []symbolon.Role{symbolon.RoleViewer, symbolon.RoleOperator, symbolon.RoleAdmin}

// admits is what the row says of the column.
func (o operation) admits(c caller) bool {
	atBank := c.AppID == bank || (c.Assertion != nil && c.Assertion.AppID == bank)
	if c.Admin != nil {
		return o.admitsPerson(c)
	}
	if o.bearer {
		return atBank && c.Kind != symbolon.CallerClient || c.Kind == symbolon.CallerAdmin && c.AppID == ""
	}
	switch c.Kind {
	case symbolon.CallerClient:
		return o.client
	case symbolon.CallerUser:
		return o.user && atBank
	case symbolon.CallerBackend:
		return atBank && o.scope != "" && slices.Contains(c.Scopes, o.scope)
	case symbolon.CallerAdmin:
		reaches := c.AppID == "" || (o.reach == oneApp && atBank) || o.reach == callersOwn
		return reaches && o.role != "" && slices.Index(ranks, c.Role) >= slices.Index(ranks, o.role)
	}
	return false
}

// admitsPerson is admits for an admin in a session, by what they were granted.
func (o operation) admitsPerson(c caller) bool {
	role := map[reach]symbolon.Role{oneApp: c.RoleOn(bank), allApps: c.RoleOn(""), callersOwn: c.RoleOn(bank)}[o.reach]
	if o.reach == callersOwn && role == "" {
		role = c.RoleOn(shop)
	}
	switch {
	case o.person:
		return true
	case o.bearer:
		return role != ""
	}
	return o.role != "" && slices.Index(ranks, role) >= slices.Index(ranks, o.role)
}

func TestEveryOperationIsInTheTable(t *testing.T) {
	service := reflect.TypeFor[*registry.Registry]()
	for i := range service.NumMethod() {
		method := service.Method(i)
		takesCaller := false
		for j := range method.Type.NumIn() {
			takesCaller = takesCaller || method.Type.In(j) == reflect.TypeFor[symbolon.Caller]()
		}
		if _, listed := operations[method.Name]; listed != takesCaller {
			t.Errorf("%s: takes a caller: %v; is in the table of operations: %v", method.Name, takesCaller, listed)
		}
	}
}

func TestWrongCallersAreRefusedAndNothingIsWritten(t *testing.T) {
	heard, spy := spied()
	w := newWorld(t, spy)
	s := newScene(w)
	all := w.callers()
	before := w.totals()
	for name, op := range operations {
		for _, c := range all {
			if op.admits(c) {
				continue
			}
			want := symbolon.ErrForbidden
			if c.Kind == symbolon.CallerClient {
				want = symbolon.ErrUnauthenticated
			}
			heard.take()
			w.refused(name+" by "+c.name, op.call(s, c.Caller), want)
			if writing := slices.DeleteFunc(heard.take(), func(m string) bool { return !writes(m) }); len(writing) > 0 {
				t.Errorf("%s by %s wrote: %v", name, c.name, writing)
			}
		}
	}
	if after := w.totals(); after != before {
		t.Errorf("%d events and devices, %d before", after, before)
	}
}

func TestRightCallersAreNotRefused(t *testing.T) {
	w := newWorld(t)
	for name, op := range operations {
		w.pass(time.Minute) // past what the operation before may have revoked
		s := newScene(w)
		for _, c := range w.callers() {
			if !op.admits(c) {
				continue
			}
			err := op.call(s, c.Caller)
			var own *symbolon.Error
			if err != nil && !errors.As(err, &own) {
				t.Errorf("%s by %s: %v, which is no answer", name, c.name, err)
			}
			if err != nil && (strings.Contains(err.Error(), "this caller may not") || errors.Is(err, symbolon.ErrUnauthenticated)) {
				t.Errorf("%s by %s: %v", name, c.name, err)
			}
		}
	}
}

// totals counts every event and every device there is.
func (w *world) totals() int {
	w.Helper()
	w.seal()
	n := 0
	for _, app := range []symbolon.AppID{bank, shop} {
		events, err := w.store.ListEvents(w.Context(), app, 0, 100_000)
		w.ok(err)
		devices, _, err := w.store.ListDevices(w.Context(), symbolon.DeviceQuery{AppID: app, Sort: symbolon.SortCreated, Limit: 200})
		w.ok(err)
		n += len(events) + len(devices)
	}
	return n
}
