package sqlstore

import (
	"hash/maphash"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/symbolon-id/symbolon"
)

const (
	// mostRemembered bounds the bytes that standings take. One takes 1 to 10 kB.
	mostRemembered = 64 << 20

	// largeDocuments are not worth their place: a device with more bytes of JSON than this
	// is read each time.
	largeDocuments = 4096

	// slots is over how many places what changes of one extent is scattered. What shares a
	// place by chance may not be kept by a reader whom a change of the other overtook.
	slots = 1 << 15
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

	extents = int(anApp)
)

// memory remembers standings where every write passes through this process: what a commit
// changed is no longer in here before any of its writers is answered. So whoever is erased
// is forgotten here too.
//
// A reader who began before a commit, and is done after it, must keep nothing. So each
// commit begins an epoch, and each slot tells the epoch in which something in it last
// changed: a standing is kept only if none of its slots is later than the epoch in which
// the reading of it began.
type memory struct {
	seed  maphash.Seed
	most  int
	epoch atomic.Uint64

	mu    sync.RWMutex
	bytes int
	known map[deviceKey]*remembered
	slots [extents][slots]slot
}

// slot is where it is told when something last changed, and what is remembered of it.
type slot struct {
	changed uint64
	within  *link
}

// link is a standing's place among those of a slot. Only this finds them all at once, and
// in less room than a map.
type link struct {
	of   *remembered
	hash uint64
	next *link
	at   **link // what points here
}

type remembered struct {
	key      deviceKey
	standing symbolon.Standing
	bytes    int
	links    [extents]link
}

func newMemory(most int) *memory {
	return &memory{seed: maphash.MakeSeed(), most: most, known: map[deviceKey]*remembered{}}
}

// recall gives a standing as it is now.
func (m *memory) recall(device deviceKey) (symbolon.Standing, bool) {
	m.mu.RLock()
	r := m.known[device]
	m.mu.RUnlock()
	if r == nil {
		return symbolon.Standing{}, false
	}
	return apart(r.standing), true
}

// now is to be asked before a standing is read that will be kept.
func (m *memory) now() uint64 { return m.epoch.Load() }

// keep keeps a standing that was read in that epoch or later, unless it has changed since.
// Where there is no room, others lose theirs.
func (m *memory) keep(device deviceKey, asOf uint64, st symbolon.Standing) {
	d := st.Device
	r := &remembered{key: device, standing: st, bytes: bytesIn(st)}
	if len(d.Metadata)+len(d.PushConfig) > largeDocuments || r.bytes > m.most {
		return
	}
	app := string(d.AppID)
	within := [extents]spot{
		m.spot(aDevice, app, string(d.ID)), m.spot(aKey, app, string(d.KeyID)), m.spot(aUser, app, string(d.UserID)), m.spot(anApp, app, ""),
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range within {
		if p.changed > asOf {
			return
		}
	}
	if before := m.known[device]; before != nil {
		m.forget(before)
	}
	for _, other := range m.known {
		if m.bytes+r.bytes <= m.most {
			break
		}
		m.forget(other)
	}
	m.bytes += r.bytes
	m.known[device] = r
	for i, p := range within {
		r.links[i].join(p, r)
	}
}

// forget is for who holds the lock.
func (m *memory) forget(r *remembered) {
	m.bytes -= r.bytes
	delete(m.known, r.key)
	for i := range r.links {
		r.links[i].leave()
	}
}

func (l *link) join(p spot, r *remembered) {
	*l = link{of: r, hash: p.hash, next: p.within, at: &p.within}
	if l.next != nil {
		l.next.at = &l.next
	}
	p.within = l
}

func (l *link) leave() {
	*l.at = l.next
	if l.next != nil {
		l.next.at = l.at
	}
}

// spot is a slot, and what in it is meant.
type spot struct {
	*slot
	hash uint64
}

func (m *memory) spot(e extent, app, id string) spot {
	hash := maphash.Comparable(m.seed, concern{app, id})
	return spot{&m.slots[e-1][hash%slots], hash}
}

type concern struct{ app, id string }

// drop begins an epoch after a commit that may have changed what is in these spots, and
// forgets that. Only who commits calls it.
func (m *memory) drop(changed []spot) {
	if len(changed) == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	epoch := m.epoch.Add(1)
	for _, p := range changed {
		p.changed = epoch
		for l := p.within; l != nil; {
			next := l.next // of another standing, since each is in a slot once
			if l.hash == p.hash {
				m.forget(l.of)
			}
			l = next
		}
	}
}

// bytesOfOne are what each standing takes whatever is in it: itself with its block, trust
// and times, and its place in the map.
var (
	bytesOfOne = int(reflect.TypeFor[remembered]().Size() + reflect.TypeFor[symbolon.Block]().Size() +
		reflect.TypeFor[symbolon.Trust]().Size() + 512)
	bytesOfVisit = int(reflect.TypeFor[symbolon.Visit]().Size())
)

// bytesIn is about what a standing takes. Its texts are parts of the one that was read.
func bytesIn(st symbolon.Standing) int {
	d := st.Device
	n := bytesOfOne + 2*(len(d.Metadata)+len(d.PushConfig)+len(d.PublicKey)) // in the text, and as a document
	for _, text := range []string{
		string(d.ID), string(d.AppID), string(d.UserID), string(d.KeyID), d.EndpointID, d.Name, d.UserAgent, d.OperatingSystem, d.Browser,
		d.IPAddress, d.Location, d.Thumbprint, d.Fingerprint, d.ManufacturerID, d.Traits, st.User.Epoch,
	} {
		n += len(text)
	}
	if d.Block != nil {
		n += len(d.Block.By) + len(d.Block.Reason) + 2*len(beneathText(d.Block.Beneath))
	}
	if d.Trust != nil {
		n += len(d.Trust.Factor) + len(d.Trust.RevokedReason) + len(d.Trust.RevokedBy)
	}
	for _, v := range d.History.Visits {
		n += bytesOfVisit + len(v.Location) + len(v.Country) + bytesOfNumbers
	}
	return n
}

// bytesOfNumbers is what the times and the point of a visit take in the text.
const bytesOfNumbers = 96
