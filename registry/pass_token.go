package registry

import (
	"crypto/sha256"
	"sync"
	"time"

	"github.com/symbolon-id/symbolon"
)

// remintAfter is how long a pass's device token is given out again before another is made.
const remintAfter = time.Minute

// A memory of tokens holds at most 2*tokenShards*tokensPerShard, some 16 MiB.
const (
	tokenShards    = 64
	tokensPerShard = 128
)

// tokenMemory remembers the tokens of passes, by the name of the pass. Its shards keep out
// of each other's way.
type tokenMemory [tokenShards]tokenShard

// tokenShard has two generations: a full or old one gives way to a new one, and is
// forgotten when that is full or old in its turn.
type tokenShard struct {
	mu         sync.Mutex
	young, old map[[sha256.Size]byte]remembered
	since      time.Time
}

// remembered is a token and what it says that can change under a pass.
type remembered struct {
	token  string
	madeAt time.Time
	basis  tokenBasis
}

// tokenBasis is what a token rests on beside its pass.
type tokenBasis struct {
	version   int64 // of the device
	epoch     string
	notBefore int64
	trusted   bool
	risk      int
}

// get gives the token that was made lately on the same basis, or makes one.
func (m *tokenMemory) get(name [sha256.Size]byte, basis tokenBasis, now time.Time, mint func() (string, error)) (string, error) {
	s := &m[name[0]%tokenShards]
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.young[name]
	if !ok {
		found, ok = s.old[name]
	}
	if ok && found.basis == basis && lately(found.madeAt, now, remintAfter) {
		return found.token, nil
	}
	token, err := mint()
	if err != nil {
		return "", err
	}
	if s.young == nil || len(s.young) >= tokensPerShard || !lately(s.since, now, remintAfter) {
		s.young, s.old, s.since = map[[sha256.Size]byte]remembered{}, s.young, now
	}
	s.young[name] = remembered{token, now, basis}
	return token, nil
}

// lately is false too for what seems to come from the future: a clock was set back. Of two
// requests at once, the later may be served first.
func lately(since, now time.Time, span time.Duration) bool {
	age := now.Sub(since)
	return age > -time.Second && age < span
}

// tokenFor is the device token of a request that passes. It says what the pass says, is
// trusted only where the device is still, and has the risk of a decision since.
func (r *Registry) tokenFor(s *showing, now time.Time) (string, error) {
	basis := tokenBasis{s.Device.Version, s.User.Epoch, s.User.NotBefore.UnixMicro(), s.trusted(), s.risk}
	return r.tokens.get(s.name, basis, now, func() (string, error) {
		recommend := symbolon.RecommendAllow
		if basis.trusted {
			recommend = symbolon.RecommendTrust
		}
		device := s.Device // a copy here, so that s itself can stay off the heap
		return r.deviceToken(symbolon.Decision{Device: &device, Recommendation: recommend, Risk: symbolon.Risk{Score: s.risk}}, now)
	})
}
