package registry

import (
	"context"
	"errors"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
)

// settings are what most operations need of an app.
type settings struct {
	app     symbolon.App
	issuers []symbolon.Issuer // with their secrets in the clear
	policy  symbolon.Policy
	rules   *policy.Rules
	pepper  []byte
}

// settingsOf gives an app's settings; ErrNotFound for an app that is not there.
func (r *Registry) settingsOf(ctx context.Context, app symbolon.AppID, now time.Time) (*settings, error) {
	s, epoch, ok := r.settings.get(app, now)
	if ok {
		return s, nil
	}
	a, err := appIn(ctx, r.store, app)
	if err != nil {
		return nil, err
	}
	v, err := policyIn(ctx, r.store, app)
	if err != nil {
		return nil, err
	}
	p, err := symbolon.ParsePolicy(v.Document)
	if err != nil {
		return nil, err
	}
	s = &settings{
		app: a, issuers: r.openIssuers(a), policy: p, rules: r.compiled(v, p),
		pepper: r.secrets.current().pepper("fingerprint", app),
	}
	r.settings.put(app, s, now, epoch)
	return s, nil
}

// shown is the device with what its trust comes to now, as everybody is answered with it.
// What is stored has it not.
func (s *settings) shown(d symbolon.Device, now time.Time) symbolon.Device {
	d.Trust = d.TrustNow(now, s.policy.Trust)
	return d
}

func (s *settings) allShown(devices []symbolon.Device, now time.Time) []symbolon.Device {
	for i, d := range devices {
		devices[i] = s.shown(d, now)
	}
	return devices
}

func readPolicy(ctx context.Context, s symbolon.Policies, app symbolon.AppID) (symbolon.Policy, error) {
	v, err := policyIn(ctx, s, app)
	if err != nil {
		return symbolon.Policy{}, err
	}
	return symbolon.ParsePolicy(v.Document)
}

// AllowsOrigin tells whether pages of the web origin may call the app's public
// operations. It is false for an app that is not there.
func (r *Registry) AllowsOrigin(ctx context.Context, app symbolon.AppID, origin string, at time.Time) (bool, error) {
	s, err := r.settingsOf(ctx, app, at)
	if errors.Is(err, symbolon.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return s.app.AllowsOrigin(origin), nil
}
