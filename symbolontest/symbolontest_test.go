package symbolontest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/server"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// How an app tests that a trusted phone skips the second factor.
func Example() {
	var t *testing.T // of the app's own test
	ctx := context.Background()

	service := symbolontest.Start(t)
	app := service.NewApp(t, "https://app.example.com")
	phone := symbolontest.NewDevice(t, app, proof.ES256)

	if _, err := phone.Register(ctx, app.Ticket(t, "alice")); err != nil {
		t.Fatal(err)
	}
	if _, err := phone.Trust(ctx); err != nil {
		t.Fatal(err)
	}
	p, err := phone.Prove(ctx, symbolontest.Statement{Action: "login"})
	if err != nil {
		t.Fatal(err)
	}
	decision, err := app.Backend.Decide(ctx, symbolon.DecisionRequest{UserID: "alice", Proof: p, Action: "login"})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(decision.Recommendation, decision.SecondFactor)
}

func TestEachAlgorithmGoesTheWholeWay(t *testing.T) {
	service := symbolontest.Start(t)
	app := service.NewApp(t)
	for _, alg := range proof.Algorithms() {
		t.Run(string(alg), func(t *testing.T) {
			ctx := t.Context()
			user := symbolon.UserID("user of " + alg)
			phone := symbolontest.NewDevice(t, app, alg)
			if d := decide(t, phone, user); d.Known || d.ProofResult != symbolon.ProofUnknownKey {
				t.Errorf("before it is registered: %s, known %v; want unknown_key", d.ProofResult, d.Known)
			}
			if _, err := phone.Register(ctx, app.Ticket(t, user)); err != nil {
				t.Fatal(err)
			}
			if d := decide(t, phone, user); d.Recommendation != symbolon.RecommendAllow {
				t.Errorf("registered: %s; want ALLOW", d.Recommendation)
			}
			if _, err := phone.Trust(ctx); err != nil {
				t.Fatal(err)
			}
			if d := decide(t, phone, user); d.Recommendation != symbolon.RecommendTrust || d.SecondFactor != symbolon.FactorSkip {
				t.Errorf("trusted: %s, %s; want TRUST, skip", d.Recommendation, d.SecondFactor)
			}
			before := string(phone.PublicKey())
			if _, err := phone.Rotate(ctx); err != nil {
				t.Fatal(err)
			}
			if string(phone.PublicKey()) == before {
				t.Error("the device still has the key that it had before it rotated")
			}
			if d := decide(t, phone, user); d.Recommendation != symbolon.RecommendTrust {
				t.Errorf("rotated: %s; want TRUST, since trust stays", d.Recommendation)
			}
		})
	}
}

func decide(t *testing.T, d *symbolontest.Device, user symbolon.UserID) symbolon.Decision {
	t.Helper()
	decision, err := d.Decide(t.Context(), user)
	if err != nil {
		t.Fatal(err)
	}
	return decision
}

func TestASecondStartInTheFolderFindsWhatTheFirstKept(t *testing.T) {
	folder, secret := t.TempDir(), symbolontest.WithSecret("a secret of 32 bytes, or of a few more")
	var id symbolon.DeviceID
	t.Run("first", func(t *testing.T) {
		service := symbolontest.Start(t, symbolontest.InFolder(folder), secret)
		app := service.NewApp(t)
		phone := symbolontest.NewDevice(t, app, proof.EdDSA)
		if _, err := phone.Register(t.Context(), app.Ticket(t, "alice")); err != nil {
			t.Fatal(err)
		}
		id = phone.ID()
	})
	t.Run("second", func(t *testing.T) {
		service := symbolontest.Start(t, symbolontest.InFolder(folder), secret)
		for app, err := range service.Admin.Apps(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if _, err := service.Admin.For(app.ID).GetDevice(t.Context(), id); err != nil {
				t.Errorf("the device of the first start: %v", err)
			}
		}
	})
}

func TestLimitsHoldWhereTheTestSetsThem(t *testing.T) {
	service := symbolontest.Start(t, symbolontest.WithLimits(server.Limits{PublicRate: .001, PublicBurst: 2}))
	app := service.NewApp(t)
	for range 2 {
		if _, err := app.Device.CreateChallenge(t.Context(), "prove"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := app.Device.CreateChallenge(t.Context(), "prove"); !errors.Is(err, symbolon.ErrRateLimited) {
		t.Errorf("the third call within a burst of two: %v; want rate_limited", err)
	}
}

func TestTheServiceKnowsThePlacesThatATestGivesIt(t *testing.T) {
	lisbon := symbolon.Place{Location: "Lisbon, Portugal", Country: "PT", Latitude: 38.7, Longitude: -9.1, Radius: 20, ASN: 64498, Network: "Tejo Fibra"}
	service := symbolontest.Start(t, symbolontest.WithPlaces(map[string]symbolon.Place{"203.0.113.0/24": lisbon}))
	app := service.NewApp(t)
	phone := symbolontest.NewDevice(t, app, proof.ES256)
	if _, err := phone.Register(t.Context(), app.Ticket(t, "alice")); err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]symbolon.Place{"203.0.113.9": lisbon, "198.51.100.9": {}} {
		p, err := phone.Prove(t.Context(), symbolontest.Statement{})
		if err != nil {
			t.Fatal(err)
		}
		d, err := app.Backend.Decide(t.Context(), symbolon.DecisionRequest{UserID: "alice", Proof: p, Context: symbolon.ClientContext{IPAddress: address}})
		if err != nil {
			t.Fatal(err)
		}
		var got symbolon.Place
		if d.Place != nil {
			got = *d.Place
		}
		if got != want {
			t.Errorf("asked from %s it is at %+v; want %+v", address, got, want)
		}
	}
}
