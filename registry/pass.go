package registry

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

// pass is what a device check leaves in a browser's cookie: which device showed its key
// there, and when. It says what was so then; what is so now, the store says.
type pass struct {
	device   symbolon.DeviceID
	whose    whose
	provenAt time.Time // when a key was last shown: the device's, or the session's
	score    int       // of the decision that it began with
	trusted  bool      // that decision said TRUST
	session  string    // the bound session that renewed it, or ""
}

// whose names the user, the key and the epoch that a device had, as half a SHA-256 of them:
// what was given to it ends with any of the three.
type whose [sha256.Size / 2]byte

func whoseOf(st symbolon.Standing) whose {
	sum := sha256.Sum256(framed(string(st.Device.UserID), st.Device.Thumbprint, st.User.Epoch))
	return whose(sum[:sha256.Size/2])
}

// A pass is these bytes, then HMAC-SHA-256 of them with the app and the origin, as
// base64url:
//
//	 0  version, 1
//	 1  1 where the decision said TRUST, else 0
//	 2  its score
//	 3  when the key was shown, microseconds since 1970 UTC, big-endian
//	11  whose
//	27  length of the session's id, and the id
//	    the device's id, to the end
const (
	passVersion   = 1
	passTrustedAt = 1
	passScoreAt   = 2
	passProvenAt  = 3
	passWhoseAt   = 11
	passSessionAt = 27

	maxPassChars = 2048
)

func (p pass) bytes() []byte {
	b := make([]byte, passWhoseAt, passSessionAt+1+len(p.session)+len(p.device)+sha256.Size)
	b[0], b[passScoreAt] = passVersion, byte(p.score)
	if p.trusted {
		b[passTrustedAt] = 1
	}
	binary.BigEndian.PutUint64(b[passProvenAt:], uint64(p.provenAt.UnixMicro()))
	b = append(b, p.whose[:]...)
	b = append(append(b, byte(len(p.session))), p.session...)
	return append(b, p.device...)
}

// readPass reads bytes whose MAC was right: of what this service, or an older one, wrote.
func readPass(b []byte) (p pass, ok bool) {
	if len(b) <= passSessionAt || b[0] != passVersion {
		return pass{}, false
	}
	device := passSessionAt + 1 + int(b[passSessionAt])
	if len(b) <= device {
		return pass{}, false
	}
	return pass{
		device: symbolon.DeviceID(b[device:]), whose: whose(b[passWhoseAt:passSessionAt]),
		provenAt: time.UnixMicro(int64(binary.BigEndian.Uint64(b[passProvenAt:]))).UTC(),
		score:    int(b[passScoreAt]), trusted: b[passTrustedAt] == 1, session: string(b[passSessionAt+1 : device]),
	}, true
}

// clockLeeway is how far ahead another replica's clock may be.
const clockLeeway = time.Minute

// lasts tells whether the pass counts still. One from the future does not: a clock was set
// back.
func (p pass) lasts(now time.Time, atMost time.Duration) bool {
	age := now.Sub(p.provenAt)
	return age >= -clockLeeway && age < symbolon.PassLife && (atMost == 0 || age <= atMost)
}

func (r *Registry) sealPass(app symbolon.AppID, origin string, p pass) string {
	return seal(r.secrets.current().pass, p.bytes(), string(app), origin)
}

// openPass reads a pass that this service made for the app and the origin, and gives its
// MAC as the name by which it is remembered.
func (r *Registry) openPass(app symbolon.AppID, origin, text string) (p pass, name [sha256.Size]byte, ok bool) {
	if text == "" || len(text) > maxPassChars {
		return pass{}, name, false
	}
	for _, s := range r.secrets {
		if body, mac, sealed := unseal(s.pass, text, string(app), origin); sealed {
			p, ok = readPass(body)
			return p, [sha256.Size]byte(mac), ok
		}
	}
	return pass{}, name, false
}

// base64url is strict, so that bytes have one spelling.
var base64url = base64.RawURLEncoding.Strict()

// spelt reads base64url in its one spelling; the library would skip line ends.
func spelt(text string) ([]byte, bool) {
	b, err := base64url.DecodeString(text)
	return b, err == nil && !strings.ContainsAny(text, "\r\n")
}

// seal makes text of bytes and their MAC, which binds them to something that is not in the
// text.
func seal(key, body []byte, bound ...string) string {
	return base64url.EncodeToString(append(body, sealMAC(key, body, bound)...))
}

// unseal reads what seal made with the key for the same things.
func unseal(key []byte, text string, bound ...string) (body, mac []byte, ok bool) {
	b, ok := spelt(text)
	if !ok || len(b) < sha256.Size {
		return nil, nil, false
	}
	body, mac = b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	return body, mac, hmac.Equal(sealMAC(key, body, bound), mac)
}

func sealMAC(key, body []byte, bound []string) []byte {
	return tag(key, append([]string{string(body)}, bound...)...)
}
