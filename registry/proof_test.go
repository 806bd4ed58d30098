package registry_test

import (
	"encoding/base64"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
)

// broken are proofs that do not verify, each for a reason of its own, and what a backend
// is told of it. A client is told one thing for all.
func broken(f *fake) map[string]struct {
	proof  string
	result symbolon.ProofResult
} {
	other := f.w.fake(f.app, f.user, f.public.Algorithm())
	foreign := symbolon.AppID(shop)
	expired := f.prove()
	f.w.pass(5 * time.Minute)
	rows := map[string]struct {
		proof  string
		result symbolon.ProofResult
	}{
		"none":                         {"", symbolon.ProofMissing},
		"a key that nobody registered": {other.prove(), symbolon.ProofUnknownKey},
		"expired":                      {expired, symbolon.ProofExpired},
		"replayed":                     {spentProof(f), symbolon.ProofReplayed},
		"another key under its name":   {other.prove(func(s *proof.Statement) { s.KeyID = string(f.kid) }), symbolon.ProofInvalid},
		"another app":                  {f.prove(func(s *proof.Statement) { s.Audience = string(foreign) }), symbolon.ProofInvalid},
		"another user":                 {f.prove(func(s *proof.Statement) { s.Subject = string(bob) }), symbolon.ProofInvalid},
		"another purpose":              {f.sign(proof.PurposeApprove), symbolon.ProofInvalid},
		"an action nobody asked about": {f.prove(func(s *proof.Statement) { s.Action = "transfer" }), symbolon.ProofInvalid},
		"a payload nobody showed":      {f.prove(func(s *proof.Statement) { s.PayloadHash = proof.HashPayload(nil) }), symbolon.ProofInvalid},
		"a challenge of nobody's":      {f.prove(func(s *proof.Statement) { s.Challenge = strings.Repeat("A", 76) }), symbolon.ProofInvalid},
		"a signature of zeros":         {unsigned(f.prove()), symbolon.ProofInvalid},
	}
	return rows
}

// unsigned is the proof with nothing but zeros for a signature.
func unsigned(compact string) string {
	i := strings.LastIndex(compact, ".") + 1
	zeros := make([]byte, base64.RawURLEncoding.DecodedLen(len(compact)-i))
	return compact[:i] + base64.RawURLEncoding.EncodeToString(zeros)
}

func TestBackendsHearWhatIsWrongAndClientsDoNot(t *testing.T) {
	for _, alg := range proof.Algorithms() {
		t.Run(string(alg), func(t *testing.T) {
			w := newWorld(t)
			phone := w.fake(bank, ada, alg)
			phone.register()
			for what, row := range broken(phone) {
				d := w.decision(phone.ask(row.proof))
				if d.ProofResult != row.result || d.Known || d.Device != nil || d.SecondFactor != symbolon.FactorRequire {
					t.Errorf("%s, to a backend: %s, %+v; want %s", what, d.ProofResult, d, row.result)
				}
				heard, err := w.reg.Decide(t.Context(), w.client(bank), bank, symbolon.DecisionRequest{UserID: ada, Proof: row.proof})
				w.ok(err)
				if want := (symbolon.Decision{Recommendation: symbolon.RecommendChallenge}); !reflect.DeepEqual(heard, want) {
					t.Errorf("%s, to a client: %+v", what, heard)
				}
			}
			w.saw("after all that", phone.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
		})
	}
}

func TestOnlyAForgeryOrAReplayIsDenied(t *testing.T) {
	w := newWorld(t)
	phone := w.trusted(ada)
	for what, row := range broken(phone) {
		want := symbolon.RecommendChallenge
		if row.result == symbolon.ProofInvalid || row.result == symbolon.ProofReplayed {
			want = symbolon.RecommendDeny
		}
		why := map[symbolon.ProofResult]string{
			symbolon.ProofMissing: symbolon.ReasonProofMissing, symbolon.ProofInvalid: symbolon.ReasonProofInvalid,
			symbolon.ProofExpired: symbolon.ReasonProofExpired, symbolon.ProofReplayed: symbolon.ReasonProofReplayed,
			symbolon.ProofUnknownKey: symbolon.ReasonUnknownDevice,
		}[row.result]
		if d := w.decision(phone.ask(row.proof)); d.Recommendation != want || d.Risk.Reasons[0].Code != why {
			t.Errorf("%s: %s %v; want %s for %s", what, d.Recommendation, d.Risk.Reasons, want, why)
		}
	}
}

func TestWhatIsNoJWSIsTheCallersMistake(t *testing.T) {
	w := newWorld(t)
	for _, text := range []string{"x", "a.b", "a.b.c", strings.Repeat("a", 9000), "e30.e30.e30."} {
		for _, c := range []symbolon.Caller{w.backend(bank), w.client(bank)} {
			_, err := w.reg.Decide(t.Context(), c, bank, symbolon.DecisionRequest{UserID: ada, Proof: text})
			w.refused(text, err, symbolon.ErrInvalidRequest)
		}
	}
}

func TestADecisionRequestIsCheckedFieldByField(t *testing.T) {
	w := newWorld(t)
	for field, req := range map[string]symbolon.DecisionRequest{
		"userId":              {UserID: "a\x00b"},
		"action":              {Action: strings.Repeat("a", 65)},
		"payloadHash":         {PayloadHash: "short"},
		"context.ipAddress":   {Context: symbolon.ClientContext{IPAddress: "1.2.3.4:80"}},
		"context.clientHints": {Context: symbolon.ClientContext{ClientHints: manyHints()}},
	} {
		_, err := w.reg.Decide(t.Context(), w.backend(bank), bank, req)
		w.refused(field, err, symbolon.ErrInvalidRequest)
		if err != nil && !strings.HasPrefix(err.Error(), field) {
			t.Errorf("%s: the message is %q", field, err)
		}
	}
}

func manyHints() map[string]string {
	hints := map[string]string{}
	for i := range 30 {
		hints["Sec-CH-UA-"+string(rune('a'+i))] = "x"
	}
	return hints
}

// Whoever lacks the key costs the same reads, and no write, whatever the key and its
// device are; so a flood of garbage adds no row, and says nothing.
func TestWithoutTheKeyTheWorkIsTheSame(t *testing.T) {
	heard, spy := spied()
	w := newWorld(t, spy)
	active, blocked, unknown, thief := w.trusted(ada), w.registered(ada), w.browser(ada), w.browser(ada)
	blocked.block()
	w.pass(time.Minute)
	w.backend(bank) // settings and credential are remembered from here on
	under := func(f *fake) string { return thief.prove(func(s *proof.Statement) { s.KeyID = string(f.kid) }) }
	for what, compact := range map[string]string{"an active device": under(active), "a blocked one": under(blocked), "none": under(unknown)} {
		for _, row := range []struct {
			symbolon.Caller
			want []string
		}{{w.backend(bank), []string{"GetIdentity", "ListUserDevices"}}, {w.client(bank), []string{"GetIdentity"}}} {
			heard.take()
			w.decision(w.reg.Decide(t.Context(), row.Caller, bank, symbolon.DecisionRequest{UserID: ada, Proof: compact}))
			if calls := heard.take(); !reflect.DeepEqual(calls, row.want) {
				t.Errorf("%s, to a %s: %v; want %v", what, row.Kind, calls, row.want)
			}
		}
	}
}

// What fails before the key matters does not even read; only a backend whose user came
// without a good proof hears how odd that is.
func TestGarbageCostsNoRead(t *testing.T) {
	heard, spy := spied()
	w := newWorld(t, spy)
	phone := w.registered(ada)
	stale := phone.prove()
	w.pass(10 * time.Minute)
	garbage := []string{phone.prove(func(s *proof.Statement) { s.Audience = string(shop) }), unsigned(phone.as(bob).prove())}
	client := w.client(bank)
	w.backend(bank)
	heard.take()
	for range 100 {
		for _, compact := range garbage {
			w.decision(phone.ask(compact))
		}
		for _, compact := range append(garbage, "", stale) {
			w.decision(w.reg.Decide(t.Context(), client, bank, symbolon.DecisionRequest{UserID: ada, Proof: compact}))
		}
	}
	if calls := heard.take(); len(calls) > 0 {
		t.Errorf("%d calls of the store: %v …", len(calls), calls[0])
	}
	for _, compact := range []string{"", stale} {
		w.decision(phone.ask(compact))
		if calls := heard.take(); !reflect.DeepEqual(calls, []string{"ListUserDevices"}) {
			t.Errorf("without a good proof: %v", calls)
		}
	}
}

// With no user named, by neither the caller nor the proof, the answer is at most CHALLENGE.
func TestADeviceIsFoundByItsUserOnly(t *testing.T) {
	w := newWorld(t)
	phone := w.trusted(ada)
	nameless := func(s *proof.Statement) { s.Subject = "" }
	ask := func(user symbolon.UserID, compact string) symbolon.Decision {
		return w.decision(w.reg.Decide(t.Context(), w.backend(bank), bank, symbolon.DecisionRequest{UserID: user, Proof: compact}))
	}
	if d := ask("", phone.prove(nameless)); d.Recommendation != symbolon.RecommendChallenge || d.Risk.Reasons[0].Code != symbolon.ReasonUserNeeded {
		t.Errorf("nobody named: %s %v", d.Recommendation, d.Risk.Reasons)
	}
	w.saw("named by the proof", ask("", phone.prove()), symbolon.RecommendTrust, symbolon.FactorSkip)
	w.saw("named by the caller", ask(ada, phone.prove(nameless)), symbolon.RecommendTrust, symbolon.FactorSkip)
	w.saw("named by both", ask(ada, phone.prove()), symbolon.RecommendTrust, symbolon.FactorSkip)
	if d := ask(bob, phone.prove(nameless)); d.ProofResult != symbolon.ProofUnknownKey {
		t.Errorf("the wrong user: %s", d.ProofResult)
	}
}

// The client shows 12.00 EUR to Bob, and signs what it shows.
func TestATransferIsSigned(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"actions":{"transfer":{"require":"factor"},"look":{"require":"known"}}}`)
	phone := w.trusted(ada)
	shownBytes := proof.HashPayload([]byte("12.00 EUR to Bob"))
	sign := func(action, hash string) string {
		return phone.prove(func(s *proof.Statement) { s.Action, s.PayloadHash = action, hash })
	}
	ask := func(compact, action, hash string) symbolon.Decision {
		return w.decision(phone.ask(compact, func(r *symbolon.DecisionRequest) { r.Action, r.PayloadHash = action, hash }))
	}
	w.saw("as it was signed", ask(sign("transfer", shownBytes), "transfer", shownBytes), symbolon.RecommendTrust, symbolon.FactorRequire)
	w.saw("looking needs no trust", ask(sign("look", ""), "look", ""), symbolon.RecommendTrust, symbolon.FactorSkip)
	w.saw("an action that no policy names", ask(sign("other", ""), "other", ""), symbolon.RecommendTrust, symbolon.FactorSkip)
	for what, d := range map[string]symbolon.Decision{
		"another amount":            ask(sign("transfer", shownBytes), "transfer", proof.HashPayload([]byte("99.00 EUR to Bob"))),
		"another action":            ask(sign("transfer", shownBytes), "login", shownBytes),
		"absent is not login":       ask(sign("", ""), "login", ""),
		"login is not absent":       ask(sign("login", ""), "", ""),
		"a hash that nobody signed": ask(sign("transfer", ""), "transfer", shownBytes),
	} {
		if d.ProofResult != symbolon.ProofInvalid || d.Recommendation != symbolon.RecommendDeny {
			t.Errorf("%s: %s, %s", what, d.ProofResult, d.Recommendation)
		}
	}
}

func TestOneProofIsGoodOnceAmong32RacingCallers(t *testing.T) {
	w := newWorld(t)
	phone := w.trusted(ada)
	compact := phone.prove()
	backend := w.backend(bank)
	answers := race(32, func(int) symbolon.ProofResult {
		d, err := w.reg.Decide(t.Context(), backend, bank, symbolon.DecisionRequest{UserID: ada, Proof: compact})
		if err != nil {
			return symbolon.ProofResult(err.Error())
		}
		return d.ProofResult
	})
	if answers[symbolon.ProofValid] != 1 || answers[symbolon.ProofReplayed] != 31 {
		t.Errorf("answers: %v", answers)
	}
}

// race runs n callers at once, and counts what they got.
func race[T comparable](n int, call func(i int) T) map[T]int {
	begin, got := make(chan struct{}), make(chan T)
	for i := range n {
		go func() {
			<-begin
			got <- call(i)
		}()
	}
	close(begin)
	counts := map[T]int{}
	for range n {
		counts[<-got]++
	}
	return counts
}
