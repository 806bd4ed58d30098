package trial

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/bench/risk/logins"
	"github.com/symbolon-id/symbolon/risk"
)

// product does with logins what the service does: it knows devices by their keys, keeps
// their histories, and takes over how a device looks only where that was not odd.
type product struct {
	pepper  []byte
	policy  symbolon.Policy
	devices map[int][]*symbolon.Device // by user
}

func newProduct() *product {
	return &product{
		pepper: []byte("thirty-two bytes for this bench."), policy: symbolon.DefaultPolicy(), devices: map[int][]*symbolon.Device{},
	}
}

// seen is a login as the service reads it.
type seen struct {
	logins.Login
	scene       risk.Scene
	fingerprint string
	device      *symbolon.Device // nil for unknown
}

func (p *product) read(l logins.Login) (seen, error) {
	signals, err := risk.ParseSignals(l.Signals)
	if err != nil {
		return seen{}, fmt.Errorf("the simulator makes signals that the service refuses: %w", err)
	}
	s := seen{Login: l, device: p.device(l.User, l.Key), scene: risk.Scene{
		Now: l.At, Proof: symbolon.ProofMissing, Conn: l.Connection, Client: risk.ParseClient(l.Connection, signals),
		Signals: signals, Place: l.Place, UserRate: 1, DeviceRate: 1, AddressRate: 1,
	}}
	if s.device != nil {
		s.scene.Proof = symbolon.ProofValid
	}
	s.fingerprint, s.scene.Traits = risk.FingerprintV2(p.pepper, s.scene.Client, signals)
	return s, nil
}

func (p *product) device(user int, key string) *symbolon.Device {
	if key == "" {
		return nil
	}
	for _, d := range p.devices[user] {
		if d.KeyID == symbolon.KeyID(key) {
			return d
		}
	}
	return nil
}

// assess gives the login's risk: around an unknown device, the service looks at the
// user's others.
func (p *product) assess(s seen) symbolon.Risk {
	devices := p.devices[s.User]
	h := risk.History{Device: s.device, Around: symbolon.Around{UserDevices: len(devices)}}
	if s.device == nil {
		for _, d := range devices {
			h.Visits, h.OtherTraits = append(h.Visits, d.History), append(h.OtherTraits, d.Traits)
		}
		return risk.Assess(s.scene, h, p.policy.Risk)
	}
	h.Around.KeyUsers = 1
	if s.Shared {
		h.Around.KeyUsers = 2
	}
	return risk.Assess(s.scene, h, p.policy.Risk)
}

// learn takes in an honest login after it was assessed. What was odd is learnt only as
// the app registers the same key again once the second factor was passed, which teaches
// how the device looks, and not where it was.
func (p *product) learn(s seen, r symbolon.Risk) {
	d := s.device
	if d == nil {
		p.register(s)
		return
	}
	at := s.At
	if r.Score < p.policy.Risk.ChallengeAt && d.History.Misses(s.Place, at) {
		d.History, d.Location = d.History.With(s.Place, at), s.Place.Location
	}
	d.LastUsedAt, d.RiskScore = &at, r.Score
	s.describe(d)
}

// register gives the user a device; the longest unused makes room.
func (p *product) register(s seen) {
	if s.Registers == "" {
		return
	}
	all := p.devices[s.User]
	if len(all) >= p.policy.Limits.Devices {
		oldest := slices.MinFunc(all, func(a, b *symbolon.Device) int { return cmp.Compare(a.LastSeen().UnixNano(), b.LastSeen().UnixNano()) })
		all = slices.DeleteFunc(all, func(d *symbolon.Device) bool { return d == oldest })
	}
	at := s.At.Add(time.Second)
	d := &symbolon.Device{
		KeyID: symbolon.KeyID(s.Registers), UserID: symbolon.UserID(fmt.Sprint(s.User)), Status: symbolon.StatusActive,
		KeyStorage: symbolon.StorageBrowser, CreatedAt: at, UpdatedAt: at, ProvenAt: &at,
		History: symbolon.History{}.With(s.Place, at), Location: s.Place.Location,
	}
	s.describe(d)
	p.devices[s.User] = append(all, d)
}

// describe makes the device's record look as the login did. What it does not show, or
// shows less precisely, stays.
func (s seen) describe(d *symbolon.Device) {
	c := s.scene.Client
	d.UserAgent, d.Fingerprint, d.Traits = c.UserAgent, s.fingerprint, risk.Learn(d.Traits, s.scene.Traits)
	if !strings.HasPrefix(d.OperatingSystem, c.OperatingSystem) {
		d.OperatingSystem = c.OperatingSystem
	}
	if !strings.HasPrefix(d.Browser, c.Browser) {
		d.Browser = c.Browser
	}
}
