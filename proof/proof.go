package proof

import "fmt"

// MaxSize is the most characters that a compact proof may have. The largest honest one,
// with a 4096-bit key in its header and ids of 255 characters, stays below it.
const MaxSize = 8192

const proofType = "symbolon-proof+jwt"

// Statement is what a device says in a proof. Absent members are "".
type Statement struct {
	Algorithm Algorithm  // header alg
	KeyID     string     // header kid: opaque, only ever compared
	JWK       *PublicKey // header jwk: when registering, and the new key when rotating

	Audience    string // aud: the app
	Challenge   string
	Purpose     Purpose
	Subject     string // sub: the user
	Action      string // what the user agreed to
	PayloadHash string // of what the user was shown, as HashPayload returns it
}

// Proof is a parsed proof: its form is right, but nobody is shown to have signed it
// until [Proof.Verify].
type Proof struct {
	Statement
	signed    []byte // the JWS signing input, RFC 7515 §5.1
	signature []byte
}

var (
	headerShape = &shape{name: "header", failure: ErrInvalid, members: []string{"typ", "alg", "kid", "jwk"}}
	claimsShape = &shape{
		name: "claims", failure: ErrInvalid,
		members: []string{"aud", "challenge", "purpose", "sub", "action", "payloadHash"},
	}
)

// Parse reads a compact proof and checks its form, steps 1 to 9 of the protocol. Errors
// are ErrNotJWS for what is no JWS at all, else ErrInvalid or one of its kinds.
func Parse(compact string) (*Proof, error) {
	// Steps 1 and 2: size, and three parts of base64url.
	parts, err := splitJWS(compact)
	if err != nil {
		return nil, err
	}
	// Step 3: two JSON objects.
	p := &Proof{signed: parts.signed, signature: parts.signature}
	typ, carried, err := p.read(parts.header, parts.claims)
	if err != nil {
		return nil, parts.refuse(err)
	}
	if err := p.validate(typ, carried); err != nil {
		return nil, err
	}
	return p, nil
}

// read fills the statement from the two objects, and returns the header's typ and jwk.
func (p *Proof) read(header, claims string) (typ string, carried *jwk, err error) {
	h := reader{text: header, shape: headerShape}
	h.object(headerShape, func(member string) {
		switch member {
		case "typ":
			typ = h.printable(member, maxText)
		case "alg":
			p.Algorithm = Algorithm(h.printable(member, maxText))
		case "kid":
			p.KeyID = h.printable(member, maxText)
		case "jwk":
			carried = h.jwk()
		}
	})
	if err := h.end(); err != nil {
		return "", nil, err
	}
	c := reader{text: claims, shape: claimsShape}
	c.object(claimsShape, func(member string) {
		*p.claim(member) = c.printable(member, maxText)
	})
	return typ, carried, c.end()
}

func (s *Statement) claim(member string) *string {
	switch member {
	case "aud":
		return &s.Audience
	case "challenge":
		return &s.Challenge
	case "purpose":
		return (*string)(&s.Purpose)
	case "sub":
		return &s.Subject
	case "action":
		return &s.Action
	}
	return &s.PayloadHash
}

// validate checks what the members say; read has checked each one's form.
func (p *Proof) validate(typ string, carried *jwk) error {
	// Step 4: type.
	if typ != proofType {
		return fmt.Errorf("%w: header member \"typ\" is %s; it must be %q", ErrInvalid, quote(typ), proofType)
	}
	// Step 5: algorithm.
	if err := p.Algorithm.check("header member \"alg\""); err != nil {
		return err
	}
	// Step 6: purpose, and which key the header names for it.
	if err := p.Purpose.check(); err != nil {
		return err
	}
	if err := p.checkCarriers(carried != nil); err != nil {
		return err
	}
	// Step 7: the jwk. Beside a kid it is the next key, with an algorithm of its own.
	if carried != nil {
		alg := p.Algorithm
		if p.KeyID != "" {
			alg = ""
		}
		var err error
		if p.JWK, err = carried.publicKey(alg); err != nil {
			return err
		}
	}
	// Step 8: claims.
	if err := p.checkClaims(); err != nil {
		return err
	}
	// Step 9: the signature's length.
	return p.Algorithm.checkSignature(p.signature)
}

func (s *Statement) checkCarriers(hasJWK bool) error {
	allowed, fits := "kid and no jwk", s.KeyID != "" && !hasJWK
	switch s.Purpose {
	case PurposeRegister:
		allowed, fits = "jwk and no kid", s.KeyID == "" && hasJWK
	case PurposeRotate:
		allowed, fits = "jwk, and kid too in the old key's proof", hasJWK
	}
	if !fits {
		return fmt.Errorf("%w: to %s the header needs %s", ErrInvalid, s.Purpose, allowed)
	}
	return nil
}

func (s *Statement) checkClaims() error {
	switch {
	case s.Audience == "":
		return fmt.Errorf("%w: claim \"aud\" is missing", ErrInvalid)
	case s.Challenge == "":
		return fmt.Errorf("%w: claim \"challenge\" is missing", ErrInvalid)
	case s.Subject == "" && s.Purpose != PurposeProve:
		return fmt.Errorf("%w: claim \"sub\" is missing; only the purpose prove can do without", ErrInvalid)
	case s.PayloadHash != "" && !IsPayloadHash(s.PayloadHash):
		return fmt.Errorf("%w: claim \"payloadHash\" must be a SHA-256, 43 characters of base64url", ErrInvalid)
	}
	return nil
}
