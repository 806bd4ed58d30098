// Package place tells where a network address is, by files that the operator gives: two
// in MaxMind's format, of cities and of autonomous systems, and a list of networks that
// hide who uses them. Files that change on disk are read anew while lookups go on.
//
// A place is never finer than a town: coordinates are rounded to a tenth of a degree, some
// 11 km, and no radius is below 10 km.
//
// What no file tells is unknown, and never an error: a private or malformed address, a
// record that can't be read, and everything where no file is given.
package place

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/symbolon-id/symbolon"
)

// Config says where the files are; "" for none.
type Config struct {
	City      string // records of cities or of countries, such as GeoLite2-City.mmdb
	ASN       string // records of autonomous systems, such as GeoLite2-ASN.mmdb
	Anonymous string // text: an address, a network or an AS number on each line
	Log       *slog.Logger
}

// Files are the files, read into memory. A file that is cut short or overwritten on disk
// therefore harms no lookup, as it would if it were mapped. All methods may be called
// from any number of goroutines.
type Files struct {
	log       *slog.Logger
	city      *source[*table[symbolon.Place]]
	asn       *source[*table[system]]
	anonymous *source[*list]
	checking  sync.Mutex
}

// Open reads the files. The error names the setting and the file that can't be read.
func Open(cfg Config) (*Files, error) {
	f := &Files{
		log:       cfg.Log,
		city:      newSource("geoip.city", cfg.City, parseCities),
		asn:       newSource("geoip.asn", cfg.ASN, parseSystems),
		anonymous: newSource("geoip.anonymous", cfg.Anonymous, parseList),
	}
	if f.log == nil {
		f.log = slog.New(slog.DiscardHandler)
	}
	for _, s := range f.given() {
		if err := s.open(); err != nil {
			return nil, err
		}
		s.about().log(f.log, "a file of places was read")
	}
	if l := f.anonymous.now(); l != nil && len(l.systems) > 0 && cfg.ASN == "" {
		f.log.Warn("AS numbers on the list of geoip.anonymous count for nothing without geoip.asn")
	}
	return f, nil
}

// given are the files that there are.
func (f *Files) given() []reader {
	var given []reader
	for _, s := range []reader{f.city, f.asn, f.anonymous} {
		if s.given() {
			given = append(given, s)
		}
	}
	return given
}

// Lookup gives the place of an address, and the zero Place where none is known.
func (f *Files) Lookup(address string) symbolon.Place {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return symbolon.Place{}
	}
	addr = addr.Unmap().WithZone("")
	if !isPublic(addr) {
		return symbolon.Place{}
	}
	var p symbolon.Place
	if cities := f.city.now(); cities != nil {
		p = cities.at(addr)
	}
	if systems := f.asn.now(); systems != nil {
		s := systems.at(addr)
		p.ASN, p.Network = s.number, s.name
	}
	if anonymous := f.anonymous.now(); anonymous != nil {
		p.Anonymous = anonymous.holds(addr, p.ASN)
	}
	return p
}

// carrierGrade are the addresses between a carrier and its customers (RFC 6598).
var carrierGrade = netip.MustParsePrefix("100.64.0.0/10")

func isPublic(addr netip.Addr) bool {
	return addr.IsGlobalUnicast() && !addr.IsPrivate() && !carrierGrade.Contains(addr)
}

// File is what is known of one of the files.
type File struct {
	Setting string    // that names it, such as "geoip.city"
	Path    string    // where it is
	Holds   string    // in words: what it is, and how much of it
	Built   time.Time // when its maker made it; of a list, when it was last written
	Read    time.Time // when it was read
}

func (f File) log(log *slog.Logger, what string) {
	log.Info(what, "setting", f.Setting, "path", f.Path, "holds", f.Holds, "built", f.Built)
}

// About tells of each file that is given, as it was last read.
func (f *Files) About() []File {
	var all []File
	for _, s := range f.given() {
		all = append(all, s.about())
	}
	return all
}

// Check looks whether files changed on disk, by time, size and identity, and reads those
// that did and stayed so since the check before: a file that is still being written is
// left alone. One that can't be read is logged, once, and what was read before goes on.
func (f *Files) Check() {
	f.checking.Lock()
	defer f.checking.Unlock()
	for _, s := range f.given() {
		s.check(f.log)
	}
}

// CheckEvery is how often [Files.Watch] checks. A changed file counts after two checks.
const CheckEvery = 30 * time.Second

// Watch checks the files now and then, until ctx ends.
func (f *Files) Watch(ctx context.Context) {
	if len(f.given()) == 0 {
		return
	}
	ticker := time.NewTicker(CheckEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			f.Check()
		}
	}
}
