package registry

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"strings"

	"github.com/symbolon-id/symbolon"
)

// A decision's id is its event's, under half a MAC: it finds the event at once, and
// can't be guessed or carried to another app.
const (
	decisionPrefix = "dec_"
	decisionMAC    = 8
)

func (r *Registry) decisionID(app symbolon.AppID, id symbolon.EventID) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(id))
	b = append(b, tag(r.secrets.current().decision, string(app), string(b))[:decisionMAC]...)
	return decisionPrefix + base64.RawURLEncoding.EncodeToString(b)
}

// newDecisionID names a decision that was not recorded; it finds nothing.
func newDecisionID() string {
	var b [8 + decisionMAC]byte
	rand.Read(b[:])
	return decisionPrefix + base64.RawURLEncoding.EncodeToString(b[:])
}

// openDecisionID reads an id in its one spelling.
func (r *Registry) openDecisionID(app symbolon.AppID, text string) (symbolon.EventID, bool) {
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(text, decisionPrefix))
	if err != nil || len(b) != 8+decisionMAC || text != decisionPrefix+base64.RawURLEncoding.EncodeToString(b) {
		return 0, false
	}
	for _, s := range r.secrets {
		if hmac.Equal(tag(s.decision, string(app), string(b[:8]))[:decisionMAC], b[8:]) {
			return symbolon.EventID(binary.BigEndian.Uint64(b)), true
		}
	}
	return 0, false
}
