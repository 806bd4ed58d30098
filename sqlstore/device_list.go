package sqlstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/symbolon-id/symbolon"
)

const (
	// maxPage is the most devices of a page.
	maxPage = 200

	// lookedAt is how many devices a page looks at, in the order of its list.
	lookedAt = 2000

	// fewFound is up to how many devices a search takes out of its own indexes to sort them.
	fewFound = 4000
)

// order is how a sort is read from an index.
type order struct {
	table  string // with that index
	alias  string // of the table, where it is joined to others
	column string
	rising bool
	text   bool // else a number
}

var orders = map[symbolon.DeviceSort]order{
	symbolon.SortLastUsed: {table: "device_use", alias: "u", column: "seen_at"},
	symbolon.SortRisk:     {table: "device_use", alias: "u", column: "risk_score"},
	symbolon.SortCreated:  {table: "devices", alias: "d", column: "created_at"},
	symbolon.SortName:     {table: "devices", alias: "d", column: "name_folded", rising: true, text: true},
}

// rank is where a device stands in an order.
type rank struct {
	number int64
	text   string
	id     string
}

// value is of the column that the order goes by.
func (o order) value(p rank) any {
	if o.text {
		return p.text
	}
	return p.number
}

func (o order) compare(a, b rank) int {
	n := cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.text, b.text), cmp.Compare(a.id, b.id))
	if o.rising {
		return n
	}
	return -n
}

func (o order) read(row scan) (p rank, err error) {
	if o.text {
		err = row(&p.text, &p.id)
	} else {
		err = row(&p.number, &p.id)
	}
	return p, err
}

// deviceList is one page as it is put together: first the ranks of its devices, then they
// themselves.
type deviceList struct {
	*Store
	query symbolon.DeviceQuery
	by    order
	after *rank
}

// ListDevices implements [symbolon.Devices]. The prefix of a name is compared without
// regard to case, that of a user or a key as it stands.
func (s *Store) ListDevices(ctx context.Context, q symbolon.DeviceQuery) ([]symbolon.Device, string, error) {
	l, err := s.newDeviceList(q)
	if err != nil {
		return nil, "", err
	}
	page, next, err := l.page(ctx)
	if err != nil {
		return nil, "", err
	}
	ids := make([]string, len(page))
	for i, p := range page {
		ids[i] = p.id
	}
	devices, err := s.devicesOf(ctx, q.AppID, ids)
	if err != nil || next == nil {
		return devices, "", err
	}
	return devices, writeCursor(l.query, l.by, *next), nil
}

func (s *Store) newDeviceList(q symbolon.DeviceQuery) (*deviceList, error) {
	if q.Sort == "" {
		q.Sort = symbolon.SortLastUsed
	}
	by, known := orders[q.Sort]
	if !known {
		return nil, symbolon.InvalidField("sort", "must be one of %v", symbolon.DeviceSorts)
	}
	if q.Limit < 1 || q.Limit > maxPage {
		return nil, symbolon.InvalidField("limit", "must be from 1 to %d", maxPage)
	}
	if err := checkTexts(field{"user", string(q.User)}, field{"keyId", string(q.KeyID)}, field{"q", q.Prefix}, field{"country", q.Country}); err != nil {
		return nil, err
	}
	after, err := readCursor(q, by)
	return &deviceList{s, q, by, after}, err
}

// page sorts what a search found, if that is little. Else it walks along the order: then
// what is sought is not rare there.
func (l *deviceList) page(ctx context.Context) (page []rank, next *rank, err error) {
	if l.searches() {
		found, few, err := l.search(ctx)
		if err != nil || few {
			page, next = l.cut(found, nil)
			return page, next, err
		}
	}
	return l.walk(ctx)
}

// cut leaves what is on the page. next is where the one after it begins, unless this one
// is full before.
func (l *deviceList) cut(found []rank, next *rank) ([]rank, *rank) {
	if len(found) <= l.query.Limit {
		return found, next
	}
	return found[:l.query.Limit], &found[l.query.Limit-1]
}

// walk goes along the order, past what does not match, and no further than to the last
// one that it may look at.
func (l *deviceList) walk(ctx context.Context) ([]rank, *rank, error) {
	way := l.way()
	var last *rank
	if len(l.filter(about(l.query.AppID), true).conditions) > 0 {
		a := about(l.query.AppID)
		ahead, err := all(ctx, l.reader(), built("look_ahead", l.lookAhead(a, way)), l.by.read, a.args...)
		if err != nil {
			return nil, nil, err
		}
		if len(ahead) == 2 { // the second tells that the first is not the end
			last, way.end = &ahead[0], &ahead[0]
		}
	}
	a := about(l.query.AppID)
	found, err := all(ctx, l.reader(), built("list_devices", l.along(a, way)), l.by.read, a.args...)
	page, next := l.cut(found, last)
	return page, next, err
}

// search gives what is found and stands after the cursor, in order, if that is little enough.
func (l *deviceList) search(ctx context.Context) (found []rank, few bool, err error) {
	most := l.most(fewFound)
	counting := about(l.query.AppID)
	n, err := one(ctx, l.reader(), built("count_found", l.counting(counting, most)), readValue[int], counting.args...)
	if err != nil || n > most {
		return nil, false, err
	}
	finding := about(l.query.AppID)
	err = l.reader().each(ctx, built("list_found", l.finding(finding, most)), finding.args, func(row scan) error {
		p, matches, err := l.by.readFound(row)
		if matches && (l.after == nil || l.by.compare(p, *l.after) > 0) {
			found = append(found, p)
		}
		return err
	})
	slices.SortFunc(found, l.by.compare)
	return found, true, err
}

// readFound reads a rank whose value is NULL where the device does not match.
func (o order) readFound(row scan) (p rank, matches bool, err error) {
	var number *int64
	var text *string
	if o.text {
		err = row(&text, &p.id)
	} else {
		err = row(&number, &p.id)
	}
	switch {
	case number != nil:
		p.number = *number
	case text != nil:
		p.text = *text
	default:
		return p, false, err
	}
	return p, true, err
}

// getDevices looks up each by itself, however many there are and whatever the database
// believes of its tables.
var getDevices = define("get_devices", `SELECT COALESCE((SELECT `+packed(deviceColumns)+` FROM `+deviceTables+`
	WHERE d.app_id = $1 AND d.device_id = few.value), '') FROM {texts} few`)

// devicesOf gives the devices that are still there, in the order of their ids.
func (s *Store) devicesOf(ctx context.Context, app symbolon.AppID, ids []string) ([]symbolon.Device, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	found := make(map[symbolon.DeviceID]symbolon.Device, len(ids))
	err := s.reader().each(ctx, getDevices, []any{string(app), list(s.engine.dialect(), ids)}, func(row scan) error {
		text, err := readValue[string](row)
		if err != nil || text == "" {
			return err
		}
		d, err := readDevice(func(dest ...any) error { return assign(dest[0], text) })
		found[d.ID] = d
		return err
	})
	devices := make([]symbolon.Device, 0, len(ids))
	for _, id := range ids {
		if d, ok := found[symbolon.DeviceID(id)]; ok {
			devices = append(devices, d)
		}
	}
	return devices, err
}

// most bounds how many devices are looked at.
func (s *Store) most(usual int) int {
	if s.looks > 0 {
		return s.looks
	}
	return usual
}
