package sqlstore

import (
	"context"
	"math"

	"github.com/symbolon-id/symbolon"
)

var (
	eventColumns = packed(`id, app_id, type, at, actor_kind, actor_id, user_id, device_id, ip_address, data`) + `, salt, commitment`
	selectEvent  = `SELECT ` + eventColumns + ` FROM events`
)

var (
	appendEvent = define("append_event", `INSERT INTO events (app_id, type, at, actor_kind, actor_id, user_id, device_id, ip_address, data, salt)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) {returning_id}`)

	getEvents = define("get_events", selectEvent+` WHERE app_id = $1 AND id IN {ints}`)

	listDeviceEvents = define("list_device_events", selectEvent+`
		WHERE app_id = $1 AND device_id = $2 AND device_id <> '' AND id < $3 ORDER BY id DESC LIMIT $4`)

	listUserEvents = define("list_user_events", selectEvent+`
		WHERE app_id = $1 AND user_id = $2 AND user_id <> '' AND type <> 'device.decided' AND id < $3 ORDER BY id DESC LIMIT $4`)
)

// AppendEvent implements [symbolon.Events].
func (s *Store) AppendEvent(ctx context.Context, e symbolon.Event) (id symbolon.EventID, err error) {
	if err := checkEvent(e); err != nil {
		return 0, err
	}
	if len(e.Salt) == 0 {
		e.Salt = symbolon.NewSalt()
	}
	err = s.write(ctx, func(d db) error {
		n, err := d.insert(ctx, appendEvent, string(e.AppID), string(e.Type), micro(e.At), string(e.Actor.Kind),
			e.Actor.ID, string(e.UserID), string(e.DeviceID), e.IPAddress, string(e.Data), e.Salt)
		id = symbolon.EventID(n)
		return err
	})
	return id, err
}

// ListEvents implements [symbolon.Events]: the seals say which events come next.
func (s *Store) ListEvents(ctx context.Context, app symbolon.AppID, after int64, limit int) ([]symbolon.Event, error) {
	var events []symbolon.Event
	for limit > len(events) {
		seals, err := s.ListSeals(ctx, app, after, min(limit-len(events), sealsPerRead))
		if err != nil || len(seals) == 0 {
			return events, err
		}
		places := sealedPlaces(seals, after, limit-len(events))
		found, err := eventsInOrder(ctx, s.reader(), s.engine.dialect(), app, places)
		if err != nil {
			return nil, err
		}
		events = append(events, found...)
		after = places[len(places)-1].seq
	}
	return events, nil
}

// place is where an event stands in the sealed order.
type place struct {
	seq int64
	id  symbolon.EventID
}

// sealedPlaces gives up to limit places after the given one.
func sealedPlaces(seals []symbolon.Seal, after int64, limit int) []place {
	var places []place
	for _, seal := range seals {
		first := seal.Seq - int64(len(seal.IDs)) + 1
		for i, id := range seal.IDs {
			if seq := first + int64(i); seq > after && len(places) < limit {
				places = append(places, place{seq, id})
			}
		}
	}
	return places
}

// eventsInOrder reads the events of the given places; one that was pruned meanwhile is
// left out.
func eventsInOrder(ctx context.Context, d db, dialect *dialect, app symbolon.AppID, places []place) ([]symbolon.Event, error) {
	ids := make([]int64, len(places))
	for i, p := range places {
		ids[i] = int64(p.id)
	}
	found := make(map[symbolon.EventID]symbolon.Event, len(places))
	err := d.each(ctx, getEvents, []any{string(app), list(dialect, ids)}, func(row scan) error {
		e, err := readEvent(row)
		found[e.ID] = e
		return err
	})
	events := make([]symbolon.Event, 0, len(found))
	for _, p := range places {
		if e, ok := found[p.id]; ok {
			e.Seq = p.seq
			events = append(events, e)
		}
	}
	return events, err
}

// ListDeviceEvents implements [symbolon.Events].
func (s *Store) ListDeviceEvents(ctx context.Context, app symbolon.AppID, device symbolon.DeviceID, before symbolon.EventID, limit int) ([]symbolon.Event, error) {
	return all(ctx, s.reader(), listDeviceEvents, readOnlyEvent, string(app), string(device), newest(before), limit)
}

// ListUserEvents implements [symbolon.Events].
func (s *Store) ListUserEvents(ctx context.Context, app symbolon.AppID, user symbolon.UserID, before symbolon.EventID, limit int) ([]symbolon.Event, error) {
	return all(ctx, s.reader(), listUserEvents, readOnlyEvent, string(app), string(user), newest(before), limit)
}

func newest(before symbolon.EventID) int64 {
	if before == 0 {
		return math.MaxInt64
	}
	return int64(before)
}

func checkEvent(e symbolon.Event) error {
	if err := checkTexts(
		field{"app", string(e.AppID)}, field{"type", string(e.Type)}, field{"actor.kind", string(e.Actor.Kind)}, field{"actor.id", e.Actor.ID},
		field{"userId", string(e.UserID)}, field{"deviceId", string(e.DeviceID)}, field{"ipAddress", e.IPAddress},
	); err != nil {
		return err
	}
	return checkLaidOut("data", e.Data)
}

// readEvent reads selectEvent, and what more a statement appends to it. A commitment is
// kept only of an event that was erased.
func readEvent(row scan, more ...any) (e symbolon.Event, err error) {
	var text, data string
	if err := row(append([]any{&text, &e.Salt, &e.Commitment}, more...)...); err != nil {
		return e, err
	}
	var at int64
	err = unpack(text, (*int64)(&e.ID), (*string)(&e.AppID), (*string)(&e.Type), &at, (*string)(&e.Actor.Kind), &e.Actor.ID,
		(*string)(&e.UserID), (*string)(&e.DeviceID), &e.IPAddress, &data)
	e.At, e.Data, e.Erased = fromMicro(at), document(data), len(e.Commitment) > 0
	return e, err
}

func readOnlyEvent(row scan) (symbolon.Event, error) { return readEvent(row) }
