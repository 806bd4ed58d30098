package proof

import (
	"crypto"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"
)

// DPoP is a proof of possession for one HTTP request (RFC 9449 §4.2).
type DPoP struct {
	JWK       *PublicKey // the key that signed it
	ID        string     // jti
	Method    string     // htm
	URL       string     // htu, normalised (RFC 3986 §6.2.2, §6.2.3)
	TokenHash string     // ath, or ""
	Nonce     string     // or ""
	IssuedAt  time.Time  // iat, in whole seconds
}

// ExpectedDPoP is what the request says that the proof must fit.
type ExpectedDPoP struct {
	Method     string
	URL        string // as the client wrote it; query and fragment do not count
	Token      string // the access token beside the proof, or ""
	Thumbprint string // the token's cnf.jkt; "" fits only where there is no token
	Now        time.Time
	Window     time.Duration // how far iat may lie from Now, either way
}

const (
	dpopType = "dpop+jwt"
	// maxURL is the most characters of htu: those of a URL that any server takes.
	maxURL = 2048
)

// What a proof says beside these is for others, and passed over (RFC 9449 §4.2). Only
// crit, which says that a member must be understood, is not.
var (
	dpopHeaderShape = &shape{name: "header", failure: ErrInvalid, members: []string{"typ", "alg", "jwk", "crit"}, open: true}
	dpopClaimsShape = &shape{
		name: "claims", failure: ErrInvalid, open: true,
		members: []string{"jti", "htm", "htu", "iat", "ath", "nonce"},
	}
)

// ParseDPoP reads a proof and verifies its signature by the key that it carries: checks 2 to
// 7 of RFC 9449 §4.3. That there is no second header (check 1) only the caller can see.
// Errors are ErrNotJWS, or ErrInvalid or one of its kinds.
func ParseDPoP(text string) (*DPoP, error) {
	// Check 2: a single JWT, well formed.
	parts, err := splitJWS(text)
	if err != nil {
		return nil, err
	}
	d := new(DPoP)
	h, err := readDPoPHeader(parts.header)
	if err == nil {
		err = d.readClaims(parts.claims)
	}
	if err != nil {
		return nil, parts.refuse(err)
	}
	// Check 3: all that must be there.
	if err := d.checkComplete(); err != nil {
		return nil, err
	}
	// Checks 4 and 5: type and algorithm. Check 7: the key, and nothing private in it, for
	// which a header with such a member is not even read.
	if d.JWK, err = h.key(); err != nil {
		return nil, err
	}
	if d.URL, err = normalURL(d.URL); err != nil {
		return nil, fmt.Errorf("%w: claim \"htu\" %w", ErrInvalid, err)
	}
	// Check 6: the signature.
	if err := d.JWK.algorithm.checkSignature(parts.signature); err != nil {
		return nil, err
	}
	if !d.JWK.material.fits(parts.signature) || !d.JWK.material.verify(parts.signed, parts.signature) {
		return nil, fmt.Errorf("%w: it is not by the jwk in the header, or the proof was changed", ErrSignature)
	}
	return d, nil
}

// dpopHeader is the header of a proof.
type dpopHeader struct {
	typ string
	alg Algorithm
	jwk *jwk
}

func readDPoPHeader(text string) (dpopHeader, error) {
	var h dpopHeader
	r := reader{text: text, shape: dpopHeaderShape}
	r.object(dpopHeaderShape, func(member string) {
		switch member {
		case "typ":
			h.typ = r.printable(member, maxText)
		case "alg":
			h.alg = Algorithm(r.printable(member, maxText))
		case "jwk":
			h.jwk = r.jwk()
		default:
			r.fail("has the member %q; no extension is understood", member)
		}
	})
	return h, r.end()
}

// key checks type and algorithm, and gives the key, pinned to the algorithm.
func (h dpopHeader) key() (*PublicKey, error) {
	if h.typ != dpopType {
		return nil, fmt.Errorf("%w: header member \"typ\" is %s; it must be %q", ErrInvalid, quote(h.typ), dpopType)
	}
	if err := h.alg.check("header member \"alg\""); err != nil {
		return nil, err
	}
	if h.jwk == nil {
		return nil, fmt.Errorf("%w: header member \"jwk\" is missing", ErrInvalid)
	}
	return h.jwk.publicKey(h.alg)
}

func (d *DPoP) readClaims(text string) error {
	r := reader{text: text, shape: dpopClaimsShape}
	r.object(dpopClaimsShape, func(member string) {
		switch member {
		case "jti":
			d.ID = r.printable(member, maxText)
		case "htm":
			d.Method = r.printable(member, maxText)
		case "htu":
			d.URL = r.printable(member, maxURL)
		case "iat":
			d.IssuedAt = r.date(member)
		case "ath":
			d.TokenHash = r.printable(member, maxText)
		case "nonce":
			d.Nonce = r.printable(member, maxText)
		}
	})
	return r.end()
}

func (d *DPoP) checkComplete() error {
	for _, claim := range []struct{ name, value string }{{"jti", d.ID}, {"htm", d.Method}, {"htu", d.URL}} {
		if claim.value == "" {
			return fmt.Errorf("%w: claim %q is missing", ErrInvalid, claim.name)
		}
	}
	if d.IssuedAt.IsZero() {
		return fmt.Errorf("%w: claim \"iat\" is missing", ErrInvalid)
	}
	return nil
}

// Check holds the proof against its request: checks 8, 9, 11 and 12. The nonce (10) and
// replays are for the caller, who has a memory. Errors are ErrMismatch, and ErrTime for a
// proof that was made too early or too late.
func (d *DPoP) Check(e ExpectedDPoP) error {
	// Check 8: the method, whose case counts (RFC 9110 §9.1).
	if d.Method != e.Method {
		return fmt.Errorf("%w: claim \"htm\" is %s; the request's method is %s", ErrMismatch, quote(d.Method), quote(e.Method))
	}
	// Check 9: the URL.
	if url, err := normalURL(e.URL); err != nil || d.URL != url {
		return fmt.Errorf("%w: claim \"htu\" is %q; the request is for %q", ErrMismatch, d.URL, e.URL)
	}
	// Check 11: the time.
	if off := e.Now.Sub(d.IssuedAt); off > e.Window || off < -e.Window {
		return fmt.Errorf("%w: claim \"iat\" is %s, and it is %s; they may be %s apart",
			ErrTime, d.IssuedAt.Format(time.RFC3339), e.Now.UTC().Format(time.RFC3339), e.Window)
	}
	// Check 12: the access token, and the key that it is bound to.
	if e.Token != "" && d.TokenHash != hashToken(e.Token) {
		return fmt.Errorf("%w: claim \"ath\" is not the hash of the access token", ErrMismatch)
	}
	if (e.Token != "" || e.Thumbprint != "") && d.JWK.Thumbprint() != e.Thumbprint {
		return fmt.Errorf("%w: the access token is bound to another key", ErrMismatch)
	}
	return nil
}

// hashToken is the claim ath of an access token.
func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64url.EncodeToString(sum[:])
}

type dpopHeaderText struct {
	Type      string          `json:"typ"`
	Algorithm Algorithm       `json:"alg"`
	JWK       json.RawMessage `json:"jwk"`
}

type dpopClaimsText struct {
	ID        string `json:"jti"`
	Method    string `json:"htm"`
	URL       string `json:"htu"`
	IssuedAt  int64  `json:"iat"`
	TokenHash string `json:"ath,omitempty"`
	Nonce     string `json:"nonce,omitempty"`
}

// SignDPoP makes a proof. Of d, JWK is the key's public half. Where token is not "", the
// proof has its hash; else it has d.TokenHash. It refuses what [ParseDPoP] would refuse.
func SignDPoP(key crypto.Signer, d DPoP, token string) (string, error) {
	if d.JWK == nil {
		return "", fmt.Errorf("%w: JWK must be the signer's public key", ErrKey)
	}
	if token != "" {
		d.TokenHash = hashToken(token)
	}
	header, err := json.Marshal(dpopHeaderText{dpopType, d.JWK.algorithm, d.JWK.JWK()})
	if err != nil {
		return "", err
	}
	claims, err := json.Marshal(dpopClaimsText{d.ID, d.Method, d.URL, d.IssuedAt.Unix(), d.TokenHash, d.Nonce})
	if err != nil {
		return "", err
	}
	input := base64url.EncodeToString(header) + "." + base64url.EncodeToString(claims)
	signature, err := signWith(key, d.JWK.algorithm, []byte(input))
	if err != nil {
		return "", fmt.Errorf("proof: sign with %s: %w", d.JWK.algorithm, err)
	}
	compact := input + "." + base64url.EncodeToString(signature)
	_, err = ParseDPoP(compact)
	if err != nil {
		return "", err
	}
	return compact, nil
}
