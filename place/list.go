package place

import (
	"bytes"
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/symbolon-id/symbolon"
)

// list is of networks that hide who uses them.
type list struct {
	ranges  []addressRange // in order, and apart from one another
	systems map[uint32]bool
}

type addressRange struct{ from, to netip.Addr }

// parseList reads an address, a network or an AS number from each line; what stands after
// # is a comment.
func parseList(data []byte) (content[*list], error) {
	l := &list{systems: map[uint32]bool{}}
	networks, number := 0, 0
	data = bytes.TrimPrefix(data, []byte("\uFEFF")) // as editors on Windows leave it
	for line := range bytes.Lines(data) {
		number++
		entry, _, _ := strings.Cut(string(line), "#")
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		if system, ok := symbolon.ParseSystem(strings.ToUpper(entry)); ok {
			l.systems[system] = true
			continue
		}
		r, err := parseRange(entry)
		if err != nil {
			return content[*list]{}, fmt.Errorf("line %d must be a network such as 203.0.113.0/24, an address, or an AS number such as AS64496; got %.60q", number, entry)
		}
		l.ranges = append(l.ranges, r)
		networks++
	}
	l.merge()
	return content[*list]{value: l, holds: fmt.Sprintf("networks: %d, AS numbers: %d", networks, len(l.systems))}, nil
}

func parseRange(entry string) (addressRange, error) {
	if single, err := netip.ParseAddr(entry); err == nil {
		single = single.Unmap().WithZone("")
		return addressRange{single, single}, nil
	}
	prefix, err := netip.ParsePrefix(entry)
	if err != nil {
		return addressRange{}, err
	}
	if a := prefix.Addr(); a.Is4In6() && prefix.Bits() >= 96 {
		prefix = netip.PrefixFrom(a.Unmap(), prefix.Bits()-96)
	}
	return addressRange{prefix.Masked().Addr(), last(prefix)}, nil
}

// last is the network's last address.
func last(prefix netip.Prefix) netip.Addr {
	b := prefix.Addr().AsSlice()
	for i := prefix.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	addr, _ := netip.AddrFromSlice(b)
	return addr
}

// merge puts the ranges in order, and makes one of those that overlap.
func (l *list) merge() {
	slices.SortFunc(l.ranges, func(a, b addressRange) int { return cmp.Or(a.from.Compare(b.from), a.to.Compare(b.to)) })
	apart := l.ranges[:0]
	for _, r := range l.ranges {
		if n := len(apart); n > 0 && r.from.Compare(apart[n-1].to) <= 0 {
			if apart[n-1].to.Less(r.to) {
				apart[n-1].to = r.to
			}
			continue
		}
		apart = append(apart, r)
	}
	l.ranges = apart
}

// holds tells whether the address, or its autonomous system, is on the list.
func (l *list) holds(addr netip.Addr, system uint32) bool {
	if l.systems[system] {
		return true
	}
	i, found := slices.BinarySearchFunc(l.ranges, addr, func(r addressRange, a netip.Addr) int { return r.from.Compare(a) })
	return found || i > 0 && !l.ranges[i-1].to.Less(addr)
}
