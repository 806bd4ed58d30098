package proof_test

import (
	"testing"
	"time"

	"github.com/symbolon-id/symbolon/proof"
)

// dpopFile is spec/vectors/dpop.json, which every middleware and SDK can read.
type dpopFile struct {
	About  string            `json:"about"`
	Window int               `json:"windowSeconds"`
	Valid  []dpopVector      `json:"valid"`
	Bad    []dpopVector      `json:"refused"`
	URLs   []urlVector       `json:"urls"`
	NoURLs []string          `json:"notUrls"`
	Hashes map[string]string `json:"tokenHashes"`
}

type dpopVector struct {
	Why        string      `json:"why"`
	Check      int         `json:"check,omitempty"`
	Request    dpopRequest `json:"request"`
	Header     string      `json:"header,omitempty"`
	Claims     string      `json:"claims,omitempty"`
	Proof      string      `json:"proof"`
	Thumbprint string      `json:"thumbprint,omitempty"`
	Error      string      `json:"error,omitempty"`
}

type dpopRequest struct {
	Method     string    `json:"method"`
	URL        string    `json:"url"`
	Token      string    `json:"token,omitempty"`
	Thumbprint string    `json:"tokenThumbprint,omitempty"`
	Now        time.Time `json:"now"`
}

type urlVector struct {
	Written string `json:"written"`
	Normal  string `json:"normal"`
}

func TestDPoPVectors(t *testing.T) {
	if *update {
		writeDPoPVectors(t)
	}
	file := readVectors[dpopFile](t, "dpop.json")
	window := time.Duration(file.Window) * time.Second
	for _, v := range file.Valid {
		d, err := judgeDPoP(v, window)
		if err != nil {
			t.Errorf("%s: %v", v.Why, err)
			continue
		}
		if got := d.JWK.Thumbprint(); got != v.Thumbprint {
			t.Errorf("%s: thumbprint %s; want %s", v.Why, got, v.Thumbprint)
		}
	}
	checks := map[int]bool{}
	for _, v := range file.Bad {
		checks[v.Check] = true
		if _, err := judgeDPoP(v, window); err == nil || word(err) != v.Error {
			t.Errorf("check %d: %s: error is %v; want %q", v.Check, v.Why, err, v.Error)
		}
	}
	for _, check := range []int{2, 3, 4, 5, 6, 7, 8, 9, 11, 12} {
		if !checks[check] {
			t.Errorf("no vector fails check %d of RFC 9449 §4.3", check)
		}
	}
	for _, v := range file.URLs {
		if d := mustSignDPoP(t, v.Written); d.URL != v.Normal {
			t.Errorf("%s is read as %s; want %s", v.Written, d.URL, v.Normal)
		}
	}
	for _, url := range file.NoURLs {
		_, err := proof.SignDPoP(devices()[proof.ES256].signer, request(proof.ES256, url), "")
		wantError(t, err, proof.ErrInvalid)
	}
	for token, hash := range file.Hashes {
		text, err := proof.SignDPoP(devices()[proof.ES256].signer, request(proof.ES256, "https://a.example/"), token)
		if err != nil {
			t.Fatal(err)
		}
		if d := mustParseDPoP(t, text); d.TokenHash != hash {
			t.Errorf("the hash of %s is %s; want %s", token, d.TokenHash, hash)
		}
	}
}

// judgeDPoP does what a resource server does, but for the nonce and replays.
func judgeDPoP(v dpopVector, window time.Duration) (*proof.DPoP, error) {
	d, err := proof.ParseDPoP(v.Proof)
	if err != nil {
		return nil, err
	}
	return d, d.Check(proof.ExpectedDPoP{
		Method: v.Request.Method, URL: v.Request.URL, Token: v.Request.Token, Thumbprint: v.Request.Thumbprint,
		Now: v.Request.Now, Window: window,
	})
}

// request is a proof for a GET at noon by the key of the algorithm.
func request(alg proof.Algorithm, url string) proof.DPoP {
	return proof.DPoP{JWK: devices()[alg].key, ID: "one", Method: "GET", URL: url, IssuedAt: noon}
}

func mustSignDPoP(t *testing.T, url string) *proof.DPoP {
	t.Helper()
	text, err := proof.SignDPoP(devices()[proof.ES256].signer, request(proof.ES256, url), "")
	if err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	return mustParseDPoP(t, text)
}

func mustParseDPoP(t *testing.T, text string) *proof.DPoP {
	t.Helper()
	d, err := proof.ParseDPoP(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
