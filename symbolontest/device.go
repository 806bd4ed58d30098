package symbolontest

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
)

// Device is a fake one: it holds a private key, and speaks to the service as an SDK does.
// Its methods may be called from any number of goroutines.
type Device struct {
	app App

	mu     sync.Mutex
	key    *key
	keyID  symbolon.KeyID
	user   symbolon.UserID
	device symbolon.DeviceID
}

// key is a private key with its public half.
type key struct {
	signer crypto.Signer
	public *proof.PublicKey
}

// NewDevice makes a device with a new key of the algorithm; RSA keys have 2048 bits.
func NewDevice(tb testing.TB, app App, alg proof.Algorithm) *Device {
	tb.Helper()
	k, err := newKey(alg)
	must(tb, err)
	return &Device{app: app, key: k, keyID: symbolon.KeyID(k.public.Thumbprint())}
}

func newKey(alg proof.Algorithm) (*key, error) {
	var signer crypto.Signer
	var err error
	switch alg {
	case proof.ES256:
		signer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case proof.EdDSA:
		_, signer, err = ed25519.GenerateKey(rand.Reader)
	case proof.PS256, proof.RS256:
		signer, err = rsa.GenerateKey(rand.Reader, 2048)
	default:
		err = fmt.Errorf("no device has keys for %q; there are %v", alg, proof.Algorithms())
	}
	if err != nil {
		return nil, err
	}
	public, err := proof.NewPublicKey(signer.Public(), alg)
	return &key{signer, public}, err
}

// On is the same device as another replica, or another credential of its app, sees it.
func (d *Device) On(app App) *Device {
	d.mu.Lock()
	defer d.mu.Unlock()
	return &Device{app: app, key: d.key, keyID: d.keyID, user: d.user, device: d.device}
}

// ID is the device's id; "" before it is registered.
func (d *Device) ID() symbolon.DeviceID {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.device
}

// KeyID is what its proofs name its key by.
func (d *Device) KeyID() symbolon.KeyID {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.keyID
}

// PublicKey is the public half of its present key, a JWK.
func (d *Device) PublicKey() json.RawMessage {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.key.public.JWK()
}

// Register registers the device for the user of the ticket: it shows that it has the key.
func (d *Device) Register(ctx context.Context, ticket string) (symbolon.Device, error) {
	return d.RegisterAs(ctx, ticket, symbolon.Registration{DeviceName: "A test's device", DeviceType: symbolon.TypeMobile, Platform: symbolon.PlatformOther})
}

// RegisterAs is Register with facts of the device; Proof is filled in, unless it is there.
func (d *Device) RegisterAs(ctx context.Context, ticket string, r symbolon.Registration) (symbolon.Device, error) {
	user, err := userOf(ticket)
	if err != nil {
		return symbolon.Device{}, err
	}
	if r.Proof == "" {
		if r.Proof, err = d.ProveForRegistration(ctx, user); err != nil {
			return symbolon.Device{}, err
		}
	}
	registered, _, err := d.app.Device.As(ticket).RegisterDevice(ctx, r)
	if err != nil {
		return symbolon.Device{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.user, d.device, d.keyID = user, registered.ID, registered.KeyID
	return registered, nil
}

// ProveForRegistration signs a fresh challenge with the key that is to be registered.
func (d *Device) ProveForRegistration(ctx context.Context, user symbolon.UserID) (string, error) {
	challenge, err := d.app.Device.CreateChallenge(ctx, string(proof.PurposeRegister))
	if err != nil {
		return "", err
	}
	k := d.present()
	return proof.Sign(k.signer, proof.Statement{
		Algorithm: k.public.Algorithm(), JWK: k.public, Audience: string(d.app.ID),
		Challenge: challenge.Challenge, Purpose: proof.PurposeRegister, Subject: string(user),
	})
}

// userOf reads the claim sub of a ticket, which a client does not verify.
func userOf(ticket string) (symbolon.UserID, error) {
	parts := strings.Split(ticket, ".")
	if len(parts) != 3 {
		return "", errors.New("symbolontest: the ticket is no JWT")
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", fmt.Errorf("symbolontest: the ticket is no JWT: %w", err)
	}
	var claims struct {
		Subject symbolon.UserID `json:"sub"`
	}
	return claims.Subject, json.Unmarshal(text, &claims)
}

// Statement is what a proof shall say beside who signed it.
type Statement struct {
	Challenge   string          // "" for a fresh one
	KeyID       symbolon.KeyID  // header kid; "" for the device's own
	User        symbolon.UserID // claim sub; "" for none
	Action      string          // "" for none
	PayloadHash string          // as proof.HashPayload gives it, or ""
}

// Prove signs a challenge: what the device sends to its app, for the backend to decide on.
func (d *Device) Prove(ctx context.Context, s Statement) (string, error) {
	if s.Challenge == "" {
		fresh, err := d.app.Device.CreateChallenge(ctx, string(proof.PurposeProve))
		if err != nil {
			return "", err
		}
		s.Challenge = fresh.Challenge
	}
	if s.KeyID == "" {
		s.KeyID = d.KeyID()
	}
	k := d.present()
	return proof.Sign(k.signer, proof.Statement{
		Algorithm: k.public.Algorithm(), KeyID: string(s.KeyID), Audience: string(d.app.ID),
		Challenge: s.Challenge, Purpose: proof.PurposeProve, Subject: string(s.User),
		Action: s.Action, PayloadHash: s.PayloadHash,
	})
}

// Decide proves, and asks as the app's backend does, for a user that the backend names.
func (d *Device) Decide(ctx context.Context, user symbolon.UserID) (symbolon.Decision, error) {
	p, err := d.Prove(ctx, Statement{})
	if err != nil {
		return symbolon.Decision{}, err
	}
	return d.app.Backend.Decide(ctx, symbolon.DecisionRequest{UserID: user, Proof: p})
}

// Trust passes a second factor, so to say: it proves and lets the backend trust the device
// on that decision, for as long as the policy says.
func (d *Device) Trust(ctx context.Context) (symbolon.Device, error) {
	d.mu.Lock()
	user, device := d.user, d.device
	d.mu.Unlock()
	decision, err := d.Decide(ctx, user)
	if err != nil {
		return symbolon.Device{}, err
	}
	return d.app.Backend.TrustDevice(ctx, device, symbolon.TrustRequest{DecisionID: decision.ID, Factor: "otp"})
}

// Rotate replaces the key by a new one of the same algorithm. The device keeps the old one
// where that fails.
func (d *Device) Rotate(ctx context.Context) (symbolon.Device, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	next, rotation, err := d.rotation(ctx, Statement{KeyID: d.keyID, User: d.user})
	if err != nil {
		return symbolon.Device{}, err
	}
	rotated, err := d.app.Device.RotateKey(ctx, d.device, rotation)
	if err == nil {
		d.key = next
	}
	return rotated, err
}

// ProveForRotation signs both halves of a rotation to a new key, which is then forgotten.
func (d *Device) ProveForRotation(ctx context.Context, s Statement) (symbolon.Rotation, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, rotation, err := d.rotation(ctx, s)
	return rotation, err
}

func (d *Device) rotation(ctx context.Context, s Statement) (*key, symbolon.Rotation, error) {
	next, err := newKey(d.key.public.Algorithm())
	if err != nil {
		return nil, symbolon.Rotation{}, err
	}
	challenge, err := d.app.Device.CreateChallenge(ctx, string(proof.PurposeRotate))
	if err != nil {
		return nil, symbolon.Rotation{}, err
	}
	both := proof.Statement{
		Algorithm: next.public.Algorithm(), JWK: next.public, Audience: string(d.app.ID),
		Challenge: challenge.Challenge, Purpose: proof.PurposeRotate, Subject: string(s.User),
	}
	byNew, err := proof.Sign(next.signer, both)
	if err != nil {
		return nil, symbolon.Rotation{}, err
	}
	both.KeyID = string(s.KeyID)
	byOld, err := proof.Sign(d.key.signer, both)
	return next, symbolon.Rotation{Proof: byOld, NewProof: byNew}, err
}

func (d *Device) present() *key {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.key
}
