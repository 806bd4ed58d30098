package registry_test

import (
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/registry"
)

func TestWhatAServiceIsMadeOf(t *testing.T) {
	w := newWorld(t)
	good := registry.Config{Store: w.store, Secrets: [][]byte{secret}, PublicURL: issuer}
	for what, wrong := range map[string]func(*registry.Config){
		"no store":                func(c *registry.Config) { c.Store = nil },
		"no name":                 func(c *registry.Config) { c.PublicURL = "" },
		"no secret":               func(c *registry.Config) { c.Secrets = nil },
		"a short secret":          func(c *registry.Config) { c.Secrets = [][]byte{secret[:31]} },
		"a short earlier secret":  func(c *registry.Config) { c.Secrets = [][]byte{secret, oldSecret[:31]} },
		"a key that is too short": func(c *registry.Config) { c.AdminKey = "admin" },
	} {
		cfg := good
		wrong(&cfg)
		if _, err := registry.New(cfg); err == nil {
			t.Errorf("%s: taken", what)
		}
	}
	w.ok(w.reg.Ready(t.Context()))
}

// The secret was rotated. What was made with the earlier one stays good while that is
// listed, and not a moment longer.
func TestWhatAnEarlierSecretMadeStaysGood(t *testing.T) {
	for name, row := range map[string]struct {
		secrets [][]byte
		good    bool
	}{"listed": {[][]byte{secret, oldSecret}, true}, "not listed any more": {[][]byte{secret}, false}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.serve(oldSecret)
			w.policy(bank, `{"retention":{"events":"P1D"}}`)
			phone, gone, fresh := w.registered(ada), w.registered(bob), w.browser(ada)
			gone.block()
			w.ok(w.reg.RemoveDevice(t.Context(), w.backend(bank), bank, gone.id))
			w.seal()
			w.pass(2 * symbolon.Day)
			w.ok(w.reg.Sweep(t.Context(), w.now)) // leaves a checkpoint
			ticket, decided := w.ticket(bank, ada), phone.decide().ID
			token := w.decision(w.reg.Decide(t.Context(), w.client(bank), bank, symbolon.DecisionRequest{Proof: phone.prove()})).DeviceToken
			compact, registration := phone.prove(), fresh.registration()

			w.serve(row.secrets...)
			_, tokenErr := w.read(token, w.now)
			_, trustErr := w.reg.TrustDevice(t.Context(), w.backend(bank), bank, phone.id, symbolon.TrustRequest{DecisionID: decided, Factor: "otp"})
			_, logErr := w.reg.VerifyLog(t.Context(), w.root(), bank)
			_, _, freshErr := w.reg.Register(t.Context(), w.user(bank, ada), bank, registration)
			_, goneErr := gone.tryRegister()
			for what, good := range map[string]bool{
				"a proof":               w.decision(phone.ask(compact)).ProofResult == symbolon.ProofValid,
				"a ticket":              w.knock(bank, ticket) == nil,
				"a device token":        tokenErr == nil,
				"a decision":            trustErr == nil,
				"a checkpoint":          logErr == nil,
				"a proof to register":   freshErr == nil,
				"a tombstone's refusal": goneErr != nil,
			} {
				if good != row.good {
					t.Errorf("%s: good %v", what, good)
				}
			}
			lifted, err := w.reg.LiftTombstones(t.Context(), w.backend(bank), bank, bob)
			if err != nil || (lifted.Lifted == 1) != row.good {
				t.Errorf("lifted %d tombstones, %v", lifted.Lifted, err)
			}
		})
	}
}

func TestAChallengeIsForOneOfFourPurposes(t *testing.T) {
	w := newWorld(t)
	for _, purpose := range proof.Purposes() {
		c, err := w.reg.NewChallenge(t.Context(), w.client(bank), bank, symbolon.ChallengeRequest{Purpose: string(purpose)})
		w.ok(err)
		if again, err := w.reg.NewChallenge(t.Context(), w.client(bank), bank, symbolon.ChallengeRequest{Purpose: string(purpose)}); err != nil || again.Challenge == c.Challenge {
			t.Errorf("%s: the same challenge twice, %v", purpose, err)
		}
	}
	_, err := w.reg.NewChallenge(t.Context(), w.client(bank), bank, symbolon.ChallengeRequest{Purpose: "login"})
	w.refused("another purpose", err, symbolon.ErrInvalidRequest)
	_, err = w.reg.NewChallenge(t.Context(), w.client("nowhere"), "nowhere", symbolon.ChallengeRequest{Purpose: "prove"})
	w.refused("an app that is not there", err, symbolon.ErrNotFound)
}
