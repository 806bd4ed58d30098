package place

import (
	"fmt"
	"net/netip"
	"sync/atomic"

	"github.com/oschwald/maxminddb-golang/v2"
)

// table is a file in MaxMind's format, whose records are read as T. Many networks share a
// record and few records have most of the addresses that are asked for, so what was read
// of a record is remembered, by its offset in the file: at most [remembered] of them.
type table[T comparable] struct {
	db   *maxminddb.Reader
	read func(maxminddb.Result) (T, error)
	have [remembered]atomic.Pointer[record[T]]
}

// Full, what is remembered takes less than a megabyte.
const (
	rememberedBits = 12
	remembered     = 1 << rememberedBits
)

type record[T any] struct {
	offset uintptr
	value  T
}

// at gives what the record of the address says; the zero value where there is none, or
// none that can be read.
func (t *table[T]) at(addr netip.Addr) (value T) {
	result := t.db.Lookup(addr)
	if !result.Found() {
		return value
	}
	offset := result.Offset()
	// Fibonacci hashing: neighbours in the file go to different slots.
	slot := &t.have[uint32(offset)*2654435769>>(32-rememberedBits)]
	if r := slot.Load(); r != nil && r.offset == offset {
		return r.value
	}
	value, err := t.read(result)
	if err != nil {
		var none T
		value = none
	}
	slot.Store(&record[T]{offset, value})
	return value
}

// parseTable reads a file in MaxMind's format, and refuses one that is damaged or holds
// nothing of this kind. what is the kind, for people.
func parseTable[T comparable](data []byte, what string, read func(maxminddb.Result) (T, error)) (content[*table[T]], error) {
	db, err := maxminddb.OpenBytes(data)
	if err != nil {
		return content[*table[T]]{}, fmt.Errorf("it is no file in MaxMind's format, or not whole: %w", err)
	}
	t := &table[T]{db: db, read: read}
	switch some, err := t.probe(); {
	case err != nil:
		return content[*table[T]]{}, fmt.Errorf("its type is %q, and it has records that can't be read as %s: %w", db.Metadata.DatabaseType, what, err)
	case !some:
		return content[*table[T]]{}, fmt.Errorf("its type is %q, and it holds no %s", db.Metadata.DatabaseType, what)
	}
	holds := printable(db.Metadata.DatabaseType) + ", " + sizeOf(data)
	return content[*table[T]]{t, holds, db.Metadata.BuildTime()}, nil
}

func sizeOf(data []byte) string {
	if kilo := (len(data) + 999) / 1000; kilo < 1000 {
		return fmt.Sprintf("%d kB", kilo)
	}
	return fmt.Sprintf("%.1f MB", float64(len(data))/1e6)
}

// probe reads the first records, and some from all over the file: what is damaged or of
// another kind is nearly always seen, in a thousandth of the time that all would take.
func (t *table[T]) probe() (some bool, err error) {
	const first = 1000
	var none T
	look := func(r maxminddb.Result) error {
		if err := r.Err(); err != nil || !r.Found() {
			return err
		}
		value, err := t.read(r)
		some = some || value != none
		return err
	}
	n := 0
	for r := range t.db.Networks() {
		if err := look(r); err != nil {
			return false, err
		}
		if n++; n == first {
			break
		}
	}
	for i := range 256 {
		at := []netip.Addr{netip.AddrFrom4([4]byte{byte(i), 17})}
		if t.db.Metadata.IPVersion == 6 {
			at = append(at, netip.AddrFrom16([16]byte{0x20, byte(i), 17}), netip.AddrFrom16([16]byte{0x2a, byte(i)}))
		}
		for _, addr := range at {
			if err := look(t.db.Lookup(addr)); err != nil {
				return false, err
			}
		}
	}
	return some, nil
}
