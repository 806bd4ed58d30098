// Package registry is the one service: it registers devices, decides, keeps trust, and
// runs the background work. Its operations take who calls ([symbolon.Caller], which
// carries the moment of the request) and say at their first line who may call them. It
// knows neither SQL nor HTTP.
package registry

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"

	"github.com/symbolon-id/symbolon"
)

// Config is what a Registry is made of.
type Config struct {
	Store     symbolon.Store
	Secrets   [][]byte                // the current one first, then earlier ones; each of at least 32 bytes
	PublicURL string                  // issuer of tickets and device tokens
	AdminKey  string                  // bearer of an admin on all apps, for automation; "" for none
	Places    Places                  // where addresses are; nil where nothing is known of them
	Issuers   Issuers                 // reads tokens of OIDC issuers; nil where none are read
	SignIns   SignIns                 // asks Provider; needed with it
	Provider  *symbolon.AdminProvider // by which admins may sign in, or nil
	Log       *slog.Logger
	Metrics   Metrics // nil for none

	About func(context.Context) symbolon.Surroundings // for [Registry.Status]; nil where nothing is known
}

// Metrics hears of what is worth counting.
type Metrics interface {
	Decided(symbolon.Recommendation)
	Sealed(symbolon.SealReport)
}

// Registry is the service. Its methods may be called from any number of goroutines.
type Registry struct {
	store     symbolon.Store
	secrets   secrets
	publicURL string
	adminHash []byte
	log       *slog.Logger
	metrics   Metrics
	places    Places
	issuers   Issuers
	signIns   SignIns
	provider  *symbolon.AdminProvider
	party     *relyingParty // nil where passkeys can't be used
	rates     rates
	about     func(context.Context) symbolon.Surroundings
	lag       atomic.Int64 // of what waits to be sealed, as it was seen last

	settings    cache[symbolon.AppID, *settings]
	credentials cache[credentialKey, symbolon.Credential]
	rules       rulebooks
	known       acquaintances
	signer      tokenSigner
	keySet      keySet
	tokens      tokenMemory
	readiness   readiness
	counts      counts
	refusals    refusals
	censuses    censuses
}

// New makes the service over a store.
func New(cfg Config) (*Registry, error) {
	if cfg.Store == nil || cfg.PublicURL == "" {
		return nil, errors.New("registry: a store and a public URL are needed")
	}
	keys, err := newSecrets(cfg.Secrets)
	if err != nil {
		return nil, err
	}
	r := &Registry{
		store: cfg.Store, secrets: keys, publicURL: cfg.PublicURL,
		log: cfg.Log, metrics: cfg.Metrics, places: cfg.Places, issuers: cfg.Issuers,
		signIns: cfg.SignIns, provider: cfg.Provider, about: cfg.About,
	}
	if r.party, err = newRelyingParty(cfg.PublicURL); err != nil {
		return nil, err
	}
	if r.about == nil {
		r.about = func(context.Context) symbolon.Surroundings {
			return symbolon.Surroundings{Places: []symbolon.PlaceFile{}}
		}
	}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	if r.metrics == nil {
		r.metrics = noMetrics{}
	}
	if r.places == nil {
		r.places = nowhere{}
	}
	if r.issuers == nil {
		r.issuers = noIssuers{}
	}
	if cfg.AdminKey != "" {
		if len(cfg.AdminKey) < 20 {
			return nil, errors.New("registry: the admin key must have at least 20 characters")
		}
		r.adminHash = symbolon.HashCredential(cfg.AdminKey)
	}
	return r, nil
}

type noMetrics struct{}

func (noMetrics) Decided(symbolon.Recommendation) {}
func (noMetrics) Sealed(symbolon.SealReport)      {}
