package proof

import "fmt"

// SessionProof is what a browser signs to bind a session, or to keep it (Device Bound
// Session Credentials, W3C draft). The key is the browser's own and of this session only.
type SessionProof struct {
	Algorithm     Algorithm  // ES256 or RS256
	JWK           *PublicKey // the session's key when it is registered; nil when it is refreshed
	Challenge     string     // jti
	Authorization string     // as the service sent it along with the challenge, or ""
	Audience      string     // aud, or "": browsers leave it out as a rule

	parts jws
}

const (
	sessionType = "dbsc+jwt"
	// maxAuthorization is the most characters of an authorization, which is the service's own.
	maxAuthorization = 2048
)

// Browsers say more in time, and the draft changes: what is not known is passed over. Only
// crit, which says that a member must be understood, is not.
var (
	sessionHeaderShape = &shape{name: "header", failure: ErrInvalid, members: []string{"typ", "alg", "jwk", "crit"}, open: true}
	sessionClaimsShape = &shape{name: "claims", failure: ErrInvalid, members: []string{"jti", "authorization", "aud"}, open: true}
)

// ParseSession reads a session's proof and checks its form. Nobody is shown to have signed
// it until [SessionProof.Verify]. Errors are ErrNotJWS, or ErrInvalid or one of its kinds.
func ParseSession(compact string) (*SessionProof, error) {
	parts, err := splitJWS(compact)
	if err != nil {
		return nil, err
	}
	p := &SessionProof{parts: parts}
	typ, carried, err := p.readHeader()
	if err == nil {
		err = p.readClaims()
	}
	if err != nil {
		return nil, parts.refuse(err)
	}
	return p, p.validate(typ, carried)
}

func (p *SessionProof) readHeader() (typ string, carried *jwk, err error) {
	r := reader{text: p.parts.header, shape: sessionHeaderShape}
	r.object(sessionHeaderShape, func(member string) {
		switch member {
		case "typ":
			typ = r.printable(member, maxText)
		case "alg":
			p.Algorithm = Algorithm(r.printable(member, maxText))
		case "jwk":
			carried = r.jwk()
		default:
			r.fail("has the member %q; no extension is understood", member)
		}
	})
	return typ, carried, r.end()
}

func (p *SessionProof) readClaims() error {
	r := reader{text: p.parts.claims, shape: sessionClaimsShape}
	r.object(sessionClaimsShape, func(member string) {
		switch member {
		case "jti":
			p.Challenge = r.printable(member, maxText)
		case "authorization":
			p.Authorization = r.printable(member, maxAuthorization)
		case "aud":
			p.Audience = r.printable(member, maxURL)
		}
	})
	return r.end()
}

// validate checks what the members say; reading has checked each one's form.
func (p *SessionProof) validate(typ string, carried *jwk) error {
	if typ != sessionType {
		return fmt.Errorf("%w: header member \"typ\" is %s; it must be %q", ErrInvalid, quote(typ), sessionType)
	}
	if p.Algorithm != ES256 && p.Algorithm != RS256 {
		return fmt.Errorf("%w: header member \"alg\" is %s; of a session it is ES256 or RS256", ErrAlgorithm, quote(string(p.Algorithm)))
	}
	if p.Challenge == "" {
		return fmt.Errorf("%w: claim \"jti\" is missing", ErrInvalid)
	}
	if carried != nil {
		var err error
		if p.JWK, err = carried.publicKey(p.Algorithm); err != nil {
			return err
		}
	}
	return p.Algorithm.checkSignature(p.parts.signature)
}

// Verify checks that exactly this key signed, with the algorithm that it is pinned to: the
// proof's own JWK when a session is registered, the stored key when it is refreshed. The
// error is ErrSignature.
func (p *SessionProof) Verify(key *PublicKey) error {
	signed := Proof{Statement: Statement{Algorithm: p.Algorithm}, signed: p.parts.signed, signature: p.parts.signature}
	return signed.Verify(key)
}
