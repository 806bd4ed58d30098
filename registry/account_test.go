package registry_test

import (
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
	"github.com/symbolon-id/symbolon/sqlstore"
)

const ownOrigin = "https://symbolon.example"

// link is what a backend's link to ada's page carries.
func (w *world) link(edits ...func(*symbolon.AccountLinkRequest)) string {
	w.Helper()
	req := symbolon.AccountLinkRequest{UserID: ada, Factor: "otp"}
	for _, edit := range edits {
		edit(&req)
	}
	made, err := w.reg.AccountLink(w.Context(), w.backend(bank), bank, req)
	w.ok(err)
	u, err := url.Parse(made.URL)
	w.ok(err)
	return u.Query().Get("link")
}

func (w *world) visit() registry.AccountSession {
	w.Helper()
	s, err := w.reg.EnterAccount(w.Context(), bank, ownOrigin, w.link(), w.now)
	w.ok(err)
	return s
}

func (w *world) me(s registry.AccountSession) symbolon.Caller {
	w.Helper()
	c, err := w.reg.AccountCaller(bank, ownOrigin, s.Secret, w.now)
	w.ok(err)
	return c
}

func TestALinkOpensTheUsersPageOnceWithinAMinute(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at)
		phone := w.registered(ada)
		link := w.link()
		w.pass(time.Minute - time.Microsecond)
		s, err := w.reg.EnterAccount(t.Context(), bank, ownOrigin, link, w.now)
		w.ok(err)
		list, err := w.reg.MyDevices(t.Context(), w.me(s), bank, registry.Self{})
		w.ok(err)
		if s.User != ada || len(list.Items) != 1 || list.Items[0].ID != phone.id || *list.Items[0].IsCurrent {
			t.Errorf("%s sees %+v", s.User, list.Items)
		}
		_, err = w.reg.EnterAccount(t.Context(), bank, ownOrigin, link, w.now)
		w.refused("the link again", err, symbolon.ErrUnauthenticated)

		late := w.link()
		w.pass(time.Minute)
		_, err = w.reg.EnterAccount(t.Context(), bank, ownOrigin, late, w.now)
		w.refused("a link after its minute", err, symbolon.ErrUnauthenticated)
	})
}

func TestTwoByOneLink(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at)
		link := w.link()
		var all sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			all.Go(func() { _, errs[i] = w.reg.EnterAccount(t.Context(), bank, ownOrigin, link, w.now) })
		}
		all.Wait()
		entered := 0
		for _, err := range errs {
			if err == nil {
				entered++
			} else {
				w.refused("the others", err, symbolon.ErrUnauthenticated)
			}
		}
		if entered != 1 {
			t.Errorf("%d came in by one link", entered)
		}
	})
}

// What is made for one use is nothing elsewhere: each column at each door.
func TestLinksSessionsAndTicketsAreNotEachOther(t *testing.T) {
	w := newWorld(t)
	session := w.visit().Secret
	ticket, err := w.reg.AccountTicket(bank, ownOrigin, session, w.now)
	w.ok(err)
	shown := map[string]string{"a link": w.link(), "a session": session, "a ticket": ticket.Ticket, "nothing": "", "noise": "a.b.c"}
	for what, text := range shown {
		if what != "a link" {
			_, err := w.reg.EnterAccount(t.Context(), bank, ownOrigin, text, w.now)
			w.refused(what+" as a link", err, symbolon.ErrUnauthenticated)
		}
		if what != "a session" {
			_, err := w.reg.AccountCaller(bank, ownOrigin, text, w.now)
			w.refused(what+" as a session", err, symbolon.ErrUnauthenticated)
			_, err = w.reg.AccountTicket(bank, ownOrigin, text, w.now)
			w.refused(what+" for a ticket", err, symbolon.ErrUnauthenticated)
		}
		if what != "a ticket" && text != "" {
			w.refused(what+" as an assertion", w.knock(bank, text), symbolon.ErrUnauthenticated)
		}
	}
	w.ok(w.knock(bank, ticket.Ticket))
}

func TestALinkIsForOneAppAndOneOrigin(t *testing.T) {
	w := newWorld(t)
	w.settle(bank, bankSite)
	_, err := w.reg.EnterAccount(t.Context(), shop, ownOrigin, w.link(), w.now)
	w.refused("at another app", err, symbolon.ErrUnauthenticated)
	_, err = w.reg.EnterAccount(t.Context(), bank, bankSite, w.link(), w.now)
	w.refused("at another origin", err, symbolon.ErrUnauthenticated)
	at := func(origin string) (symbolon.AccountLink, error) {
		return w.reg.AccountLink(t.Context(), w.backend(bank), bank, symbolon.AccountLinkRequest{UserID: ada, Origin: origin})
	}
	made, err := at(bankSite)
	w.ok(err)
	if !strings.HasPrefix(made.URL, bankSite+"/account/bank/enter?link=") || made.ExpiresAt.Sub(w.now) != time.Minute {
		t.Errorf("the link is %s until %v", made.URL, made.ExpiresAt)
	}
	_, err = at("https://evil.example")
	w.refused("to an origin that is not the app's", err, symbolon.ErrInvalidRequest)
	session := w.visit().Secret
	_, err = w.reg.AccountCaller(shop, ownOrigin, session, w.now)
	w.refused("a session at another app", err, symbolon.ErrUnauthenticated)
	_, err = w.reg.AccountCaller(bank, bankSite, session, w.now)
	w.refused("a session at another origin", err, symbolon.ErrUnauthenticated)
}

func TestAVisitEnds(t *testing.T) {
	w := newWorld(t)
	s := w.visit()
	w.pass(29 * time.Minute)
	ticket, err := w.reg.AccountTicket(bank, ownOrigin, s.Secret, w.now)
	w.ok(err)
	if !ticket.ExpiresAt.Equal(s.Expires) {
		t.Errorf("the ticket lasts until %v, the visit until %v", ticket.ExpiresAt, s.Expires)
	}
	w.pass(time.Minute)
	_, err = w.reg.AccountTicket(bank, ownOrigin, s.Secret, w.now)
	w.refused("after half an hour", err, symbolon.ErrUnauthenticated)
}

func TestARevocationEndsVisitsAndLinks(t *testing.T) {
	w := newWorld(t)
	link, session := w.link(), w.visit()
	w.pass(time.Second)
	_, err := w.reg.RevokeUser(t.Context(), w.backend(bank), bank, ada, symbolon.RevocationRequest{Cause: symbolon.CausePasswordChanged})
	w.ok(err)
	_, err = w.reg.EnterAccount(t.Context(), bank, ownOrigin, link, w.now)
	w.refused("by a link from before", err, symbolon.ErrUnauthenticated)
	_, err = w.reg.MyDevices(t.Context(), w.me(session), bank, registry.Self{})
	w.refused("in a visit from before", err, symbolon.ErrUnauthenticated)
}

// The second factor of a visit ages, however many tickets it takes; and all of them
// register one device.
func TestAVisitsTicketsAreNoFresherThanItsLink(t *testing.T) {
	w := newWorld(t)
	phone := w.registered(ada)
	s := w.visit()
	trust := func() error {
		ticket, err := w.reg.AccountTicket(bank, ownOrigin, s.Secret, w.now)
		w.ok(err)
		_, err = w.reg.TrustMine(t.Context(), w.bearer(bank, ticket.Ticket), bank, phone.id, registry.Self{Proof: phone.prove()}, symbolon.TrustRequest{})
		return err
	}
	w.ok(trust())
	w.pass(11 * time.Minute)
	w.refused("trust by a factor of eleven minutes ago", trust(), symbolon.ErrForbidden)

	for i, want := range []bool{true, false} {
		ticket, err := w.reg.AccountTicket(bank, ownOrigin, s.Secret, w.now)
		w.ok(err)
		_, _, err = w.reg.Register(t.Context(), w.bearer(bank, ticket.Ticket), bank, w.browser(ada).registration())
		if (err == nil) != want {
			t.Errorf("registration %d by tickets of one visit: %v", i+1, err)
		}
	}
}
