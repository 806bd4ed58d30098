package registry

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"time"

	"github.com/symbolon-id/symbolon"
)

// rates count, per process and without a write, what happened lately: valid proofs of
// users and devices, requests of addresses, failures and replays of keys. Each is a
// count-min sketch of at most 2 MiB, so 10 MiB in all, whoever fills it. It may count too
// much where keys collide, never too little, but for standing still at 255 a slice. The
// hash is keyed anew in each process, so that nobody can aim at a collision.
type rates struct {
	users, devices, addresses, failures, replays sketch
}

// Sketches look back at least rateStep*(rateSlices-1), at most rateWindow.
const (
	rateWindow = 10 * time.Minute
	rateSlices = 8 // a power of two
	rateStep   = rateWindow / rateSlices
)

// A sketch's shape: a key has one place in each row of its shard.
const (
	shardBits = 6
	rowBits   = 10
	rateRows  = 4
)

var rateSeed = maphash.MakeSeed()

// rateKey is what a sketch counts for; it holds the key's places and nothing of the key.
type rateKey uint64

func rateKeyOf(app symbolon.AppID, what string) rateKey {
	var h maphash.Hash
	h.SetSeed(rateSeed)
	h.WriteString(string(app))
	h.WriteByte(0) // in no app's id
	h.WriteString(what)
	return rateKey(h.Sum64())
}

// networkOf is the part of an address that one customer has: of IPv6 a /64, within which
// anyone may take a new address for every request.
func networkOf(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil || a.Is4() {
		return address
	}
	p, err := a.Prefix(64)
	if err != nil {
		return address
	}
	b := p.Addr().As16()
	return string(b[:8])
}

func (k rateKey) shard() int { return int(k & (1<<shardBits - 1)) }

func (k rateKey) place(row int) int {
	return int(k >> (shardBits + row*rowBits) & (1<<rowBits - 1))
}

// sketch is a count-min sketch over a sliding window. Its shards keep out of each
// other's way.
type sketch struct {
	shards [1 << shardBits]shard
}

// shard holds, for each place, a count for each slice of the window.
type shard struct {
	mu    sync.Mutex
	slice int64  // the latest; slices are numbered since 1970
	cells *cells // nil until something is counted
}

type cells [rateRows][1 << rowBits][rateSlices]uint8

// add counts one more and gives the count with it.
func (s *sketch) add(k rateKey, now time.Time) int {
	sh := &s.shards[k.shard()]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	at := sh.turn(now)
	least := sh.least(k, at)
	if least < maxCell { // a full cell stays full
		for row := range rateRows {
			if c := &sh.cells[row][k.place(row)][at]; *c == least {
				*c++
			}
		}
	}
	return sh.sum(k)
}

// count is how often the key came lately.
func (s *sketch) count(k rateKey, now time.Time) int {
	sh := &s.shards[k.shard()]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.turn(now)
	return sh.sum(k)
}

const maxCell = 1<<8 - 1

// turn empties the slices that have left the window, and gives the present one. Where
// the clock was set back by more than the window, it begins anew.
func (sh *shard) turn(now time.Time) int {
	slice := now.UnixNano() / int64(rateStep)
	switch ahead := slice - sh.slice; {
	case sh.cells == nil:
		sh.cells, sh.slice = new(cells), slice
	case ahead >= rateSlices || ahead <= -rateSlices:
		*sh.cells, sh.slice = cells{}, slice
	case ahead > 0:
		for s := sh.slice + 1; s <= slice; s++ {
			sh.empty(slotOf(s))
		}
		sh.slice = slice
	}
	return slotOf(slice)
}

// slotOf is where a slice is kept, also one from before 1970.
func slotOf(slice int64) int { return int(slice & (rateSlices - 1)) }

func (sh *shard) empty(at int) {
	for row := range sh.cells {
		for place := range sh.cells[row] {
			sh.cells[row][place][at] = 0
		}
	}
}

// least is the key's count in one slice: no row counts too little.
func (sh *shard) least(k rateKey, at int) uint8 {
	least := sh.cells[0][k.place(0)][at]
	for row := 1; row < rateRows; row++ {
		least = min(least, sh.cells[row][k.place(row)][at])
	}
	return least
}

func (sh *shard) sum(k rateKey) int {
	n := 0
	for at := range rateSlices {
		n += int(sh.least(k, at))
	}
	return n
}
