package middleware_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client/middleware"
	"github.com/symbolon-id/symbolon/proof"
)

// holder is a device whose key a token is bound to, at noon.
type holder struct {
	*api
	at     *clock
	key    *ecdsa.PrivateKey
	public *proof.PublicKey
	token  string
	nonce  string // the last that the API gave
}

// hold starts an API, and a device that has a token for it.
func hold(t testing.TB, change func(*middleware.Config)) *holder {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := proof.NewPublicKey(key.Public(), "")
	if err != nil {
		t.Fatal(err)
	}
	i, at := newIssuer(t), clockAt(noon)
	cfg := middleware.Config{Issuer: i.URL, App: bank, Now: at.now, DPoP: middleware.DPoPRequired, PublicURL: publicURL}
	if change != nil {
		change(&cfg)
	}
	return &holder{
		api: serve(t, cfg, middleware.Requirement{}), at: at, key: key, public: public,
		token: i.token(t, claims{"cnf": claims{"jkt": public.Thumbprint()}, "exp": noon.Add(time.Hour).Unix()}),
	}
}

// sign makes a proof for POST /transfers, but for what the test changes.
func (h *holder) sign(change func(*proof.DPoP)) string {
	h.Helper()
	d := proof.DPoP{
		JWK: h.public, ID: rand.Text(), Method: "POST", URL: publicURL + "/transfers",
		Nonce: h.nonce, IssuedAt: h.at.now(),
	}
	if change != nil {
		change(&d)
	}
	text, err := proof.SignDPoP(h.key, d, h.token)
	if err != nil {
		h.Fatal(err)
	}
	return text
}

// pay sends POST /transfers with the proofs, and keeps the nonce that comes back.
func (h *holder) pay(proofs ...string) answer {
	h.Helper()
	headers := []string{"Authorization", "DPoP " + h.token}
	for _, p := range proofs {
		headers = append(headers, "Dpop", p)
	}
	got := h.ask(http.MethodPost, "/transfers?draft=1", headers...)
	if nonce := got.header.Get("DPoP-Nonce"); nonce != "" {
		h.nonce = nonce
	}
	return got
}

// A device learns the nonce from the first answer, uses it for minutes, and is handed the
// next one before the old one ends.
func TestTheWayOfANonce(t *testing.T) {
	h := hold(t, nil)
	bare := h.ask(http.MethodPost, "/transfers", middleware.DefaultHeader, h.token)
	h.want("without a proof", bare, http.StatusUnauthorized, "")
	if bare.challenge != `DPoP algs="ES256 EdDSA PS256 RS256"` {
		t.Errorf("the challenge is %s", bare.challenge)
	}
	first := h.pay(h.sign(nil))
	h.want("without a nonce", first, http.StatusUnauthorized, "use_dpop_nonce")
	if !strings.HasPrefix(first.challenge, "DPoP ") || h.nonce == "" {
		t.Errorf("the challenge is %s, the nonce %q", first.challenge, h.nonce)
	}
	got := h.pay(h.sign(nil))
	h.want("with it", got, http.StatusOK, "")
	if got.header.Get("DPoP-Nonce") != "" || !h.seen.Load().Proven {
		t.Errorf("another nonce is given: %v", got.header)
	}

	h.at.later(3 * time.Minute)
	old := h.nonce
	h.want("three minutes later", h.pay(h.sign(nil)), http.StatusOK, "")
	if h.nonce == old {
		t.Error("the answer does not hand out the next nonce")
	}
	h.want("with that", h.pay(h.sign(nil)), http.StatusOK, "")
	h.at.later(3 * time.Minute)
	h.want("with the first, six minutes later", h.pay(h.sign(func(d *proof.DPoP) { d.Nonce = old })), http.StatusUnauthorized, "use_dpop_nonce")
	h.want("with the token in a header of its own", h.ask(http.MethodPost, "/transfers", middleware.DefaultHeader, h.token, "Dpop", h.sign(nil)), http.StatusOK, "")
}

func TestReplicasThatShareAKeyTakeEachOthersNonces(t *testing.T) {
	shared := []byte("a key of at least thirty-two bytes")
	one := hold(t, func(c *middleware.Config) { c.NonceKey = shared })
	two := hold(t, func(c *middleware.Config) { c.NonceKey = shared })
	other := hold(t, nil)
	one.pay(one.sign(nil))
	two.nonce, other.nonce = one.nonce, one.nonce
	two.want("of the same key", two.pay(two.sign(nil)), http.StatusOK, "")
	other.want("of another key", other.pay(other.sign(nil)), http.StatusUnauthorized, "use_dpop_nonce")
}

// The twelve checks of RFC 9449 §4.3. Those of a proof by itself (2 to 7) are the vectors'.
func TestProofsThatDoNotFit(t *testing.T) {
	h := hold(t, nil)
	h.pay(h.sign(nil)) // for the nonce
	h.want("a proof that fits", h.pay(h.sign(nil)), http.StatusOK, "")
	h.want("a URL in another spelling", h.pay(h.sign(func(d *proof.DPoP) { d.URL = "HTTPS://API.example.com:443/./transfers?x#y" })), http.StatusOK, "")
	stranger := hold(t, nil)
	stranger.nonce = h.nonce
	for _, row := range []struct {
		check  int
		what   string
		proofs []string
	}{
		{1, "two headers", []string{h.sign(nil), h.sign(nil)}},
		{1, "two headers, one of them empty", []string{h.sign(nil), ""}},
		{8, "for another method", []string{h.sign(func(d *proof.DPoP) { d.Method = "GET" })}},
		{9, "for another path", []string{h.sign(func(d *proof.DPoP) { d.URL = publicURL + "/balance" })}},
		{9, "for the address behind the proxy", []string{h.sign(func(d *proof.DPoP) { d.URL = h.url + "/transfers" })}},
		{11, "a minute and a second old", []string{h.sign(func(d *proof.DPoP) { d.IssuedAt = noon.Add(-61 * time.Second) })}},
		{11, "of a clock that is fast", []string{h.sign(func(d *proof.DPoP) { d.IssuedAt = noon.Add(61 * time.Second) })}},
		{12, "for another token", []string{(&holder{api: h.api, at: h.at, key: h.key, public: h.public, token: "another", nonce: h.nonce}).sign(nil)}},
		{12, "by another key", []string{(&holder{api: h.api, at: h.at, key: stranger.key, public: stranger.public, token: h.token, nonce: h.nonce}).sign(nil)}},
	} {
		h.want(row.what, h.pay(row.proofs...), http.StatusUnauthorized, "invalid_dpop_proof")
	}
	// Check 10.
	h.want("with a nonce of its own making", h.pay(h.sign(func(d *proof.DPoP) { d.Nonce = "AAAA" })), http.StatusUnauthorized, "use_dpop_nonce")
	for _, v := range badProofs(t) {
		h.want(v.Why, h.pay(v.Proof), http.StatusUnauthorized, "invalid_dpop_proof")
	}
}

type badProof struct {
	Why, Proof string
	Check      int
}

// badProofs are the vectors that are wrong whatever the request is.
func badProofs(t *testing.T) []badProof {
	t.Helper()
	text, err := os.ReadFile("../../spec/vectors/dpop.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Refused []badProof }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	var all []badProof
	for _, v := range file.Refused {
		if v.Check >= 2 && v.Check <= 7 {
			all = append(all, v)
		}
	}
	if len(all) < 15 {
		t.Fatalf("found only %d vectors", len(all))
	}
	return all
}

func TestAProofCountsOnce(t *testing.T) {
	h := hold(t, nil)
	h.pay(h.sign(nil))
	once := h.sign(nil)
	h.want("the first time", h.pay(once), http.StatusOK, "")
	h.want("again", h.pay(once), http.StatusUnauthorized, "invalid_dpop_proof")
	h.at.later(time.Minute)
	h.want("in its last second", h.pay(once), http.StatusUnauthorized, "invalid_dpop_proof")

	var won, lost atomic.Int32
	contested := h.sign(nil)
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			got := h.ask(http.MethodPost, "/transfers", "Authorization", "DPoP "+h.token, "Dpop", contested)
			switch got.status {
			case http.StatusOK:
				won.Add(1)
			case http.StatusUnauthorized:
				lost.Add(1)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 || lost.Load() != 31 {
		t.Errorf("of 32 at once %d counted and %d were refused", won.Load(), lost.Load())
	}
}

// A memory that is full refuses rather than forgets, until the oldest are too old anyway.
func TestAFullMemoryRefuses(t *testing.T) {
	memory := middleware.NewReplayMemory(32)
	h := hold(t, func(c *middleware.Config) { c.Replays = memory })
	h.pay(h.sign(nil))
	first := h.sign(nil)
	h.want("the first", h.pay(first), http.StatusOK, "")
	fill(t, memory, 31)
	full := h.pay(h.sign(nil))
	h.want("when others have filled it", full, http.StatusServiceUnavailable, "")
	if full.Code != symbolon.ErrUnavailable {
		t.Errorf("the code is %s", full.Code)
	}
	h.want("the first again", h.pay(first), http.StatusUnauthorized, "invalid_dpop_proof")
	h.at.later(70 * time.Second)
	h.want("when there is room", h.pay(h.sign(nil)), http.StatusOK, "")
}

// fill notes so many proofs at noon, each by a key of its own.
func fill(t *testing.T, memory *middleware.ReplayMemory, proofs int) {
	t.Helper()
	for range proofs {
		key := rand.Text()
		p := middleware.SpentProof{ID: sha256.Sum256([]byte(key)), Thumbprint: key, At: noon, Until: noon.Add(time.Minute)}
		if first, err := memory.Spend(t.Context(), p); !first || err != nil {
			t.Fatalf("%v, %v", first, err)
		}
	}
}

// A device that sends proofs without end uses up its own share, which is a sixteenth.
func TestOneDeviceDoesNotFillTheMemory(t *testing.T) {
	memory := middleware.NewReplayMemory(32)
	shared := func(c *middleware.Config) {
		c.Replays, c.NonceKey = memory, []byte("a key of at least thirty-two bytes")
	}
	h, other := hold(t, shared), hold(t, shared)
	h.pay(h.sign(nil))
	first := h.sign(nil)
	h.want("its first", h.pay(first), http.StatusOK, "")
	h.at.later(30 * time.Second) // the two are forgotten at different times, and counted together
	h.want("its second", h.pay(h.sign(nil)), http.StatusOK, "")
	h.want("its third", h.pay(h.sign(nil)), http.StatusServiceUnavailable, "")
	h.want("its first again", h.pay(first), http.StatusUnauthorized, "invalid_dpop_proof")
	other.nonce = h.nonce
	other.want("another device", other.pay(other.sign(nil)), http.StatusOK, "")
	h.at.later(40 * time.Second)
	h.want("when its first is forgotten", h.pay(h.sign(nil)), http.StatusOK, "")
	h.want("when its second is not", h.pay(h.sign(nil)), http.StatusServiceUnavailable, "")
}

// broken is a memory that can't be reached.
type broken struct{}

func (broken) Spend(context.Context, middleware.SpentProof) (bool, error) {
	return true, errors.New("no connection")
}

func TestAMemoryThatFailsAdmitsNobody(t *testing.T) {
	h := hold(t, func(c *middleware.Config) { c.Replays = broken{} })
	h.pay(h.sign(nil))
	h.want("a good proof", h.pay(h.sign(nil)), http.StatusServiceUnavailable, "")
}

func TestWhereProofsAreOptional(t *testing.T) {
	h := hold(t, func(c *middleware.Config) { c.DPoP = middleware.DPoPOptional })
	h.want("a token by itself", h.with(h.token), http.StatusOK, "")
	h.want("a token as DPoP without a proof", h.pay(), http.StatusUnauthorized, "")
	h.want("a proof with the nonce of that answer", h.pay(h.sign(nil)), http.StatusOK, "")
	h.want("a proof without a nonce", h.pay(h.sign(func(d *proof.DPoP) { d.Nonce = "" })), http.StatusUnauthorized, "use_dpop_nonce")
	h.want("a bad proof beside a token by itself", h.ask("GET", "/", middleware.DefaultHeader, h.token, "Dpop", "x"), http.StatusUnauthorized, "invalid_dpop_proof")
	twice := h.ask("GET", "/", middleware.DefaultHeader, h.token, "Authorization", "DPoP "+h.token)
	if twice.status != http.StatusBadRequest {
		t.Errorf("the token in two places: %d", twice.status)
	}
}
