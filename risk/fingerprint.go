package risk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash"
	"math/bits"
	"strings"
)

// fingerprintLabel keeps these values apart from anything else that may one day be hashed
// under the same pepper.
const fingerprintLabel = "symbolon fingerprint v2"

// traitsVersion begins traits; those of another version have nothing in common with them.
const traitsVersion = "v2"

// traitBytes of each component's HMAC are kept: enough to tell its values apart within an
// app.
const traitBytes = 6

// FingerprintV2 returns two forms of what a client looks like, under the app's pepper,
// which should be 32 random bytes.
//
// The fingerprint is "v2." and the base64url form (no padding, 43 characters) of
// HMAC-SHA-256 over what stays while the device does: systems, hardware, browser, time
// zone and language, without versions and whatever an added monitor or plugin changes.
// Equal fingerprints mean "looks alike", never "is the same device".
//
// The traits hold every component apart, as "v2" and then ",tag:value" for each that is
// known, the value being 8 characters of its own HMAC: what [Drift] compares. They are
// empty where nothing is known, and at most 400 bytes of [A-Za-z0-9_.:,-].
//
// Each HMAC is over the label "symbolon fingerprint v2", 0, the tag ("whole" for the
// fingerprint), 0 and the value; the whole's is the values of its components, each
// preceded by its length in bytes (uint16, big-endian), so that no two lists of values
// hash the same text. What is not known has length 0.
func FingerprintV2(pepper []byte, c Client, s Signals) (fingerprint, traits string) {
	h := hasher{mac: hmac.New(sha256.New, pepper)}
	var wholeRoom [512]byte
	var traitsRoom [400]byte
	whole, kept := wholeRoom[:0], traitsRoom[:0]
	for i := range components {
		part := &components[i]
		value := part.of(&c, &s)
		if part.whole {
			whole = binary.BigEndian.AppendUint16(whole, uint16(len(value)))
			whole = append(whole, value...)
		}
		if value != "" {
			kept = append(append(append(kept, ','), part.tag...), ':')
			kept = base64.RawURLEncoding.AppendEncode(kept, h.sum(part.tag, value)[:traitBytes])
		}
	}
	if len(kept) > 0 {
		traits = traitsVersion + string(kept)
	}
	return "v2." + base64.RawURLEncoding.EncodeToString(h.sum("whole", string(whole))), traits
}

// hasher uses one key schedule for many values.
type hasher struct {
	mac hash.Hash
	in  []byte
	out [sha256.Size]byte
}

func (h *hasher) sum(tag, value string) []byte {
	h.in = append(append(append(append(append(h.in[:0], fingerprintLabel...), 0), tag...), 0), value...)
	h.mac.Reset()
	h.mac.Write(h.in)
	return h.mac.Sum(h.out[:0])
}

// leastInCommon is what two traits' common components are taken to weigh at least, so
// that one change stays small where hardly anything else is known.
const leastInCommon = 80

// Drift is how much of what a device looks like has changed: the share, from 0 to 1, of
// the components that both traits have, by weight, and the names of those that changed.
// A component that one side lacks counts neither way.
func Drift(before, now string) (share float64, changed []string) {
	d := compare(readTraits(before), readTraits(now))
	return d.share(), d.names()
}

// looks are the values of traits, in the order of the components; "" for unknown.
type looks [len(components)]string

func readTraits(traits string) looks {
	var l looks
	rest, found := strings.CutPrefix(traits, traitsVersion)
	if !found {
		return l
	}
	for i := range components { // which is the order of traits
		if len(rest) < len(",os:") {
			break
		}
		if rest[1:3] == components[i].tag {
			l[i], rest = cutTrait(rest[4:])
		}
	}
	return l
}

// cutTrait takes a value off; what is left begins with a comma or is empty.
func cutTrait(rest string) (value, after string) {
	end := strings.IndexByte(rest, ',')
	if end < 0 {
		return rest, ""
	}
	return rest[:end], rest[end:]
}

// difference is what became of the components that two looks have in common.
type difference struct {
	common, changed int    // weights
	which           uint32 // a bit for each component that changed
}

func compare(before, now looks) difference {
	var d difference
	for i := range components {
		if before[i] == "" || now[i] == "" {
			continue
		}
		d.common += components[i].weight
		if before[i] != now[i] {
			d.changed += components[i].weight
			d.which |= 1 << i
		}
	}
	return d
}

func (d difference) share() float64 {
	return float64(d.changed) / float64(max(d.common, leastInCommon))
}

func (d difference) percent() int { return int(d.share()*100 + 0.5) }

func (d difference) names() []string {
	var names []string
	for which := d.which; which != 0; which &= which - 1 {
		names = append(names, components[bits.TrailingZeros32(which)].name)
	}
	return names
}
