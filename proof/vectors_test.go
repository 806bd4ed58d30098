package proof_test

import (
	"crypto"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/symbolon-id/symbolon/proof"
)

// The vectors in spec/vectors belong to no implementation: clients and services in any
// language can check themselves against them. This is how Go does.

var update = flag.Bool("update", false, "write spec/vectors anew")

const vectorsDir = "../spec/vectors"

type keysFile struct {
	About       string             `json:"about"`
	Keys        []keyVector        `json:"keys"`
	Thumbprints []thumbprintVector `json:"thumbprints"`
	Refused     []badKeyVector     `json:"refused"`
}

type keyVector struct {
	Name       string          `json:"name"`
	Private    json.RawMessage `json:"private"`
	Public     json.RawMessage `json:"public"`
	Thumbprint string          `json:"thumbprint"`
}

type thumbprintVector struct {
	Source     string `json:"source"`
	JWK        string `json:"jwk"`
	Thumbprint string `json:"thumbprint"`
}

type badKeyVector struct {
	Why   string          `json:"why"`
	JWK   string          `json:"jwk"`
	Alg   proof.Algorithm `json:"alg,omitempty"`
	Error string          `json:"error"`
}

type challengesFile struct {
	About string            `json:"about"`
	Keys  []string          `json:"keys"`
	Valid []challengeVector `json:"valid"`
	Bad   []challengeVector `json:"refused"`
}

type challengeVector struct {
	Why       string        `json:"why"`
	App       string        `json:"app"`
	Purpose   proof.Purpose `json:"purpose"`
	Now       time.Time     `json:"now"`
	Challenge string        `json:"challenge"`
	ExpiresAt *time.Time    `json:"expiresAt,omitempty"`
	Nonce     string        `json:"nonce,omitempty"`
	SpendKey  string        `json:"spendKey,omitempty"`
	Error     string        `json:"error,omitempty"`
}

type proofsFile struct {
	About     string           `json:"about"`
	Valid     []proofVector    `json:"valid"`
	Bad       []proofVector    `json:"refused"`
	Rotations []rotationVector `json:"rotations"`
}

// A proofVector with Key "" is verified with the jwk in its header.
type proofVector struct {
	Why      string         `json:"why"`
	Key      string         `json:"key"`
	Expected expectedVector `json:"expected"`
	Header   string         `json:"header,omitempty"`
	Claims   string         `json:"claims,omitempty"`
	Proof    string         `json:"proof"`
	Error    string         `json:"error,omitempty"`
}

type expectedVector struct {
	App         string        `json:"app"`
	Purpose     proof.Purpose `json:"purpose"`
	User        string        `json:"user,omitempty"`
	Action      string        `json:"action,omitempty"`
	PayloadHash string        `json:"payloadHash,omitempty"`
}

type rotationVector struct {
	Why      string `json:"why"`
	Key      string `json:"key"`
	Proof    string `json:"proof"`
	NewProof string `json:"newProof"`
	Error    string `json:"error,omitempty"`
}

func TestVectors(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	keys := checkKeys(t, readVectors[keysFile](t, "keys.json"))
	checkChallenges(t, readVectors[challengesFile](t, "challenges.json"))
	checkProofs(t, keys, readVectors[proofsFile](t, "proofs.json"))
}

func readVectors[File any](t testing.TB, name string) (file File) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(vectorsDir, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return file
}

func checkKeys(t *testing.T, file keysFile) map[string]*proof.PublicKey {
	keys := map[string]*proof.PublicKey{}
	for _, v := range file.Keys {
		key, err := proof.ParseJWK(v.Public, "")
		if err != nil {
			t.Fatalf("%s: %v", v.Name, err)
		}
		if own := deviceOf(t, v); !own.key.Equal(key) || key.Thumbprint() != v.Thumbprint {
			t.Errorf("%s: the private half, the public one and the thumbprint do not fit", v.Name)
		}
		keys[v.Name] = key
	}
	for _, v := range file.Thumbprints {
		key, err := proof.ParseJWK([]byte(v.JWK), "")
		if err != nil || key.Thumbprint() != v.Thumbprint {
			t.Errorf("%s: got %v, %v", v.Source, key, err)
		}
	}
	for _, v := range file.Refused {
		if _, err := proof.ParseJWK([]byte(v.JWK), v.Alg); err == nil || word(err) != v.Error {
			t.Errorf("%s: error is %v; want %q", v.Why, err, v.Error)
		}
	}
	return keys
}

// deviceOf is the device that holds a vector's private key.
func deviceOf(t testing.TB, v keyVector) device {
	t.Helper()
	var private jose.JSONWebKey
	if err := json.Unmarshal(v.Private, &private); err != nil {
		t.Fatalf("%s: %v", v.Name, err)
	}
	signer := private.Key.(crypto.Signer)
	key, err := proof.NewPublicKey(signer.Public(), proof.Algorithm(private.Algorithm))
	if err != nil {
		t.Fatalf("%s: %v", v.Name, err)
	}
	return device{signer, key}
}

func checkChallenges(t *testing.T, file challengesFile) {
	var keys [][]byte
	for _, k := range file.Keys {
		keys = append(keys, []byte(raw(k)))
	}
	for _, v := range file.Valid {
		c, err := proof.OpenChallenge(keys, v.App, v.Purpose, v.Now, v.Challenge)
		if err != nil {
			t.Errorf("%s: %v", v.Why, err)
			continue
		}
		if !c.ExpiresAt.Equal(*v.ExpiresAt) || encode(string(c.Nonce[:])) != v.Nonce || hex.EncodeToString(c.SpendKey()) != v.SpendKey {
			t.Errorf("%s: opened %+v", v.Why, c)
		}
	}
	for _, v := range file.Bad {
		if _, err := proof.OpenChallenge(keys, v.App, v.Purpose, v.Now, v.Challenge); err == nil || word(err) != v.Error {
			t.Errorf("%s: error is %v; want %q", v.Why, err, v.Error)
		}
	}
}

func checkProofs(t *testing.T, keys map[string]*proof.PublicKey, file proofsFile) {
	for _, v := range file.Valid {
		if err := judge(v, keys); err != nil {
			t.Errorf("%s: %v", v.Why, err)
		}
		if want := encode(v.Header) + "." + encode(v.Claims) + "."; len(v.Proof) < len(want) || v.Proof[:len(want)] != want {
			t.Errorf("%s: the proof is not over the header and claims that stand beside it", v.Why)
		}
	}
	for _, v := range file.Bad {
		if err := judge(v, keys); err == nil || word(err) != v.Error {
			t.Errorf("%s: error is %v; want %q", v.Why, err, v.Error)
		}
	}
	for _, v := range file.Rotations {
		if err := judgeRotation(v, keys); word(err) != v.Error {
			t.Errorf("%s: error is %v; want %q", v.Why, err, v.Error)
		}
	}
}

// judge does what a service does with a proof, but for its challenge.
func judge(v proofVector, keys map[string]*proof.PublicKey) error {
	p, err := proof.Parse(v.Proof)
	if err != nil {
		return err
	}
	if err := p.Check(proof.Expected(v.Expected)); err != nil {
		return err
	}
	if v.Key == "" {
		return p.Verify(p.JWK)
	}
	return p.Verify(keys[v.Key])
}

func judgeRotation(v rotationVector, keys map[string]*proof.PublicKey) error {
	old, err := proof.Parse(v.Proof)
	if err != nil {
		return err
	}
	next, err := proof.Parse(v.NewProof)
	if err != nil {
		return err
	}
	if err := proof.CheckRotation(old, next); err != nil {
		return err
	}
	if err := old.Verify(keys[v.Key]); err != nil {
		return err
	}
	return next.Verify(next.JWK)
}
