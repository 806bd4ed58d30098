package middleware

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	keysLife  = 5 * time.Minute // then they are looked up again, so that a withdrawn one goes
	keysStale = 2 * keysLife    // without a look-up for so long, requests wait for one
	keysKept  = 24 * time.Hour  // in an outage; then nobody knows whether they still count
	keysPause = 5 * time.Second // between two look-ups, whatever tokens ask for
	keysLimit = 5 * time.Second // for one look-up
	maxKeys   = 1 << 20         // bytes of the answer
)

// errNoKey says that the service has no such key.
var errNoKey = errors.New("no such key")

// keys are the service's public keys (RFC 7517). They are kept for a while when the service
// is down, so that the last tokens serve to their end. A key that the service has withdrawn
// counts for keysStale at most as long as the service can be reached, however few requests
// come, and for keysKept otherwise.
type keys struct {
	url  string
	http *http.Client
	log  *slog.Logger

	mu        sync.Mutex
	byID      map[string]jose.JSONWebKey
	fetchedAt time.Time
	triedAt   time.Time
	endedAt   time.Time     // when the last look-up began that has ended, well or not
	trouble   error         // of the last look-up
	pending   chan struct{} // closed when the look-up that goes on has ended; nil where none does
}

func newKeys(cfg Config) *keys {
	own := http.Client{Timeout: keysLimit}
	if cfg.HTTPClient != nil {
		own = *cfg.HTTPClient
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &keys{url: cfg.KeysURL, http: &own, log: cfg.Log}
}

// find gives the key of the id, looking it up if need be. The error is errNoKey only where
// the service said so: as long as it does not answer, nobody knows.
func (k *keys) find(ctx context.Context, id string, now time.Time) (jose.JSONWebKey, error) {
	if pending := k.look(ctx, id, now); pending != nil {
		select {
		case <-pending:
		case <-ctx.Done():
			return jose.JSONWebKey{}, ctx.Err()
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	key, found := k.kept(id, now)
	switch {
	case found:
		return key, nil
	case k.trouble != nil:
		return key, k.trouble
	}
	return key, errNoKey
}

// look begins a look-up where one is due, and gives what to wait for, if anything. Keys that
// are old serve while others are looked up; those that nobody has looked up for long do not.
func (k *keys) look(ctx context.Context, id string, now time.Time) (pending <-chan struct{}) {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, found := k.kept(id, now)
	due := !found || now.Sub(k.fetchedAt) >= keysLife
	if due && k.pending == nil && (k.triedAt.IsZero() || now.Sub(k.triedAt) >= keysPause) {
		k.triedAt, k.pending = now, make(chan struct{})
		go k.lookUp(context.WithoutCancel(ctx), now) // for all who wait, so not by the one who asked first
	}
	if found && now.Sub(k.endedAt) < keysStale {
		return nil
	}
	return k.pending
}

// kept gives a key that was not kept for too long.
func (k *keys) kept(id string, now time.Time) (key jose.JSONWebKey, found bool) {
	key, found = k.byID[id]
	return key, found && now.Sub(k.fetchedAt) < keysKept
}

func (k *keys) lookUp(ctx context.Context, now time.Time) {
	ctx, cancel := context.WithTimeout(ctx, keysLimit)
	defer cancel()
	byID, err := k.fetch(ctx)
	if err != nil {
		err = fmt.Errorf("the keys of device tokens could not be had from %s: %w", k.url, err)
		k.log.WarnContext(ctx, "symbolon: keys of device tokens", "error", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.endedAt = now
	if k.trouble = err; err == nil {
		k.byID, k.fetchedAt = byID, now
	}
	close(k.pending)
	k.pending = nil
}

func (k *keys) fetch(ctx context.Context) (map[string]jose.JSONWebKey, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, k.url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := k.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the answer was %s", resp.Status)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxKeys))
	if err != nil {
		return nil, err
	}
	return parseKeys(text)
}

// parseKeys reads a key set, and passes over what can't verify a device token: keys of
// other kinds or uses may come to stand there one day.
func parseKeys(text []byte) (map[string]jose.JSONWebKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, fmt.Errorf("the answer is no key set: %w", err)
	}
	byID := map[string]jose.JSONWebKey{}
	for _, one := range set.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(one) == nil && key.KeyID != "" && (key.Use == "" || key.Use == "sig") && verifies(key) {
			byID[key.KeyID] = key
		}
	}
	if len(byID) == 0 {
		return nil, errors.New("the answer has no key for EdDSA or ES256")
	}
	return byID, nil
}

func verifies(key jose.JSONWebKey) bool {
	switch public := key.Key.(type) {
	case ed25519.PublicKey:
		return true
	case *ecdsa.PublicKey:
		return public.Curve == elliptic.P256()
	}
	return false
}
