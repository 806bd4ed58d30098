package guarantee_test

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// attacks is how many worthless proofs are sent; each is one of a few dozen, since making
// one costs more than refusing it.
const (
	attacks    = 100_000
	ofEachKind = 12
)

// worthless is a proof that must get nowhere, and what a backend is told of it.
type worthless struct {
	compact string
	user    symbolon.UserID // that a backend names
	want    symbolon.ProofResult
}

// TestHostileTrafficAddsNoRow sends proofs to the registry within the process, as HTTP
// would hand them over: on their way there is no store.
func TestHostileTrafficAddsNoRow(t *testing.T) {
	onBoth(t, func(t *testing.T, at place) {
		service := symbolontest.Start(t, in(at))
		app := service.NewApp(t)
		phone := trusted(t, app, "alice")
		proofs := worthlessProofs(t, service, app, phone)
		look := lookInto(t, at)
		before := look.settled(t, app)

		n := attacks
		if at.database != "" {
			n /= 10 // each takes a round trip more, and the same walk
		}
		if testing.Short() {
			n /= 20
		}
		var next atomic.Int64
		together(4*runtime.GOMAXPROCS(0), func(int) {
			for i := int(next.Add(1)); i <= n && !t.Failed(); i = int(next.Add(1)) {
				send(t, service, app, proofs[i%len(proofs)], i)
			}
		})
		wantSameRows(t, before, look.rows(t))
		if d := decide(t, app, "alice", prove(t, phone)); d.Recommendation != symbolon.RecommendTrust {
			t.Errorf("after all this the owner is told %s; want TRUST: %+v", d.Recommendation, d.Risk)
		}
	})
}

// worthlessProofs are expired, replayed, forged and unknown ones, each kind also with a
// user that a stranger made up.
func worthlessProofs(t *testing.T, service *symbolontest.Service, app symbolontest.App, phone *symbolontest.Device) []worthless {
	t.Helper()
	past := symbolon.Caller{Kind: symbolon.CallerClient, AppID: app.ID, At: symbolon.Micro(time.Now().Add(-time.Hour))}
	stranger := symbolontest.NewDevice(t, app, proof.ES256)
	var all []worthless
	add := func(compact string, err error, want symbolon.ProofResult) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, worthless{compact, "alice", want})
	}
	for range ofEachKind {
		old, err := service.Registry.NewChallenge(t.Context(), past, app.ID, symbolon.ChallengeRequest{Purpose: "prove"})
		if err != nil {
			t.Fatal(err)
		}
		p, err := phone.Prove(t.Context(), symbolontest.Statement{Challenge: old.Challenge})
		add(p, err, symbolon.ProofExpired)

		p, err = phone.Prove(t.Context(), symbolontest.Statement{})
		add(p, err, symbolon.ProofReplayed)
		decide(t, app, "alice", p)

		p, err = stranger.Prove(t.Context(), symbolontest.Statement{})
		add(p, err, symbolon.ProofUnknownKey)

		p, err = stranger.Prove(t.Context(), symbolontest.Statement{KeyID: phone.KeyID()})
		add(p, err, symbolon.ProofInvalid)
	}
	return all
}

// send sends one of them as a client, as a backend, and for a user that nobody has heard
// of, by turns; and now and then a registration and a rotation that show nothing.
func send(t *testing.T, service *symbolontest.Service, app symbolontest.App, w worthless, i int) {
	caller := symbolon.Caller{Kind: symbolon.CallerBackend, AppID: app.ID, Scopes: symbolon.AllScopes, At: symbolon.Micro(time.Now())}
	request := symbolon.DecisionRequest{UserID: w.user, Proof: w.compact}
	switch i / ofEachKind / 4 % 3 {
	case 1:
		caller.Kind, caller.Scopes = symbolon.CallerClient, nil
		w.want = ""
	case 2:
		request.UserID = symbolon.UserID(fmt.Sprintf("nobody %d", i))
		if w.want != symbolon.ProofExpired {
			w.want = symbolon.ProofUnknownKey
		}
	}
	d, err := service.Registry.Decide(t.Context(), caller, app.ID, request)
	if err != nil {
		t.Errorf("a decision: %v", err)
	}
	if d.ProofResult != w.want || d.Known || d.Trusted || d.Device != nil {
		t.Errorf("a worthless proof, %s to a backend, was judged %s, known %v; sent as %+v", w.want, d.ProofResult, d.Known, caller.Kind)
	}
	if i%10 == 0 {
		client := symbolon.Caller{Kind: symbolon.CallerClient, AppID: app.ID, At: caller.At}
		if _, err := service.Registry.RotateKey(t.Context(), client, app.ID, "no device", symbolon.Rotation{Proof: w.compact, NewProof: w.compact}); err == nil {
			t.Error("a rotation by it went through")
		}
		user := symbolon.Caller{Kind: symbolon.CallerUser, AppID: app.ID, At: caller.At, Assertion: &symbolon.Assertion{AppID: app.ID, UserID: "alice", AuthTime: caller.At, ID: "made up", Expires: caller.At.Add(time.Minute)}}
		if _, _, err := service.Registry.Register(t.Context(), user, app.ID, symbolon.Registration{Proof: w.compact}); err == nil {
			t.Error("a registration by it went through")
		}
	}
}
