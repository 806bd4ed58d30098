// Package passkeytest is an authenticator in software (WebAuthn Level 3 §6), for tests. It
// does as it is told, also what no honest one would.
package passkeytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
)

// Flags of authenticator data (§6.1).
const (
	Present  = 0x01
	Verified = 0x04
	attested = 0x40
)

// Authenticator holds one passkey. Its fields may be changed between two uses.
type Authenticator struct {
	Origin string
	RPID   string
	Flags  byte
	Count  uint32 // of signatures; it stays where it is
	Handle []byte // whose it is, as it was told when the passkey was made
	Type   string // of the client data, where it is not the usual one

	id  []byte
	key *ecdsa.PrivateKey
}

// New is one in a browser at the origin, whose person is verified.
func New(t testing.TB, origin, rpID string) *Authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 16)
	rand.Read(id)
	return &Authenticator{Origin: origin, RPID: rpID, Flags: Present | Verified, id: id, key: key}
}

type options struct {
	Challenge string
	User      struct{ ID string }
}

func (a *Authenticator) read(t testing.TB, text []byte) options {
	t.Helper()
	var o options
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatalf("options that are none: %v: %s", err, text)
	}
	return o
}

// Create makes the passkey by creation options, and gives what a browser would.
func (a *Authenticator) Create(t testing.TB, optionsJSON []byte) json.RawMessage {
	t.Helper()
	o := a.read(t, optionsJSON)
	var err error
	if a.Handle, err = base64.RawURLEncoding.DecodeString(o.User.ID); err != nil {
		t.Fatal(err)
	}
	point, err := a.key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	public, err := webauthncbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]}) // RFC 9053 §7.1.1
	if err != nil {
		t.Fatal(err)
	}
	data := a.data(attested)
	data = append(data, make([]byte, 16)...) // AAGUID
	data = binary.BigEndian.AppendUint16(data, uint16(len(a.id)))
	data = append(append(data, a.id...), public...)
	object, err := webauthncbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})
	if err != nil {
		t.Fatal(err)
	}
	return a.credential(map[string]any{"clientDataJSON": a.clientData("webauthn.create", o.Challenge), "attestationObject": object, "transports": []string{"internal"}})
}

// Get shows the passkey by request options.
func (a *Authenticator) Get(t testing.TB, optionsJSON []byte) json.RawMessage {
	t.Helper()
	client, data := a.clientData("webauthn.get", a.read(t, optionsJSON).Challenge), a.data(0)
	sum := sha256.Sum256(client)
	signed := sha256.Sum256(append(append([]byte{}, data...), sum[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, signed[:])
	if err != nil {
		t.Fatal(err)
	}
	return a.credential(map[string]any{"clientDataJSON": client, "authenticatorData": data, "signature": signature, "userHandle": a.Handle})
}

func (a *Authenticator) data(more byte) []byte {
	rp := sha256.Sum256([]byte(a.RPID))
	return binary.BigEndian.AppendUint32(append(rp[:], a.Flags|more), a.Count)
}

func (a *Authenticator) clientData(usual, challenge string) []byte {
	if a.Type != "" {
		usual = a.Type
	}
	return fmt.Appendf(nil, `{"type":%q,"challenge":%q,"origin":%q,"crossOrigin":false}`, usual, challenge, a.Origin)
}

// credential is the JSON of §5.1, where bytes are base64url.
func (a *Authenticator) credential(response map[string]any) json.RawMessage {
	for name, value := range response {
		if b, ok := value.([]byte); ok {
			response[name] = base64.RawURLEncoding.EncodeToString(b)
		}
	}
	id := base64.RawURLEncoding.EncodeToString(a.id)
	text, err := json.Marshal(map[string]any{
		"id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": map[string]any{}, "authenticatorAttachment": "platform",
	})
	if err != nil {
		panic(err) // it holds texts only
	}
	return text
}
