package risk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"
)

// fingerprintLabel keeps these values apart from anything else that may one
// day be hashed under the same pepper.
const fingerprintLabel = "symbolon fingerprint v1"

// FingerprintV1 returns "v1." and the base64url form (no padding, 43
// characters) of HMAC-SHA-256 under the app's pepper, which should be 32
// random bytes, over the label "symbolon fingerprint v1" and these
// components:
//
//	system family     "macOS"
//	browser family    "Chrome", or the app's name
//	device type       "desktop"
//	architecture      "arm"
//	bitness           "64"
//	model             "Pixel 8"
//	screen            "1440x2560": the shorter side first, so that turning a phone keeps it
//	colour depth      "24"
//	time zone         "America/New_York"
//	first language    "en-us"
//	processor cores   "8"
//
// Each is preceded by its length in bytes (uint16, big-endian); what is not
// known has length 0. So no two lists of components hash the same text.
//
// Left out is what changes while the device stays the same: versions, plugin
// lists (today's browsers all report one fixed list, and change it with an
// update), and the high-entropy client hints among the headers, which are
// absent from a browser's first request; architecture, bitness
// and model therefore come from the signals alone.
//
// Equal fingerprints mean "looks alike", never "is the same device".
func FingerprintV1(pepper []byte, c Client, s Signals) string {
	var room [512]byte
	text := append(room[:0], fingerprintLabel...)
	for _, component := range [...]string{
		c.System,
		c.Agent,
		c.DeviceType,
		s.ClientHints.Architecture,
		s.ClientHints.Bitness,
		s.model(),
		s.Screen.upright(),
		known(s.ColorDepth),
		s.TimeZone,
		strings.ToLower(c.Language),
		known(s.Cores),
	} {
		text = binary.BigEndian.AppendUint16(text, uint16(len(component)))
		text = append(text, component...)
	}
	mac := hmac.New(sha256.New, pepper)
	mac.Write(text)
	var sum [sha256.Size]byte
	return "v1." + base64.RawURLEncoding.EncodeToString(mac.Sum(sum[:0]))
}

func (s Screen) upright() string {
	if s == (Screen{}) {
		return ""
	}
	return strconv.Itoa(min(s.Width, s.Height)) + "x" + strconv.Itoa(max(s.Width, s.Height))
}

func known(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
