package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
)

type eventCommands struct {
	Tail eventTailCommand `cmd:"" help:"Print the last events, and follow the log."`
}

type eventTailCommand struct {
	inApp  `embed:""`
	output `embed:""`
	Lines  int    `short:"n" default:"20" placeholder:"N" help:"Begin with this many of the last events, at most 200. Default: ${default}."`
	After  string `placeholder:"SEQ" help:"Begin after the event with this seq instead, and miss none; 0 for the first."`
	Follow bool   `short:"f" help:"Go on with events as they come, until Ctrl-C."`
}

// followEvery is how long a follower waits for more.
const followEvery = time.Second

func (c *eventTailCommand) Run(ctx context.Context, m *Main) error {
	if c.Lines < 0 || c.Lines > 200 {
		return invalid("lines", "must be from 0 to 200; got %d", c.Lines)
	}
	service, err := c.admin(ctx)
	if err != nil {
		return err
	}
	page, err := c.begin(ctx, service)
	if err != nil {
		return err
	}
	p := &eventPrinter{m: m, asJSON: c.asJSON(m)}
	if err := p.print(page.Items); err != nil {
		return err
	}
	if err := p.rest(ctx, service, page.NextCursor, c.Follow); err != nil || c.Follow || p.printed {
		return err
	}
	if !p.asJSON {
		fmt.Fprintln(m.Stdout, "There are no events.")
	}
	return nil
}

// begin gives the first events to print, and where to go on.
func (c *eventTailCommand) begin(ctx context.Context, service *client.Client) (symbolon.EventPage, error) {
	switch {
	case c.After != "":
		return symbolon.EventPage{NextCursor: c.After}, nil
	case c.Lines == 0:
		page, err := service.LatestEvents(ctx, 1)
		page.Items = nil
		return page, err
	}
	return service.LatestEvents(ctx, c.Lines)
}

// eventPrinter prints events as they come. In a table the first of them set the widths.
type eventPrinter struct {
	m       *Main
	asJSON  bool
	printed bool
}

func (p *eventPrinter) print(events []symbolon.Event) error {
	if len(events) == 0 {
		return nil
	}
	if !p.asJSON {
		err := eventTable().print(p.m.Stdout, events, !p.printed)
		p.printed = true
		return err
	}
	p.printed = true
	for _, e := range events {
		if err := encode(p.m.Stdout, e); err != nil {
			return err
		}
	}
	return nil
}

// rest prints what is after the cursor, up to the end or, following, for good. A service
// that is away for a while is waited for.
func (p *eventPrinter) rest(ctx context.Context, service *client.Client, cursor string, follow bool) error {
	more := time.NewTicker(followEvery)
	defer more.Stop()
	for away := false; ; {
		page, err := service.ListEvents(ctx, client.Page{Cursor: cursor, Limit: 200})
		switch {
		case follow && ctx.Err() != nil:
			return nil
		case follow && errors.Is(err, symbolon.ErrUnavailable):
			if !away {
				fmt.Fprintf(p.m.Stderr, "symbolon: %s; waiting for it\n", inWords(err))
			}
			away = true
		case err != nil:
			return err
		default:
			away, cursor = false, page.NextCursor
			if err := p.print(page.Items); err != nil {
				return err
			}
		}
		if len(page.Items) > 0 {
			continue
		}
		if !follow {
			return nil
		}
		select {
		case <-more.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// eventTable has fixed formats for most cells, so that what is printed later stands under
// what was printed before.
func eventTable() table[symbolon.Event] {
	return table[symbolon.Event]{"events", []column[symbolon.Event]{
		{"time", func(e symbolon.Event) string { return e.At.Local().Format("2006-01-02 15:04:05") }},
		{"event", func(e symbolon.Event) string { return pad(string(e.Type), len(symbolon.EventTombstonesLifted)) }},
		{"by", func(e symbolon.Event) string { return pad(e.Actor.String(), len("backend:cred_0123456789abcdef")) }},
		{"user", func(e symbolon.Event) string { return pad(personal(e, string(e.UserID)), 12) }},
		{"device", func(e symbolon.Event) string { return pad(personal(e, string(e.DeviceID)), 36) }},
		{"data", func(e symbolon.Event) string { return string(e.Data) }},
	}}
}

func personal(e symbolon.Event, value string) string {
	if e.Erased {
		return "(erased)"
	}
	return value
}

// first ends a list after a number of items, 0 for all.
func first[T any](limit int, items iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		n := 0
		for item, err := range items {
			if !yield(item, err) {
				return
			}
			if n++; n == limit {
				return
			}
		}
	}
}
