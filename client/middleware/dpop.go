package middleware

import (
	"crypto/sha256"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon/proof"
)

// proofWindow is how far the time of a proof may lie from ours, either way.
const proofWindow = time.Minute

// takesProofs tells whether anyone looks at proofs here.
func (v *visit) takesProofs() bool { return v.want.Proof || v.m.cfg.DPoP != DPoPOff }

// checkProof holds the request to the proof that it carries, or has to carry: the checks of
// RFC 9449 §4.3.
func (v *visit) checkProof(c credential) error {
	if !v.want.Proof && !c.isDPoP && len(c.proofs) == 0 {
		return nil
	}
	v.nextNonce = v.m.nonces.at(v.now)
	// Check 1: one header.
	switch len(c.proofs) {
	case 0:
		return &refusal{detail: "a proof of possession is needed: the header DPoP (RFC 9449)"}
	case 1:
	default:
		return badProof("there must be one header DPoP; there are %d", len(c.proofs))
	}
	// Checks 2 to 7: a signed proof.
	p, err := proof.ParseDPoP(c.proofs[0])
	if err != nil {
		return badProof("%v", err)
	}
	// Checks 8, 9, 11 and 12: for this request, made now, with this token and its key.
	err = p.Check(proof.ExpectedDPoP{
		Method: v.r.Method, URL: v.url(), Token: c.token, Thumbprint: v.token.Thumbprint, Now: v.now, Window: proofWindow,
	})
	if err != nil {
		return badProof("%v", err)
	}
	// Check 10: the nonce.
	if !v.m.nonces.isGood(p.Nonce, v.now) {
		return &refusal{challenge: "use_dpop_nonce", detail: "the proof must have the nonce that is in the header DPoP-Nonce"}
	}
	if p.Nonce == v.nextNonce {
		v.nextNonce = "" // it is good for the next one too
	}
	return v.spend(p)
}

// spend sees that the proof counts once.
func (v *visit) spend(p *proof.DPoP) error {
	first, err := v.m.cfg.Replays.Spend(v.r.Context(), SpentProof{
		ID:         sha256.Sum256([]byte(p.JWK.Thumbprint() + " " + p.ID)),
		Thumbprint: p.JWK.Thumbprint(),
		At:         v.now,
		Until:      p.IssuedAt.Add(proofWindow),
	})
	if err != nil {
		return fmt.Errorf("noting that a proof was used: %w", err)
	}
	if !first {
		return badProof("it was used before")
	}
	v.token.Proven = true
	return nil
}

// url is the request's, as its sender wrote it: by the line that arrived, since routers
// change the path in r.URL, and under the name that we know to be ours.
func (v *visit) url() string {
	path, _, _ := strings.Cut(v.r.RequestURI, "?")
	if !strings.HasPrefix(path, "/") { // the absolute form, RFC 9112 §3.2.2
		u, err := url.Parse(v.r.RequestURI)
		if err != nil {
			return ""
		}
		path = u.EscapedPath()
	}
	return strings.TrimSuffix(v.m.cfg.PublicURL, "/") + path
}
