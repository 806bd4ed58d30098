package sqlstore

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"

	"github.com/symbolon-id/symbolon"
)

// cursor is the place after which a page begins, bound to its query.
type cursor struct {
	Query []byte          `json:"q"`
	Value json.RawMessage `json:"v"`
	ID    string          `json:"i"`
}

func writeCursor(q symbolon.DeviceQuery, by order, last rank) string {
	value, err := json.Marshal(by.value(last))
	if err != nil {
		panic(err) // numbers and strings always marshal
	}
	text, err := json.Marshal(cursor{Query: queryTag(q), Value: value, ID: last.id})
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func readCursor(q symbolon.DeviceQuery, by order) (*rank, error) {
	if q.Cursor == "" {
		return nil, nil
	}
	strange := symbolon.InvalidField("cursor", "must be the nextCursor of a page of the same query")
	var c cursor
	text, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err != nil || json.Unmarshal(text, &c) != nil || !slices.Equal(c.Query, queryTag(q)) {
		return nil, strange
	}
	p := rank{id: c.ID}
	if by.text {
		err = json.Unmarshal(c.Value, &p.text)
	} else {
		err = json.Unmarshal(c.Value, &p.number)
	}
	if err != nil || checkTexts(field{"cursor", p.id}, field{"cursor", p.text}) != nil {
		return nil, strange
	}
	return &p, nil
}

// queryTag names a query without its place, its page size, the present time and the policy
// of trust: a list that is read on while the policy changes goes by the new one.
func queryTag(q symbolon.DeviceQuery) []byte {
	q.Cursor, q.Limit = "", 0
	if q.Trusted != nil {
		q.Trusted = &symbolon.TrustFilter{Want: q.Trusted.Want}
	}
	text, err := json.Marshal(q)
	if err != nil {
		panic(err) // plain data always marshals
	}
	sum := sha256.Sum256(text)
	return sum[:8]
}
