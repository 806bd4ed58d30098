package registry

import (
	"cmp"
	"context"
	"hash/maphash"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

// Bounds of what a census counts by. A name that comes when there are as many as are kept
// is counted as other: whoever makes up names can't fill the memory.
const (
	maxNamesKept  = 2000
	maxNamesShown = 20
)

// censusCount counts devices, page by page, in bounded memory.
type censusCount struct {
	trust   symbolon.TrustPolicy
	now     time.Time
	after   symbolon.DeviceID
	devices int64
	users   distinct
	names   map[symbolon.CensusKind]map[string]int64
}

func newCensusCount(trust symbolon.TrustPolicy, now time.Time) *censusCount {
	c := &censusCount{trust: trust, now: now, names: map[symbolon.CensusKind]map[string]int64{}, users: newDistinct()}
	for _, kind := range symbolon.CensusKinds {
		c.names[kind] = map[string]int64{}
	}
	return c
}

// walk counts all devices of an app, and says how long the work took. It is not whole where
// the context ended.
func (c *censusCount) walk(ctx context.Context, s symbolon.Devices, app symbolon.AppID) (work time.Duration, whole bool, err error) {
	err = steps(ctx, func(step context.Context) (more bool, err error) {
		err = leisurely(ctx, func() error {
			began := time.Now()
			more, err = c.step(step, s, app)
			work += time.Since(began)
			return err
		})
		whole = err == nil && !more
		return more, err
	})
	return work, whole, err
}

// step counts the next page, and tells whether there may be more.
func (c *censusCount) step(ctx context.Context, s symbolon.Devices, app symbolon.AppID) (more bool, err error) {
	page, err := s.WalkDevices(ctx, app, c.after, censusPage)
	for _, d := range page {
		c.add(d)
		c.after = d.ID
	}
	return len(page) == censusPage, err
}

func (c *censusCount) add(d symbolon.Device) {
	c.devices++
	c.users.add(string(d.UserID))
	trusted := "no"
	if d.TrustAt(c.now, c.trust) == symbolon.TrustActive {
		trusted = "yes"
	}
	c.count(symbolon.CensusStatus, string(d.Status))
	c.count(symbolon.CensusType, string(d.Type))
	c.count(symbolon.CensusPlatform, string(d.Platform))
	c.count(symbolon.CensusBrowser, unversioned(d.Browser))
	c.count(symbolon.CensusSystem, unversioned(d.OperatingSystem))
	c.count(symbolon.CensusStorage, string(d.KeyStorage))
	c.count(symbolon.CensusCountry, d.Country)
	c.count(symbolon.CensusTrusted, trusted)
	c.count(symbolon.CensusScore, strconv.Itoa(d.RiskScore/10*10))
}

func (c *censusCount) count(kind symbolon.CensusKind, name string) {
	names := c.names[kind]
	if _, kept := names[name]; !kept && len(names) >= maxNamesKept {
		name = symbolon.CensusOther
	}
	names[name]++
}

// unversioned is the name of a browser or a system without its version: "Windows 10" is
// Windows.
func unversioned(name string) string {
	if i := strings.LastIndexByte(name, ' '); i > 0 && i+1 < len(name) && name[i+1] >= '0' && name[i+1] <= '9' {
		return name[:i]
	}
	return name
}

func (c *censusCount) census(app symbolon.AppID, at time.Time) symbolon.Census {
	out := symbolon.Census{AppID: app, At: symbolon.Micro(at), Devices: c.devices, Users: c.users.count(), Counts: []symbolon.CensusCount{}}
	for _, kind := range symbolon.CensusKinds {
		out.Counts = append(out.Counts, ranked(kind, c.names[kind])...)
	}
	return out
}

// ranked are the counts of one kind, the most first, and all that are too rare to be shown
// at the end.
func ranked(kind symbolon.CensusKind, names map[string]int64) (all []symbolon.CensusCount) {
	free := kind == symbolon.CensusBrowser || kind == symbolon.CensusSystem || kind == symbolon.CensusCountry
	rest := int64(0)
	if free {
		rest = names[symbolon.CensusOther]
		delete(names, symbolon.CensusOther)
	}
	byCount := func(a, b string) int { return cmp.Or(cmp.Compare(names[b], names[a]), strings.Compare(a, b)) }
	for i, name := range slices.SortedFunc(maps.Keys(names), byCount) {
		if free && i >= maxNamesShown {
			rest += names[name]
			continue
		}
		all = append(all, symbolon.CensusCount{Kind: kind, Name: name, Count: names[name]})
	}
	if rest > 0 {
		all = append(all, symbolon.CensusCount{Kind: kind, Name: symbolon.CensusOther, Count: rest})
	}
	return all
}

// maxDistinct is up to how many different texts are counted exactly.
const maxDistinct = 1 << 17

// distinct counts different texts in at most a few megabytes: by the hashes of all, or once
// there are too many of those, of an ever smaller sample. Hashes are keyed anew in each
// process.
type distinct struct {
	seen  map[uint64]struct{}
	level int // a hash is in the sample if its last bits, so many, are 0
}

func newDistinct() distinct { return distinct{seen: map[uint64]struct{}{}} }

func (d *distinct) add(text string) {
	hash := maphash.String(rateSeed, text)
	if !d.samples(hash) {
		return
	}
	d.seen[hash] = struct{}{}
	for len(d.seen) > maxDistinct {
		d.level++
		maps.DeleteFunc(d.seen, func(hash uint64, _ struct{}) bool { return !d.samples(hash) })
	}
}

func (d *distinct) samples(hash uint64) bool { return hash&(1<<d.level-1) == 0 }

func (d *distinct) count() int64 { return int64(len(d.seen)) << d.level }
