package registry

import (
	"strconv"
	"time"

	"github.com/symbolon-id/symbolon"
)

// The sizes of a page of a list.
const (
	DefaultPage = 50
	MaxPage     = 200
)

func pageSize(limit int) (int, error) {
	if limit == 0 {
		return DefaultPage, nil
	}
	if limit < 1 || limit > MaxPage {
		return 0, symbolon.InvalidField("limit", "must be from 1 to %d", MaxPage)
	}
	return limit, nil
}

func (s *settings) devicePage(items []symbolon.Device, next string, now time.Time) symbolon.DevicePage {
	if items == nil {
		items = []symbolon.Device{}
	}
	return symbolon.DevicePage{Items: s.allShown(items, now), NextCursor: next}
}

func newestFirst(cursor string, limit int, list func(symbolon.EventID, int) ([]symbolon.Event, error)) (symbolon.EventPage, error) {
	limit, err := pageSize(limit)
	if err != nil {
		return symbolon.EventPage{}, err
	}
	before, err := place("cursor", cursor)
	if err != nil {
		return symbolon.EventPage{}, err
	}
	events, err := list(symbolon.EventID(before), limit)
	if err != nil {
		return symbolon.EventPage{}, err
	}
	page := symbolon.EventPage{Items: events}
	if page.Items == nil {
		page.Items = []symbolon.Event{}
	}
	if len(events) == limit {
		page.NextCursor = cursorOf(int64(events[len(events)-1].ID))
	}
	return page, nil
}

// place reads a cursor of a log: a number that an earlier page gave, or "".
func place(field, cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(cursor, 10, 64)
	if err != nil || n < 0 {
		return 0, symbolon.InvalidField(field, "must be a nextCursor that an earlier page gave")
	}
	return n, nil
}

func cursorOf(n int64) string { return strconv.FormatInt(n, 10) }
