package sqlstore

import (
	"fmt"

	"github.com/symbolon-id/symbolon"
)

// way is the part of an order that a page may come from: after start, and up to end.
type way struct{ start, end *rank }

// way narrows the order by the cursor, and by a range of the very column that it goes by.
func (l *deviceList) way() (w way) {
	narrow := whole
	switch l.query.Sort {
	case symbolon.SortRisk:
		narrow = scores(l.query.Risk)
	case symbolon.SortLastUsed:
		narrow = times(l.query.SeenFrom, l.query.SeenTo)
	}
	if narrow.to != whole.to {
		w.start = &rank{number: narrow.to + 1} // which stands before all of that number, since it has no id
	}
	if narrow.from != whole.from {
		w.end = &rank{number: narrow.from}
	}
	if l.after != nil && (w.start == nil || l.by.compare(*l.after, *w.start) > 0) {
		w.start = l.after
	}
	return w
}

// lookAhead finds the last device that a page may look at, and the one after it.
func (l *deviceList) lookAhead(a *arguments, w way) string {
	return fmt.Sprintf("%s LIMIT 2 OFFSET %d", l.from(a, w, ""), l.most(lookedAt)-1)
}

// along finds devices that match, each asked by itself, so that PostgreSQL can't join whole
// tables. It takes what is NOT NULL for common, what equals something for rare, and a limit
// that it does not see for a tenth of the table: so written, it follows the order's index
// and stops when the page is full.
func (l *deviceList) along(a *arguments, w way) string {
	matching := ""
	if f := l.filter(a, true); len(f.conditions) > 0 {
		matching = " AND " + f.of("1", "w.device_id") + " IS NOT NULL"
	}
	return fmt.Sprintf("%s LIMIT %d", l.from(a, w, matching), maxPage+1)
}

// from reads the order's index, in its order.
func (l *deviceList) from(a *arguments, w way, matching string) string {
	direction, after, upTo := " DESC", "<", ">="
	if l.by.rising {
		direction, after, upTo = "", ">", "<="
	}
	within := ""
	for _, bound := range []struct {
		*rank
		is string
	}{{w.start, after}, {w.end, upTo}} {
		if bound.rank != nil {
			within += fmt.Sprintf(" AND (w.%s, w.device_id) %s (%s, %s)", l.by.column, bound.is, a.value(l.by.value(*bound.rank)), a.value(bound.id))
		}
	}
	return fmt.Sprintf("SELECT w.%[1]s, w.device_id FROM %[2]s w WHERE w.app_id = $1%[3]s%[4]s ORDER BY w.%[1]s%[5]s, w.device_id%[5]s",
		l.by.column, l.by.table, within, matching, direction)
}
