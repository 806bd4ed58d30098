package sqlstore

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/symbolon-id/symbolon"
)

// maxPage is the most devices of a page.
const maxPage = 200

// order is how a sort is read from an index.
type order struct {
	column  string
	tables  string
	rising  bool
	valueOf func(symbolon.Device) any
}

// A list is read from the table whose index gives its order, and joins the other. CROSS
// JOIN makes SQLite keep to that; to PostgreSQL it is a join like any other.
const (
	useFirst     = `device_use u CROSS JOIN devices d LEFT JOIN keys k ON k.app_id = d.app_id AND k.key_id = d.key_id`
	devicesFirst = `devices d CROSS JOIN device_use u LEFT JOIN keys k ON k.app_id = d.app_id AND k.key_id = d.key_id`
)

var orders = map[symbolon.DeviceSort]order{
	symbolon.SortLastUsed: {column: "u.seen_at", tables: useFirst, valueOf: func(d symbolon.Device) any { return micro(d.LastSeen()) }},
	symbolon.SortRisk:     {column: "u.risk_score", tables: useFirst, valueOf: func(d symbolon.Device) any { return int64(d.RiskScore) }},
	symbolon.SortCreated:  {column: "d.created_at", tables: devicesFirst, valueOf: func(d symbolon.Device) any { return micro(d.CreatedAt) }},
	symbolon.SortName:     {column: "d.name_folded", tables: devicesFirst, rising: true, valueOf: func(d symbolon.Device) any { return foldName(d.Name) }},
}

// ListDevices implements [symbolon.Devices]. The prefix of a name is compared without
// regard to case, that of a user or a key as it stands.
func (s *Store) ListDevices(ctx context.Context, q symbolon.DeviceQuery) ([]symbolon.Device, string, error) {
	if q.Sort == "" {
		q.Sort = symbolon.SortLastUsed
	}
	by, known := orders[q.Sort]
	if !known {
		return nil, "", symbolon.InvalidField("sort", "must be one of %v", symbolon.DeviceSorts)
	}
	if q.Limit < 1 || q.Limit > maxPage {
		return nil, "", symbolon.InvalidField("limit", "must be from 1 to %d", maxPage)
	}
	if err := checkTexts(field{"user", string(q.User)}, field{"keyId", string(q.KeyID)}, field{"q", q.Prefix}); err != nil {
		return nil, "", err
	}
	after, err := readCursor(q, by)
	if err != nil {
		return nil, "", err
	}
	text, args := listing(q, by, after)
	found, err := all(ctx, s.reader(), built("list_devices", text), readOnlyDevice, args...)
	if err != nil || len(found) <= q.Limit {
		return found, "", err
	}
	found = found[:q.Limit]
	return found, writeCursor(q, by, found[q.Limit-1]), nil
}

// listing builds the statement: its text depends on which filters there are, never on
// their values.
func listing(q symbolon.DeviceQuery, by order, after *cursor) (string, []any) {
	l := &listBuilder{}
	tables := by.tables
	if q.User != "" || q.KeyID != "" || q.Prefix != "" {
		tables = devicesFirst // there the filter is in an index
	}
	app := l.value(string(q.AppID))
	l.where("d.app_id = " + app + " AND u.app_id = " + app + " AND u.device_id = d.device_id")
	l.whereEqual("d.user_id", string(q.User))
	l.whereEqual("d.key_id", string(q.KeyID))
	l.whereEqual("d.status", string(q.Status))
	l.whereEqual("d.type", string(q.Type))
	l.wherePrefix(q.Prefix)
	if q.Trusted != nil {
		l.whereTrusted(*q.Trusted)
	}
	id := by.column[:2] + "device_id"
	direction, beyond := " DESC", "<"
	if by.rising {
		direction, beyond = "", ">"
	}
	if after != nil {
		l.where(fmt.Sprintf("(%s, %s) %s (%s, %s)", by.column, id, beyond, l.value(after.value), l.value(after.ID)))
	}
	return fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY %s%s, %s%s LIMIT %s", packed(deviceColumns), tables,
		strings.Join(l.conditions, " AND "), by.column, direction, id, direction, l.value(int64(q.Limit+1))), l.args
}

// listBuilder collects conditions and their values.
type listBuilder struct {
	conditions []string
	args       []any
}

func (l *listBuilder) value(v any) string {
	l.args = append(l.args, v)
	return fmt.Sprintf("$%d", len(l.args))
}

func (l *listBuilder) where(condition string) { l.conditions = append(l.conditions, condition) }

func (l *listBuilder) whereEqual(column, value string) {
	if value != "" {
		l.where(column + " = " + l.value(value))
	}
}

// wherePrefix asks for ranges, which an index can answer and in which no character is special.
func (l *listBuilder) wherePrefix(prefix string) {
	if prefix == "" {
		return
	}
	var ranges []string
	for _, r := range []struct{ column, prefix string }{
		{"d.user_id", prefix}, {"d.key_id", prefix}, {"d.name_folded", foldName(prefix)},
	} {
		from := fmt.Sprintf("%s >= %s", r.column, l.value(r.prefix))
		if end := afterPrefix(r.prefix); end != "" {
			from = fmt.Sprintf("%s AND %s < %s", from, r.column, l.value(end))
		}
		ranges = append(ranges, "d.app_id = $1 AND "+from)
	}
	l.where("((" + strings.Join(ranges, ") OR (") + "))")
}

// afterPrefix is the first text after all those that begin with the prefix, in the order
// of code points; "" if there is none.
func afterPrefix(prefix string) string {
	for prefix != "" {
		last, size := utf8.DecodeLastRuneInString(prefix)
		prefix = prefix[:len(prefix)-size]
		switch {
		case last == 0xd7ff:
			return prefix + "\ue000" // after the surrogates, which are no characters
		case last < utf8.MaxRune:
			return prefix + string(last+1)
		}
	}
	return ""
}

// whereTrusted asks what [symbolon.Device.TrustAt] asks, line by line.
func (l *listBuilder) whereTrusted(f symbolon.TrustFilter) {
	p := f.Policy
	conditions := []string{"d.trusted_at IS NOT NULL", "d.revoked_at IS NULL", "d.status = 'active'", "d.proven_at IS NOT NULL"}
	now := l.value(floorMicro(f.Now))
	conditions = append(conditions, "(d.trusted_until IS NULL OR d.trusted_until > "+now+")")
	granted := "d.granted_at > " + l.value(floorMicro(f.Now.Add(-p.MaxDuration.Std())))
	if p.Permanent {
		granted = "(d.trusted_until IS NULL OR " + granted + ")"
	}
	conditions = append(conditions, granted,
		"(d.idle_timeout IS NULL OR d.granted_at + d.idle_timeout > "+now+" OR u.last_verified_at + d.idle_timeout > "+now+")")
	if p.IdleTimeout != nil {
		since := l.value(floorMicro(f.Now.Add(-p.IdleTimeout.Std())))
		conditions = append(conditions, "(d.granted_at > "+since+" OR u.last_verified_at > "+since+")")
	}
	if !p.Enabled {
		conditions = append(conditions, "1 = 0")
	}
	l.where("CASE WHEN " + strings.Join(conditions, " AND ") + " THEN 1 ELSE 0 END = " + l.value(flag(f.Want)))
}

// floorMicro is the last microsecond that is not after t: what is kept is after t
// exactly if it is after this.
func floorMicro(t time.Time) int64 { return t.UnixMicro() }

// cursor is the place after which a page begins, bound to its query.
type cursor struct {
	Query []byte          `json:"q"`
	Value json.RawMessage `json:"v"`
	ID    string          `json:"i"`
	value any
}

func writeCursor(q symbolon.DeviceQuery, by order, last symbolon.Device) string {
	value, err := json.Marshal(by.valueOf(last))
	if err != nil {
		panic(err) // numbers and strings always marshal
	}
	text, err := json.Marshal(cursor{Query: queryTag(q), Value: value, ID: string(last.ID)})
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func readCursor(q symbolon.DeviceQuery, by order) (*cursor, error) {
	if q.Cursor == "" {
		return nil, nil
	}
	var c cursor
	text, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err != nil || json.Unmarshal(text, &c) != nil || !slices.Equal(c.Query, queryTag(q)) {
		return nil, symbolon.InvalidField("cursor", "must be the nextCursor of a page of the same query")
	}
	switch by.valueOf(symbolon.Device{}).(type) {
	case string:
		c.value, err = unmarshalAs[string](c.Value)
	default:
		c.value, err = unmarshalAs[int64](c.Value)
	}
	if err != nil || checkTexts(field{"cursor", c.ID}, field{"cursor", fmt.Sprint(c.value)}) != nil {
		return nil, symbolon.InvalidField("cursor", "must be the nextCursor of a page of the same query")
	}
	return &c, nil
}

func unmarshalAs[T any](text json.RawMessage) (v T, err error) {
	err = json.Unmarshal(text, &v)
	return v, err
}

// queryTag names a query without its place, its page size and the present time.
func queryTag(q symbolon.DeviceQuery) []byte {
	q.Cursor, q.Limit = "", 0
	if q.Trusted != nil {
		f := *q.Trusted
		f.Now = time.Time{}
		q.Trusted = &f
	}
	text, err := json.Marshal(q)
	if err != nil {
		panic(err) // plain data always marshals
	}
	sum := sha256.Sum256(text)
	return sum[:8]
}
