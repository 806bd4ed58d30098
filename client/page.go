package client

import (
	"iter"
	"net/url"
	"strconv"
)

// Page says which part of a list to give.
type Page struct {
	Limit  int    // 1 to 200; 0 for 50
	Cursor string // of the page before, or ""
}

func (p Page) query(cursorName string) url.Values {
	q := url.Values{}
	set(q, cursorName, p.Cursor)
	if p.Limit != 0 {
		q.Set("limit", strconv.Itoa(p.Limit))
	}
	return q
}

func set[T ~string](q url.Values, name string, value T) {
	if value != "" {
		q.Set(name, string(value))
	}
}

// all walks a list page by page, and ends at the first error.
func all[T any](p Page, get func(Page) (items []T, next string, err error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for {
			items, next, err := get(p)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if next == "" || next == p.Cursor { // a page can be empty and lead on
				return
			}
			p.Cursor = next
		}
	}
}
