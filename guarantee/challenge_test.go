package guarantee_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/internal/pgtest"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/symbolontest"
)

func TestAProofCountsOnceAcrossAKillRightAfterTheAnswer(t *testing.T) {
	onBoth(t, func(t *testing.T, at place) {
		first := serve(t, at)
		app := first.NewApp(t)
		phone := trusted(t, app, "alice")
		p := prove(t, phone)
		if d := decide(t, app, "alice", p); d.Recommendation != symbolon.RecommendTrust {
			t.Fatalf("the first time: %s; want TRUST", d.Recommendation)
		}
		kill(t, first)

		again := serve(t, at).App(app.ID, app.Key)
		wantReplayed(t, decide(t, again, "alice", p))
		if d := decide(t, again, "alice", prove(t, phone.On(again))); d.Recommendation != symbolon.RecommendTrust {
			t.Errorf("a fresh proof after the restart: %s; want TRUST", d.Recommendation)
		}
	})
}

func wantReplayed(t *testing.T, d symbolon.Decision) {
	t.Helper()
	if d.ProofResult != symbolon.ProofReplayed || d.Recommendation != symbolon.RecommendDeny || d.Known || d.Trusted || d.Device != nil {
		t.Errorf("the second time: %s, %s, known %v, trusted %v; want replayed, DENY and nothing known",
			d.ProofResult, d.Recommendation, d.Known, d.Trusted)
	}
}

func TestARegistrationCountsOnceAcrossAKillRightAfterTheAnswer(t *testing.T) {
	onBoth(t, func(t *testing.T, at place) {
		first := serve(t, at)
		app := first.NewApp(t)
		phone := symbolontest.NewDevice(t, app, proof.ES256)
		p, err := phone.ProveForRegistration(t.Context(), "alice")
		if err != nil {
			t.Fatal(err)
		}
		ticket := app.Ticket(t, "alice")
		if _, err := phone.RegisterAs(t.Context(), ticket, symbolon.Registration{Proof: p, DeviceType: symbolon.TypeMobile, Platform: symbolon.PlatformOther}); err != nil {
			t.Fatal(err)
		}
		kill(t, first)

		again := serve(t, at).App(app.ID, app.Key)
		if _, err := again.Backend.GetDevice(t.Context(), phone.ID()); err != nil {
			t.Errorf("the device that was acknowledged: %v", err)
		}
		_, err = phone.On(again).RegisterAs(t.Context(), ticket, symbolon.Registration{Proof: p})
		if !errors.Is(err, symbolon.ErrChallengeReplayed) {
			t.Errorf("the same proof again: %v; want challenge_replayed", err)
		}
		other := symbolontest.NewDevice(t, again, proof.ES256)
		if _, err := other.Register(t.Context(), ticket); !errors.Is(err, symbolon.ErrUnauthenticated) {
			t.Errorf("the same ticket for another key: %v; want unauthenticated", err)
		}
	})
}

func TestAProofCountsOnceAfterTheUserIsErased(t *testing.T) {
	onBoth(t, func(t *testing.T, at place) {
		app := serve(t, at).NewApp(t)
		phone := symbolontest.NewDevice(t, app, proof.ES256)
		registration, err := phone.ProveForRegistration(t.Context(), "alice")
		if err != nil {
			t.Fatal(err)
		}
		facts := symbolon.Registration{Proof: registration, DeviceType: symbolon.TypeMobile, Platform: symbolon.PlatformOther}
		if _, err := phone.RegisterAs(t.Context(), app.Ticket(t, "alice"), facts); err != nil {
			t.Fatal(err)
		}
		p := prove(t, phone)
		decide(t, app, "alice", p)

		if _, err := app.Backend.EraseUser(t.Context(), "alice"); err != nil {
			t.Fatal(err)
		}
		if d := decide(t, app, "alice", prove(t, phone)); d.ProofResult != symbolon.ProofUnknownKey {
			t.Errorf("a fresh proof of an erased device: %s; want unknown_key", d.ProofResult)
		}
		if _, err := phone.RegisterAs(t.Context(), app.Ticket(t, "alice"), facts); !errors.Is(err, symbolon.ErrChallengeReplayed) {
			t.Errorf("the old registration again: %v; want challenge_replayed", err)
		}
		if _, err := phone.Register(t.Context(), app.Ticket(t, "alice")); err != nil {
			t.Fatal(err)
		}
		wantReplayed(t, decide(t, app, "alice", p))
	})
}

// racers is how many send the same thing at once.
const racers = 32

func TestOfManyThatRaceWithOneProofOneWins(t *testing.T) {
	onBoth(t, func(t *testing.T, at place) {
		app := serve(t, at).NewApp(t)
		raceDecisions(t, registered(t, app, "alice"), []symbolontest.App{app})
		raceRegistrations(t, []symbolontest.App{app})
	})
}

func TestOfManyThatRaceOverTwoReplicasOneWins(t *testing.T) {
	at := place{database: pgtest.Database(t)}
	app := serve(t, at).NewApp(t)
	both := []symbolontest.App{app, serve(t, at).App(app.ID, app.Key)}
	raceDecisions(t, registered(t, app, "alice"), both)
	raceRegistrations(t, both)
}

// raceDecisions sends one proof from many callers, spread over the replicas, some rounds.
func raceDecisions(t *testing.T, phone *symbolontest.Device, replicas []symbolontest.App) {
	t.Helper()
	for range 5 {
		p := prove(t, phone)
		var mu sync.Mutex
		results := map[symbolon.ProofResult]int{}
		together(racers, func(i int) {
			d, err := replicas[i%len(replicas)].Backend.Decide(t.Context(), symbolon.DecisionRequest{UserID: "alice", Proof: p})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Errorf("a caller could not be told: %v", err)
			}
			results[d.ProofResult]++
		})
		if results[symbolon.ProofValid] != 1 || results[symbolon.ProofReplayed] != racers-1 {
			t.Errorf("%d callers with one proof were told %v; want valid once and replayed to all others", racers, results)
		}
	}
}

func raceRegistrations(t *testing.T, replicas []symbolontest.App) {
	t.Helper()
	phone := symbolontest.NewDevice(t, replicas[0], proof.ES256)
	p, err := phone.ProveForRegistration(t.Context(), "bob")
	if err != nil {
		t.Fatal(err)
	}
	var tickets []string
	for range racers {
		tickets = append(tickets, replicas[0].Ticket(t, "bob"))
	}
	var mu sync.Mutex
	won, replayed := 0, 0
	together(racers, func(i int) {
		_, err := phone.On(replicas[i%len(replicas)]).RegisterAs(t.Context(), tickets[i],
			symbolon.Registration{Proof: p, DeviceType: symbolon.TypeMobile, Platform: symbolon.PlatformOther})
		mu.Lock()
		defer mu.Unlock()
		switch {
		case err == nil:
			won++
		case errors.Is(err, symbolon.ErrChallengeReplayed):
			replayed++
		default:
			t.Errorf("a caller could not be told: %v", err)
		}
	})
	if won != 1 || replayed != racers-1 {
		t.Errorf("of %d registrations with one proof %d won and %d were replays; want one winner", racers, won, replayed)
	}
}

func TestADecisionCarriesTrustOnceAcrossTwoReplicas(t *testing.T) {
	at := place{database: pgtest.Database(t)}
	app := serve(t, at).NewApp(t)
	other := serve(t, at).App(app.ID, app.Key)
	phone := registered(t, app, "alice")
	d := decide(t, app, "alice", prove(t, phone))
	terms := symbolon.TrustRequest{DecisionID: d.ID, Factor: "otp"}
	var mu sync.Mutex
	granted := 0
	together(racers, func(i int) {
		_, err := []symbolontest.App{app, other}[i%2].Backend.TrustDevice(t.Context(), phone.ID(), terms)
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			granted++
		} else if !errors.Is(err, symbolon.ErrInvalidRequest) {
			t.Errorf("a caller could not be told: %v", err)
		}
	})
	if granted != 1 {
		t.Errorf("one decision carried trust %d times; want once", granted)
	}
}
