package rig

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/risk"
)

// DevicesPerUser is how many devices each user has.
const DevicesPerUser = 5

// Device is a device with its private key. Both follow from its number, so that a store
// can be filled by one process and asked about by another.
type Device struct {
	User symbolon.UserID
	key  *ecdsa.PrivateKey
	half *proof.PublicKey
}

// DeviceAt makes the device of that number.
func DeviceAt(number int) Device {
	scalar := sha256.Sum256(fmt.Appendf(nil, "device %d", number))
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar[:])
	if err != nil {
		panic(err) // one number in 2³² has no key
	}
	half, err := proof.NewPublicKey(key.Public(), proof.ES256)
	if err != nil {
		panic(err) // the key is on P-256
	}
	return Device{User: symbolon.UserID(fmt.Sprintf("user-%07d", number/DevicesPerUser)), key: key, half: half}
}

// sign makes the device's proof over a challenge, or over a register challenge the one
// that carries its key.
func (d Device) sign(challenge string, purpose proof.Purpose) (string, error) {
	s := proof.Statement{Audience: string(App), Challenge: challenge, Purpose: purpose, Subject: string(d.User)}
	if purpose == proof.PurposeRegister {
		s.JWK = d.half
	} else {
		s.KeyID = d.half.Thumbprint()
	}
	return proof.Sign(d.key, s)
}

// records are the device and its key as the store keeps them: registered by a browser,
// and trusted for 30 days.
func (d Device) records(now time.Time) (symbolon.Key, symbolon.Device) {
	seen := risk.ParseClient(risk.ConnectionOf(func(header string) string {
		if header == "User-Agent" {
			return userAgent
		}
		return ""
	}), risk.Signals{})
	until := now.AddDate(0, 0, 30)
	key := symbolon.Key{
		AppID: App, ID: symbolon.KeyID(d.half.Thumbprint()), Thumbprint: d.half.Thumbprint(),
		PublicKey: d.half.JWK(), Storage: symbolon.StorageBrowser, CreatedAt: now,
	}
	return key, symbolon.Device{
		ID: symbolon.NewDeviceID(), AppID: App, UserID: d.User, KeyID: key.ID, Status: symbolon.StatusActive,
		Name: seen.Name, Type: symbolon.DeviceType(seen.DeviceType), Platform: symbolon.PlatformWeb,
		UserAgent: seen.UserAgent, OperatingSystem: seen.OperatingSystem, Browser: seen.Browser, IPAddress: ipAddress,
		Trust:    &symbolon.Trust{TrustedAt: now, GrantedAt: now, TrustedUntil: &until, Factor: "otp"},
		ProvenAt: &now, LastUsedAt: &now, CreatedAt: now, UpdatedAt: now,
	}
}
