package guarantee_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// tally counts calls to the store by their names.
type tally struct {
	mu    sync.Mutex
	calls map[string]int
}

func (c *tally) count(method string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls[method]++
}

func (c *tally) take() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	taken := c.calls
	c.calls = map[string]int{}
	return taken
}

// heard is all that a client can learn from an answer, and what it cost.
type heard struct {
	status int
	header string
	body   string
	work   map[string]int
}

func (h heard) String() string {
	return fmt.Sprintf("%d %s\n%s\n%v", h.status, h.header, h.body, h.work)
}

func (h heard) same(o heard) bool {
	return h.status == o.status && h.header == o.header && h.body == o.body && maps.Equal(h.work, o.work)
}

// listen sends a request as a client does, and hears what comes back.
func listen(t *testing.T, work *tally, method, url string, body any) heard {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	work.take()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	resp.Header.Del("Date")
	resp.Header.Del("X-Request-Id") // at random
	return heard{resp.StatusCode, fmt.Sprint(resp.Header), string(said), work.take()}
}

// people are users whose devices are as a client must not be able to tell apart.
var people = []symbolon.UserID{"active", "trusted", "blocked", "pending", "removed", "erased", "unknown"}

// households makes one device for each of the people, in the state that the name says.
func households(t *testing.T, app symbolontest.App, alg proof.Algorithm) map[symbolon.UserID]*symbolontest.Device {
	t.Helper()
	devices := map[symbolon.UserID]*symbolontest.Device{}
	for _, user := range people {
		d := symbolontest.NewDevice(t, app, alg)
		devices[user] = d
		if user == "unknown" {
			continue
		}
		if user == "pending" {
			app.SetPolicy(t, `{"registration":{"approval":"admin"}}`)
		}
		_, err := d.Register(t.Context(), app.Ticket(t, user))
		switch {
		case err != nil:
		case user == "trusted":
			_, err = d.Trust(t.Context())
		case user == "blocked":
			_, err = app.Backend.BlockDevice(t.Context(), d.ID(), symbolon.BlockRequest{Reason: "lost"})
		case user == "pending":
			app.SetPolicy(t, `{}`)
		case user == "removed":
			_, err = app.Backend.BlockDevice(t.Context(), d.ID(), symbolon.BlockRequest{Reason: "lost"})
			if err == nil {
				err = app.Backend.RemoveDevice(t.Context(), d.ID())
			}
		case user == "erased":
			_, err = app.Backend.EraseUser(t.Context(), user)
		}
		if err != nil {
			t.Fatalf("%s: %v", user, err)
		}
	}
	return devices
}

func TestWhoLacksTheKeyLearnsNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, at place) {
		work := &tally{calls: map[string]int{}}
		service := symbolontest.Start(t, in(at), symbolontest.WrapStore(func(s symbolon.Store) symbolon.Store {
			return counting{s, work.count}
		}))
		for _, alg := range proof.Algorithms() {
			t.Run(string(alg), func(t *testing.T) {
				app := service.NewApp(t)
				devices := households(t, app, alg)
				decisionsTellNothing(t, service, app, work, devices)
				rotationsTellNothing(t, service, app, work, devices)
			})
		}
	})
}

// decisionsTellNothing lets a thief who knows every user and keyId ask about all of them,
// with a key of each algorithm.
func decisionsTellNothing(t *testing.T, service *symbolontest.Service, app symbolontest.App, work *tally, devices map[symbolon.UserID]*symbolontest.Device) {
	t.Helper()
	url := service.URL + "/v1/apps/" + string(app.ID) + "/decisions"
	for _, alg := range proof.Algorithms() {
		thief := symbolontest.NewDevice(t, app, alg)
		var first heard
		for _, user := range people {
			for _, claimed := range []symbolon.UserID{user, "unknown"} {
				p, err := thief.Prove(t.Context(), symbolontest.Statement{KeyID: devices[user].KeyID(), User: claimed})
				if err != nil {
					t.Fatal(err)
				}
				got := listen(t, work, http.MethodPost, url, symbolon.DecisionRequest{Proof: p, UserID: claimed})
				if first.status == 0 {
					first = got
				}
				if !got.same(first) {
					t.Errorf("a forged %s proof for the %s device of %s was answered\n%s\nand one for the active device\n%s", alg, user, claimed, got, first)
				}
			}
		}
		if first.status != http.StatusOK || strings.TrimSpace(first.body) != `{"recommendation":"CHALLENGE","known":false}` {
			t.Errorf("all were answered %s; want CHALLENGE, not known", first)
		}
		if first.work["GetIdentity"] != 1 || len(first.work) != 1 {
			t.Errorf("an answer cost %v; want one read of the identity", first.work)
		}
	}
}

// rotationsTellNothing lets the thief try to put another key into every device.
func rotationsTellNothing(t *testing.T, service *symbolontest.Service, app symbolontest.App, work *tally, devices map[symbolon.UserID]*symbolontest.Device) {
	t.Helper()
	var first heard
	for _, user := range people {
		thief := symbolontest.NewDevice(t, app, proof.ES256)
		rotation, err := thief.ProveForRotation(t.Context(), symbolontest.Statement{KeyID: devices[user].KeyID(), User: user})
		if err != nil {
			t.Fatal(err)
		}
		id := devices[user].ID()
		if id == "" {
			id = symbolon.NewDeviceID()
		}
		url := service.URL + "/v1/apps/" + string(app.ID) + "/devices/" + string(id) + "/key"
		got := listen(t, work, http.MethodPut, url, rotation)
		if first.status == 0 {
			first = got
		}
		if !got.same(first) {
			t.Errorf("a forged rotation of the %s device was answered\n%s\nand one of the active device\n%s", user, got, first)
		}
	}
	if first.status != http.StatusUnprocessableEntity || !strings.Contains(first.body, `"proof_invalid"`) {
		t.Errorf("all were answered %s; want proof_invalid", first)
	}
}

// TestEveryProofThatDoesNotVerifyGetsOneAnswer is about what a client hears of proofs that
// went stale, beside those that were never good. The work differs there: who sends one
// knows already what it is.
func TestEveryProofThatDoesNotVerifyGetsOneAnswer(t *testing.T) {
	work := &tally{calls: map[string]int{}}
	service := symbolontest.Start(t)
	app := service.NewApp(t)
	phone := trusted(t, app, "alice")
	all := worthlessProofs(t, service, app, phone)
	other := service.NewApp(t)
	elsewhere := trusted(t, other, "alice")
	all = append(all, worthless{compact: prove(t, elsewhere), user: "alice", want: "for another app"})
	answers := map[string]bool{}
	for _, w := range all {
		got := listen(t, work, http.MethodPost, service.URL+"/v1/apps/"+string(app.ID)+"/decisions",
			symbolon.DecisionRequest{Proof: w.compact, UserID: w.user})
		answers[got.String()] = true
	}
	if len(answers) != 1 {
		t.Errorf("clients heard %d answers; want one:\n%v", len(answers), answers)
	}
}

// TestABlockShowsOnlyToTheHolderOfTheKey is the other side: who has the key is told.
func TestABlockShowsOnlyToTheHolderOfTheKey(t *testing.T) {
	app := symbolontest.Start(t).NewApp(t)
	phone := registered(t, app, "alice")
	if _, err := app.Backend.BlockDevice(t.Context(), phone.ID(), symbolon.BlockRequest{Reason: "lost"}); err != nil {
		t.Fatal(err)
	}
	p, err := phone.Prove(t.Context(), symbolontest.Statement{User: "alice"})
	if err != nil {
		t.Fatal(err)
	}
	d, err := app.Device.Decide(t.Context(), symbolon.DecisionRequest{Proof: p})
	if err != nil || d.Recommendation != symbolon.RecommendDeny || d.Known {
		t.Errorf("the holder of a blocked key was told %s, known %v, %v; want DENY", d.Recommendation, d.Known, err)
	}
}

// canned gives one identity to whoever asks, without a database whose work would hide that
// of a signature.
type canned struct {
	symbolon.Store
	found *symbolon.Identity
}

func (c canned) GetIdentity(context.Context, symbolon.AppID, symbolon.UserID, symbolon.KeyID) (symbolon.Identity, error) {
	return *c.found, nil
}

// TestAnUnknownKeyCostsTheSignatureCheckThatAKnownOneDoes counts allocations, which the
// reading of a key and the check of a signature by it decide.
func TestAnUnknownKeyCostsTheSignatureCheckThatAKnownOneDoes(t *testing.T) {
	found := symbolon.Identity{}
	service := symbolontest.Start(t, symbolontest.WrapStore(func(s symbolon.Store) symbolon.Store { return canned{s, &found} }))
	app := service.NewApp(t)
	caller := symbolon.Caller{Kind: symbolon.CallerClient, AppID: app.ID, At: symbolon.Micro(time.Now())}
	for _, alg := range proof.Algorithms() {
		owner, thief := symbolontest.NewDevice(t, app, alg), symbolontest.NewDevice(t, app, alg)
		forged, err := thief.Prove(t.Context(), symbolontest.Statement{KeyID: owner.KeyID(), User: "alice"})
		if err != nil {
			t.Fatal(err)
		}
		cost := func(have symbolon.Identity) float64 {
			found = have
			return testing.AllocsPerRun(200, func() {
				d, err := service.Registry.Decide(t.Context(), caller, app.ID, symbolon.DecisionRequest{Proof: forged})
				if err != nil || d.Recommendation != symbolon.RecommendChallenge {
					panic(fmt.Sprint("a forged proof must be answered CHALLENGE: ", d.Recommendation, err))
				}
			})
		}
		device := symbolon.Device{AppID: app.ID, UserID: "alice", KeyID: owner.KeyID(), Status: symbolon.StatusActive, PublicKey: owner.PublicKey()}
		known, unknown := cost(symbolon.Identity{Device: &device}), cost(symbolon.Identity{})
		device.Status = symbolon.StatusBlocked
		blocked := cost(symbolon.Identity{Device: &device})
		check := signatureCheck(t, forged, owner.PublicKey())
		if math.Abs(known-blocked) > check/2 || math.Abs(known-unknown) > check/2 {
			t.Errorf("%s: a known key took %v allocations, a blocked one %v, an unknown one %v, where a signature check takes %v",
				alg, known, blocked, unknown, check)
		}
	}
}

// signatureCheck is what reading a key and verifying by it takes, in allocations.
func signatureCheck(t *testing.T, forged string, jwk []byte) float64 {
	t.Helper()
	p, err := proof.Parse(forged)
	if err != nil {
		t.Fatal(err)
	}
	return testing.AllocsPerRun(200, func() {
		key, err := proof.ParseJWK(jwk, "")
		if err != nil || p.Verify(key) == nil {
			panic(fmt.Sprint("a forged proof must fail at the signature: ", err))
		}
	})
}
