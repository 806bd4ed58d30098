package registry_test

import (
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/registry"
)

// Where the pages of the apps are.
const (
	bankSite  = "https://bank.example"
	otherSite = "https://old.bank.example"
)

// site is a world whose apps have pages.
func site(t *testing.T, wrap ...func(symbolon.Store) symbolon.Store) *world {
	t.Helper()
	w := newWorld(t, wrap...)
	w.settle(bank, bankSite, otherSite)
	w.settle(shop, bankSite)
	return w
}

// settle says where an app's pages are.
func (w *world) settle(app symbolon.AppID, origins ...string) {
	w.Helper()
	_, err := w.reg.UpdateApp(w.Context(), w.root(), app, symbolon.AppPatch{Origins: &origins}, registry.AnyVersion)
	w.ok(err)
}

// tryCheck is the page of a device check: a fresh proof, sent to the service.
func (f *fake) tryCheck(edits ...func(*symbolon.DecisionRequest)) (symbolon.DeviceCheck, error) {
	f.w.Helper()
	var req symbolon.DecisionRequest
	for _, edit := range edits {
		edit(&req)
	}
	if req.Proof == "" {
		req.Proof = f.prove(func(s *proof.Statement) { s.Action = req.Action })
	}
	return f.w.reg.CheckDevice(f.w.Context(), f.w.client(f.app), f.app, bankSite, req)
}

func (f *fake) check() symbolon.DeviceCheck {
	f.w.Helper()
	made, err := f.tryCheck()
	f.w.ok(err)
	return made
}

// arrive is a request at the proxy.
func (w *world) arrive(pass string, edits ...func(*symbolon.PassageRequest)) (symbolon.Passage, error) {
	w.Helper()
	req := symbolon.PassageRequest{Origin: bankSite, Pass: pass, Require: symbolon.RequireKnown, At: w.now}
	for _, edit := range edits {
		edit(&req)
	}
	return w.reg.Pass(w.Context(), bank, req)
}

// passes takes an answer that must not be an error.
func (w *world) passes(p symbolon.Passage, err error) symbolon.Passage {
	w.Helper()
	w.ok(err)
	return p
}

func requiring(what symbolon.Requirement) func(*symbolon.PassageRequest) {
	return func(r *symbolon.PassageRequest) { r.Require = what }
}

func (w *world) saying(user symbolon.UserID) func(*symbolon.PassageRequest) {
	w.Helper()
	said := w.user(bank, user).Assertion
	return func(r *symbolon.PassageRequest) { r.Assertion = said }
}

func TestAPassOpensTheDoor(t *testing.T) {
	w := site(t)
	laptop := w.trusted(ada)
	if p := w.passes(w.arrive("")); p != (symbolon.Passage{Verdict: symbolon.VerdictCheck, Reason: symbolon.ReasonPassMissing}) {
		t.Errorf("before the check: %+v", p)
	}
	made := laptop.check()
	if !made.Decision.Known || made.Decision.Recommendation != symbolon.RecommendTrust || made.Decision.Device != nil ||
		made.Decision.DeviceToken == "" || !made.PassUntil.Equal(w.now.Add(10*time.Minute)) {
		t.Fatalf("the check: %+v", made)
	}
	w.pass(9 * time.Minute)
	p := w.passes(w.arrive(made.Pass, requiring(symbolon.RequireTrusted), w.saying(ada)))
	if p.Verdict != symbolon.VerdictPass || p.Reason != "" || p.UserID != ada || p.Device != laptop.id || !p.Trusted || p.Bound || p.Risk == nil {
		t.Errorf("nine minutes later: %+v", p)
	}
	claims, err := w.read(p.Token, w.now)
	w.ok(err)
	if claims.Subject != string(ada) || claims.Device != laptop.id || !claims.Trusted || claims.Risk != *p.Risk ||
		claims.Recommendation != symbolon.RecommendTrust || claims.Confirmation["jkt"] != laptop.public.Thumbprint() {
		t.Errorf("its token: %+v", claims)
	}
	w.pass(time.Minute)
	if p := w.passes(w.arrive(made.Pass)); p.Verdict != symbolon.VerdictCheck || p.Reason != symbolon.ReasonPassExpired {
		t.Errorf("ten minutes later: %+v", p)
	}
}

// meantime is what may happen between a check and a request: why the request does not pass
// where the device has to be known, and where it has to be trusted. "" where it does.
type meantime struct {
	happens        func(*fake)
	known, trusted string
}

var meantimes = map[string]meantime{
	"nothing":     {func(*fake) {}, "", ""},
	"renamed":     {func(f *fake) { f.w.patch(f.w.backend(bank), f.id, `{"a":1}`, "") }, "", ""},
	"blocked":     {func(f *fake) { f.block() }, symbolon.ReasonDeviceBlocked, symbolon.ReasonDeviceBlocked},
	"unblocked":   {func(f *fake) { f.block(); f.unblock() }, "", symbolon.ReasonTrustRevoked},
	"deactivated": {func(f *fake) { f.revoke(symbolon.CauseUserDeactivated) }, symbolon.ReasonUserDeactivated, symbolon.ReasonUserDeactivated},
	"deactivated only": {
		deactivateOnly, symbolon.ReasonUserDeactivated, symbolon.ReasonUserDeactivated,
	},
	"deactivated for a moment": {func(f *fake) {
		deactivateOnly(f)
		_, err := f.w.reg.ReactivateUser(f.w.Context(), f.w.backend(bank), bank, ada)
		f.w.ok(err)
	}, symbolon.ReasonPassExpired, symbolon.ReasonPassExpired},
	"a block that ran out": {func(f *fake) {
		until := f.w.now.Add(time.Second)
		f.w.device(f.blockAs(func(b *symbolon.BlockRequest) { b.Until = &until }))
		f.w.pass(time.Second)
	}, symbolon.ReasonUnknownDevice, symbolon.ReasonUnknownDevice}, // the next decision lifts it
	"signed out elsewhere": {func(f *fake) { f.revoke(symbolon.CauseSignOutEverywhere) }, symbolon.ReasonPassExpired, symbolon.ReasonPassExpired},
	"another password, nothing else": {func(f *fake) {
		f.w.policy(bank, `{"revocation":{"password_changed":"keep"}}`)
		f.revoke(symbolon.CausePasswordChanged)
	}, symbolon.ReasonPassExpired, symbolon.ReasonPassExpired},
	"distrusted": {func(f *fake) {
		f.w.device(f.w.reg.DistrustDevice(f.w.Context(), f.w.backend(bank), bank, f.id, symbolon.DistrustRequest{}))
	}, "", symbolon.ReasonTrustRevoked},
	"trust switched off": {func(f *fake) { f.w.policy(bank, `{"trust":{"enabled":false}}`) }, "", symbolon.ReasonTrustPaused},
	"trust shortened":    {func(f *fake) { f.w.policy(bank, `{"trust":{"duration":"PT1S","maxDuration":"PT1S"}}`) }, "", symbolon.ReasonTrustExpired},
	"trust idle": {func(f *fake) {
		f.w.policy(bank, `{"trust":{"idleTimeout":"PT1M"}}`)
		f.w.pass(time.Minute)
	}, "", symbolon.ReasonTrustIdle},
	"another key":          {func(f *fake) { f.w.device(f.rotate(f.w.newPair(proof.ES256))) }, symbolon.ReasonPassExpired, symbolon.ReasonPassExpired},
	"removed":              {func(f *fake) { f.w.ok(f.w.reg.RemoveDevice(f.w.Context(), f.w.root(), bank, f.id)) }, symbolon.ReasonUnknownDevice, symbolon.ReasonUnknownDevice},
	"erased":               {eraseAda, symbolon.ReasonUnknownDevice, symbolon.ReasonUnknownDevice},
	"ten minutes":          {func(f *fake) { f.w.pass(10*time.Minute - time.Second) }, symbolon.ReasonPassExpired, symbolon.ReasonPassExpired},
	"a clock set back":     {func(f *fake) { f.w.pass(-time.Hour) }, symbolon.ReasonPassExpired, symbolon.ReasonPassExpired},
	"a clock a bit behind": {func(f *fake) { f.w.pass(-30 * time.Second) }, "", ""},
}

func eraseAda(f *fake) {
	f.w.Helper()
	_, err := f.w.reg.EraseUser(f.w.Context(), f.w.root(), bank, ada)
	f.w.ok(err)
}

// Whatever happens to the device counts on the very next request.
func TestWhatHappensToADeviceCountsAtOnce(t *testing.T) {
	for name, row := range meantimes {
		t.Run(name, func(t *testing.T) {
			w := site(t)
			laptop := w.trusted(ada)
			pass := laptop.check().Pass
			for range 2 { // the second time from memory, where the store has one
				if p := w.passes(w.arrive(pass, requiring(symbolon.RequireTrusted))); p.Verdict != symbolon.VerdictPass {
					t.Fatalf("at first: %+v", p)
				}
			}
			w.pass(time.Second)
			row.happens(laptop)
			w.answers(pass, row)
		})
	}
}

// answers holds what a request hears against the row.
func (w *world) answers(pass string, row meantime) {
	w.Helper()
	denied := row.known == symbolon.ReasonDeviceBlocked || row.known == symbolon.ReasonUserDeactivated
	for require, why := range map[symbolon.Requirement]string{symbolon.RequireKnown: row.known, symbolon.RequireTrusted: row.trusted} {
		p := w.passes(w.arrive(pass, requiring(require)))
		switch {
		case why == "" && (p.Verdict != symbolon.VerdictPass || p.Device == "" || p.Trusted != (row.trusted == "") || p.Token == ""):
			w.Errorf("%s: %+v; want it to pass", require, p)
		case why != "" && denied && p != (symbolon.Passage{Verdict: symbolon.VerdictDeny, Reason: why}),
			why != "" && !denied && p != (symbolon.Passage{Verdict: symbolon.VerdictCheck, Reason: why}):
			w.Errorf("%s: %+v; want %s", require, p, why)
		}
	}
	p := w.passes(w.arrive(pass, requiring(symbolon.RequireNone)))
	if denied != (p.Verdict == symbolon.VerdictDeny) || (p.Device != "") != (row.known == "") {
		w.Errorf("none: %+v", p)
	}
}

func TestARequestIsOfOneUser(t *testing.T) {
	elsewhere := func(at time.Time) func(*symbolon.PassageRequest) {
		return func(r *symbolon.PassageRequest) {
			r.Assertion = &symbolon.Assertion{Issuer: "https://id.example", AppID: bank, UserID: ada, AuthTime: at}
		}
	}
	w := site(t)
	laptop := w.registered(ada)
	early := w.saying(ada)
	w.pass(time.Second)
	laptop.revoke(symbolon.CausePasswordChanged)
	revoked := w.now
	w.pass(time.Second)
	pass := laptop.check().Pass
	for what, row := range map[string]struct {
		edit func(*symbolon.PassageRequest)
		user symbolon.UserID
		why  string
	}{
		"nobody says who":                      {func(*symbolon.PassageRequest) {}, "", ""},
		"her ticket":                           {w.saying(ada), ada, ""},
		"her ticket from before a revocation":  {early, "", ""},
		"her identity provider":                {elsewhere(revoked.Add(time.Microsecond)), ada, ""},
		"her identity provider, as of earlier": {elsewhere(revoked), "", ""},
		"his ticket":                           {w.saying(bob), "", symbolon.ReasonUserMismatch},
	} {
		p := w.passes(w.arrive(pass, row.edit))
		if p.UserID != row.user || p.Reason != row.why || (p.Device == laptop.id) != (row.why == "") {
			t.Errorf("%s: %+v; want the user %q, %q", what, p, row.user, row.why)
		}
		free := w.passes(w.arrive(pass, row.edit, requiring(symbolon.RequireNone)))
		if row.why != "" && free != (symbolon.Passage{Verdict: symbolon.VerdictPass}) {
			t.Errorf("%s, where nothing is required: %+v", what, free)
		}
	}
}

// Who was erased and came back is somebody else: a ticket from before is not theirs.
func TestATicketFromBeforeAnErasureNamesNobody(t *testing.T) {
	w := site(t)
	w.registered(ada)
	early := w.saying(ada)
	eraseAda(w.browser(ada))
	again := w.registered(ada)
	pass := again.check().Pass
	if p := w.passes(w.arrive(pass, early)); p.Verdict != symbolon.VerdictPass || p.UserID != "" {
		t.Errorf("by the early ticket: %+v", p)
	}
	if p := w.passes(w.arrive(pass, w.saying(ada))); p.UserID != ada {
		t.Errorf("by a ticket from after: %+v", p)
	}
}

func TestAProxyMayAskForALowScoreAndAFreshProof(t *testing.T) {
	w := site(t)
	w.policy(bank, `{"risk":{"points":{"new_device":20}}}`)
	laptop := w.registered(ada)
	pass := laptop.check().Pass
	score := *w.passes(w.arrive(pass)).Risk
	if score == 0 {
		t.Fatal("a new device is not odd at all")
	}
	w.pass(5 * time.Minute)
	for what, row := range map[string]struct {
		maxRisk int
		maxAge  time.Duration
		why     string
	}{
		"any score below the thresholds": {100, 0, ""},
		"at most its score":              {score, 0, ""},
		"less than its score":            {score - 1, 0, symbolon.ReasonRiskTooHigh},
		"nothing odd":                    {0, 0, symbolon.ReasonRiskTooHigh},
		"as old as it is":                {100, 5 * time.Minute, ""},
		"younger than it is":             {100, 5*time.Minute - time.Second, symbolon.ReasonPassExpired},
		"older than a pass gets":         {100, time.Hour, ""},
	} {
		p := w.passes(w.arrive(pass, func(r *symbolon.PassageRequest) { r.MaxRisk, r.MaxAge = &row.maxRisk, row.maxAge }))
		if p.Reason != row.why || (p.Verdict == symbolon.VerdictPass) != (row.why == "") {
			t.Errorf("%s: %+v; want %q", what, p, row.why)
		}
	}
}

func TestAProxyAsksForWhatThereIs(t *testing.T) {
	w := site(t)
	_, err := w.arrive("", requiring(symbolon.RequireFactor))
	w.refused("a factor", err, symbolon.ErrInvalidRequest)
	_, err = w.arrive("", requiring(""))
	w.refused("nothing in particular", err, symbolon.ErrInvalidRequest)
	_, err = w.arrive("", func(r *symbolon.PassageRequest) { r.Origin = "https://evil.example" })
	w.refused("at another origin", err, symbolon.ErrForbidden)
	_, err = w.reg.Pass(t.Context(), "nowhere", symbolon.PassageRequest{Origin: bankSite, Require: symbolon.RequireKnown, At: w.now})
	w.refused("for no app", err, symbolon.ErrNotFound)
}
