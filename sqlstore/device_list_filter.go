package sqlstore

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

// arguments are a statement's values, numbered as they are put into its text. The first is
// always the app. The texts of lists depend on which kinds of filters there are, never on
// their values, so that they are few.
type arguments struct{ args []any }

func about(app symbolon.AppID) *arguments { return &arguments{[]any{string(app)}} }

func (a *arguments) value(v any) string {
	a.args = append(a.args, v)
	return fmt.Sprintf("$%d", len(a.args))
}

// filter is what a device has to match, and the tables that know.
type filter struct {
	*arguments
	conditions       []string
	device, use, key bool
}

// filter asks for all that the query does, but for what the order's index answers where a
// list walks along it.
func (l *deviceList) filter(a *arguments, walking bool) *filter {
	q, f := l.query, &filter{arguments: a}
	if q.User != "" || q.KeyID != "" || q.Status != "" || q.Type != "" || q.Platform != "" {
		f.device = true
		f.where(f.equal("d.user_id", string(q.User)), f.equal("d.key_id", string(q.KeyID)), f.equal("d.status", string(q.Status)),
			f.equal("d.type", string(q.Type)), f.equal("d.platform", string(q.Platform)))
	}
	if q.Prefix != "" {
		f.device = true
		var places []string
		for _, s := range f.prefixed(q.Prefix) {
			places = append(places, s.condition)
		}
		f.where("(" + strings.Join(places, " OR ") + ")")
	}
	score, seen := scores(q.Risk), times(q.SeenFrom, q.SeenTo)
	switch {
	case walking && q.Sort == symbolon.SortRisk:
		score = whole
	case walking && q.Sort == symbolon.SortLastUsed:
		seen = whole
	}
	if q.Country != "" || score != whole || seen != whole {
		f.use = true
		f.where(f.equal("u.country", q.Country), f.between("u.risk_score", score), f.between("u.seen_at", seen))
	}
	if q.KeyStorage != "" {
		f.device, f.key = true, true
		f.where("k.storage = " + f.value(string(q.KeyStorage)))
	}
	if q.Trusted != nil {
		f.device, f.use = true, true
		f.whereTrusted(*q.Trusted)
	}
	return f
}

func (f *filter) where(conditions ...string) { f.conditions = append(f.conditions, conditions...) }

func (f *filter) equal(column, value string) string {
	v := f.value(value)
	return fmt.Sprintf("(%s = '' OR %s = %s)", v, column, v)
}

func (f *filter) between(column string, r reach) string {
	return fmt.Sprintf("%s >= %s AND %s <= %s", column, f.value(r.from), column, f.value(r.to))
}

// reach is a range of numbers, its ends included.
type reach struct{ from, to int64 }

// whole is the range that holds every number.
var whole = reach{math.MinInt64, math.MaxInt64}

func scores(s symbolon.Scores) reach {
	r := whole
	if s.From != nil {
		r.from = int64(*s.From)
	}
	if s.To != nil {
		r.to = int64(*s.To)
	}
	return r
}

func times(from, to *time.Time) reach {
	r := whole
	if from != nil {
		r.from = ceilMicro(*from)
	}
	if to != nil {
		r.to = floorMicro(*to)
	}
	return r
}

// of looks the device up by its id, and gives a value if it matches, else NULL.
func (f *filter) of(value, id string) string {
	var tables, conditions []string
	if f.device {
		tables, conditions = append(tables, "devices d"), append(conditions, "d.app_id = $1 AND d.device_id = "+id)
	}
	if f.use {
		tables, conditions = append(tables, "device_use u"), append(conditions, "u.app_id = $1 AND u.device_id = "+id)
	}
	if f.key {
		tables, conditions = append(tables, "keys k"), append(conditions, "k.app_id = $1 AND k.key_id = d.key_id")
	}
	return fmt.Sprintf("(SELECT %s FROM %s WHERE %s)", value, strings.Join(tables, " CROSS JOIN "), strings.Join(append(conditions, f.conditions...), " AND "))
}

// whereTrusted asks what [symbolon.Device.TrustAt] asks, line by line.
func (f *filter) whereTrusted(t symbolon.TrustFilter) {
	p := t.Policy
	idle, since := int64(0), int64(0)
	if p.IdleTimeout != nil {
		idle, since = 1, floorMicro(t.Now.Add(-p.IdleTimeout.Std()))
	}
	now, last := f.value(floorMicro(t.Now)), f.value(since)
	conditions := []string{
		"d.trusted_at IS NOT NULL", "d.revoked_at IS NULL", "d.status = 'active'", "d.proven_at IS NOT NULL",
		"(d.trusted_until IS NULL OR d.trusted_until > " + now + ")",
		"(d.trusted_until IS NULL AND " + f.value(flag(p.Permanent)) + " = 1 OR d.granted_at > " + f.value(floorMicro(t.Now.Add(-p.MaxDuration.Std()))) + ")",
		"(d.idle_timeout IS NULL OR d.granted_at + d.idle_timeout > " + now + " OR u.last_verified_at + d.idle_timeout > " + now + ")",
		"(" + f.value(idle) + " = 0 OR d.granted_at > " + last + " OR u.last_verified_at > " + last + ")",
		f.value(flag(p.Enabled)) + " = 1",
	}
	f.where("CASE WHEN " + strings.Join(conditions, " AND ") + " THEN 1 ELSE 0 END = " + f.value(flag(t.Want)))
}

// floorMicro is the last microsecond that is not after t: what is kept is after t
// exactly if it is after this.
func floorMicro(t time.Time) int64 { return t.UnixMicro() }

// ceilMicro is the first microsecond that is not before t.
func ceilMicro(t time.Time) int64 { return t.Add(time.Microsecond - 1).UnixMicro() }
