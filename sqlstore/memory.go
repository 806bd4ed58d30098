package sqlstore

import (
	"hash/maphash"
	"sync"
	"sync/atomic"

	"github.com/symbolon-id/symbolon"
)

const (
	// mostRemembered bounds how many standings are kept. One takes about 2 kB.
	mostRemembered = 1 << 16

	// largeDocuments are not worth their place: a device with more bytes of JSON than this
	// is read each time.
	largeDocuments = 4096

	// slots is over how many places what changes is scattered. What shares a place with it
	// by chance is read once more.
	slots = 1 << 16
)

// extent is how much a change concerns, under the app's id and one of its own. A standing
// is within one of each.
type extent uint8

const (
	nothing extent = iota
	aDevice        // its row, and what folds out of its events
	aKey
	aUser
	anApp // whole, under no other id
)

// memory remembers standings where every write passes through this process: what a commit
// changed counts for nothing in here before any of its writers is answered.
//
// Nothing is taken out for that. Each commit begins an epoch, and each slot tells the
// epoch in which something in it last changed; a standing counts as long as none of its
// slots is later than the epoch in which the reading of it began. So a reader who began
// before a commit, and is done after it, keeps nothing that counts.
type memory struct {
	seed    maphash.Seed
	most    int
	epoch   atomic.Uint64
	changed [slots]atomic.Uint64

	mu    sync.RWMutex
	known map[deviceKey]*remembered
}

type remembered struct {
	standing symbolon.Standing
	asOf     uint64
	slots    [anApp]*atomic.Uint64 // of all that it is within
}

func newMemory(most int) *memory {
	return &memory{seed: maphash.MakeSeed(), most: most, known: map[deviceKey]*remembered{}}
}

// recall gives a standing that still counts.
func (m *memory) recall(device deviceKey) (symbolon.Standing, bool) {
	m.mu.RLock()
	r := m.known[device]
	m.mu.RUnlock()
	if r == nil || !r.counts() {
		return symbolon.Standing{}, false
	}
	return apart(r.standing), true
}

func (r *remembered) counts() bool {
	for _, changed := range r.slots {
		if changed.Load() > r.asOf {
			return false
		}
	}
	return true
}

// now is to be asked before a standing is read that will be kept.
func (m *memory) now() uint64 { return m.epoch.Load() }

// keep keeps a standing that was read in that epoch or later. Where all places are taken,
// another one loses its.
func (m *memory) keep(device deviceKey, asOf uint64, st symbolon.Standing) {
	d := st.Device
	if len(d.Metadata)+len(d.PushConfig) > largeDocuments {
		return
	}
	app := string(d.AppID)
	r := &remembered{standing: st, asOf: asOf, slots: [anApp]*atomic.Uint64{
		m.slot(aDevice, app, string(d.ID)), m.slot(aKey, app, string(d.KeyID)), m.slot(aUser, app, string(d.UserID)), m.slot(anApp, app, ""),
	}}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, there := m.known[device]; !there && len(m.known) >= m.most {
		for other := range m.known {
			delete(m.known, other)
			break
		}
	}
	m.known[device] = r
}

// slot is where it is told when something last changed.
func (m *memory) slot(e extent, app, id string) *atomic.Uint64 {
	return &m.changed[maphash.Comparable(m.seed, concern{e, app, id})%slots]
}

type concern struct {
	extent  extent
	app, id string
}

// drop begins an epoch after a commit that may have changed something in these slots. Only
// who commits calls it.
func (m *memory) drop(changed []*atomic.Uint64) {
	if len(changed) == 0 {
		return
	}
	epoch := m.epoch.Add(1)
	for _, slot := range changed {
		slot.Store(epoch)
	}
}
