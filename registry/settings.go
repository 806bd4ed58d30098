package registry

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/symbolon-id/symbolon"
)

// cacheFor is how long an app's settings, or a credential, count without a look at the
// store. Changes made through this process count at once; on other replicas they count
// within this time. Devices and users are never cached.
const cacheFor = time.Second

// settings are what most operations need of an app.
type settings struct {
	app    symbolon.App
	policy symbolon.Policy
	pepper []byte
	asOf   time.Time
}

type settingsCache struct {
	mu   sync.RWMutex
	apps map[symbolon.AppID]*settings
}

func newSettingsCache() *settingsCache {
	return &settingsCache{apps: map[symbolon.AppID]*settings{}}
}

func (c *settingsCache) get(app symbolon.AppID, now time.Time) *settings {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if s := c.apps[app]; s != nil && fresh(s.asOf, now) {
		return s
	}
	return nil
}

func (c *settingsCache) put(s *settings) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.apps[s.app.ID] = s
}

func (c *settingsCache) drop(app symbolon.AppID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.apps, app)
}

// fresh is false too for what seems to come from the future: a clock was set back.
func fresh(asOf, now time.Time) bool {
	age := now.Sub(asOf)
	return age >= 0 && age < cacheFor
}

// settingsOf gives an app's settings; ErrNotFound for an app that is not there.
func (r *Registry) settingsOf(ctx context.Context, app symbolon.AppID, now time.Time) (*settings, error) {
	if s := r.settings.get(app, now); s != nil {
		return s, nil
	}
	a, err := r.store.GetApp(ctx, app)
	if errors.Is(err, symbolon.ErrNotFound) {
		return nil, symbolon.Errorf(symbolon.ErrNotFound, "there is no such app")
	}
	if err != nil {
		return nil, err
	}
	p, err := readPolicy(ctx, r.store, app)
	if err != nil {
		return nil, err
	}
	s := &settings{app: a, policy: p, pepper: r.secrets.current().pepper("fingerprint", app), asOf: now}
	r.settings.put(s)
	return s, nil
}

func readPolicy(ctx context.Context, s symbolon.Store, app symbolon.AppID) (symbolon.Policy, error) {
	v, err := s.GetPolicy(ctx, app)
	if errors.Is(err, symbolon.ErrNotFound) {
		return symbolon.DefaultPolicy(), nil
	}
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

// maxHolders bounds the credentials that are remembered.
const maxHolders = 1024

type holderKey struct {
	app  symbolon.AppID
	hash [32]byte
}

type holder struct {
	credential symbolon.Credential
	asOf       time.Time
}

// credentialCache remembers good credentials only, so that guesses fill nothing.
type credentialCache struct {
	mu   sync.RWMutex
	good map[holderKey]holder
}

func newCredentialCache() *credentialCache {
	return &credentialCache{good: map[holderKey]holder{}}
}

func (c *credentialCache) get(k holderKey, now time.Time) (symbolon.Credential, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	h, ok := c.good[k]
	return h.credential, ok && fresh(h.asOf, now)
}

func (c *credentialCache) put(k holderKey, h holder) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.good) >= maxHolders {
		clear(c.good)
	}
	c.good[k] = h
}

func (c *credentialCache) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.good)
}
