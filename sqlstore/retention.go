package sqlstore

import (
	"context"
	"errors"
	"maps"
	"net/netip"
	"slices"
	"time"

	"github.com/symbolon-id/symbolon"
)

var (
	getSweep = define("get_sweep", `SELECT cut_seq, cut_seen, cut_device FROM sweeps WHERE app_id = $1`)
	putSweep = define("put_sweep", `INSERT INTO sweeps (app_id, cut_seq, cut_seen, cut_device) VALUES ($1, $2, $3, $4)
		ON CONFLICT (app_id) DO UPDATE SET cut_seq = excluded.cut_seq, cut_seen = excluded.cut_seen, cut_device = excluded.cut_device`)

	// A device that comes in with an old address, as imported ones do, has it cut all the same.
	sweepAgain = define("sweep_again", `UPDATE sweeps SET cut_seen = $2 - 1 WHERE app_id = $1 AND cut_seen >= $2`)

	cutEvent = define("cut_event", `UPDATE events SET ip_address = $3 WHERE app_id = $1 AND id = $2`)

	listWholeAddresses = define("list_whole_addresses", `SELECT device_id, ip_address, history, seen_at FROM device_use
		WHERE app_id = $1 AND (seen_at, device_id) > ($2, $3) AND seen_at < $4 AND (ip_address <> '' OR history <> '')
		ORDER BY seen_at, device_id LIMIT $5 {for_update}`)
	cutDevice  = changing(aDevice, define("cut_device", `UPDATE device_use SET ip_address = $3, history = $4 WHERE app_id = $1 AND device_id = $2`))
	cutHistory = changing(aDevice, define("cut_history", `UPDATE device_use SET history = $3 WHERE app_id = $1 AND device_id = $2`))

	pruneEvents   = define("prune_events", `DELETE FROM events WHERE app_id = $1 AND id IN {ints}`)
	pruneSeals    = define("prune_seals", `DELETE FROM seals WHERE app_id = $1 AND seq <= $2`)
	putCheckpoint = define("put_checkpoint", `INSERT INTO checkpoints (app_id, seq, chain, at, signature) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (app_id) DO UPDATE SET seq = excluded.seq, chain = excluded.chain, at = excluded.at, signature = excluded.signature`)
)

// sweep is how far addresses were cut: in the sealed order of events, and in devices in
// the order in which they were seen. So nothing is looked at twice.
type sweep struct {
	seq    int64
	seen   int64
	device string
}

// CutAddresses implements [symbolon.Events].
func (s *Store) CutAddresses(ctx context.Context, app symbolon.AppID, before time.Time, limit int) (n int, err error) {
	err = s.atomic(ctx, func(d db) error {
		in := &Store{engine: s.engine, inside: d}
		from, err := one(ctx, d, getSweep, readSweep, string(app))
		if err != nil && !errors.Is(err, symbolon.ErrNotFound) {
			return err
		}
		to := from
		if n, err = in.cutEvents(ctx, app, before, limit, &to); err != nil {
			return err
		}
		if n < limit {
			devices, err := in.cutDevices(ctx, app, before, limit-n, &to)
			if err != nil {
				return err
			}
			n += devices
		}
		if to == from {
			return nil
		}
		_, err = d.exec(ctx, putSweep, string(app), to.seq, to.seen, to.device)
		return err
	})
	return n, err
}

// cutEvents also cuts the histories of the events' devices. Each visit ends with an event,
// and so a device that is in use loses old points too.
func (s *Store) cutEvents(ctx context.Context, app symbolon.AppID, before time.Time, limit int, to *sweep) (int, error) {
	var cuts [][]any
	devices := map[symbolon.DeviceID]bool{}
	for more := true; more && len(cuts) < limit; {
		events, err := s.ListEvents(ctx, app, to.seq, limit-len(cuts))
		if err != nil {
			return 0, err
		}
		more = len(events) > 0
		for _, e := range events {
			if more = e.At.Before(before); !more {
				break
			}
			to.seq, devices[e.DeviceID] = e.Seq, true
			if cut := cutAddress(e.IPAddress); cut != e.IPAddress {
				cuts = append(cuts, []any{string(app), int64(e.ID), cut})
			}
		}
	}
	if err := s.inside.execMany(ctx, cutEvent, cuts); err != nil {
		return 0, err
	}
	delete(devices, "")
	return len(cuts), s.cutHistories(ctx, app, before, slices.Sorted(maps.Keys(devices)))
}

func (s *Store) cutHistories(ctx context.Context, app symbolon.AppID, before time.Time, devices []symbolon.DeviceID) error {
	if len(devices) == 0 {
		return nil
	}
	var cuts [][]any
	err := s.inside.each(ctx, getHistories, []any{string(app), list(s.engine.dialect(), devices)}, func(row scan) error {
		var id, history string
		if err := row(&id, &history); err != nil {
			return err
		}
		cut, err := cutText(history, before)
		if cut != history {
			cuts = append(cuts, []any{string(app), id, cut})
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.inside.execMany(ctx, cutHistory, cuts)
}

// cutDevices goes on from where the sweep is, and moves it.
func (s *Store) cutDevices(ctx context.Context, app symbolon.AppID, before time.Time, limit int, to *sweep) (int, error) {
	cuts, err := all(ctx, s.inside, listWholeAddresses, func(row scan) ([]any, error) {
		var address, history string
		if err := row(&to.device, &address, &history, &to.seen); err != nil {
			return nil, err
		}
		history, err := cutText(history, before)
		return []any{string(app), to.device, cutAddress(address), history}, err
	}, string(app), to.seen, to.device, micro(before), limit)
	if err != nil {
		return 0, err
	}
	return len(cuts), s.inside.execMany(ctx, cutDevice, cuts)
}

func cutText(history string, before time.Time) (string, error) {
	h, err := readHistory(history)
	return historyText(h.Cut(before)), err
}

func readSweep(row scan) (s sweep, err error) {
	err = row(&s.seq, &s.seen, &s.device)
	return s, err
}

// cutAddress leaves the network of an address, /24 of IPv4 and /48 of IPv6, written as
// an address. What is no address is dropped.
func cutAddress(text string) string {
	a, err := netip.ParseAddr(text)
	if err != nil {
		return ""
	}
	a = a.Unmap().WithZone("")
	bits := 48
	if a.Is4() {
		bits = 24
	}
	network, err := a.Prefix(bits)
	if err != nil {
		return ""
	}
	return network.Addr().String()
}

// PruneEvents implements [symbolon.Events]. A batch is older than a time when it was
// sealed before it. At least one such batch goes, also if it is above the limit.
func (s *Store) PruneEvents(ctx context.Context, app symbolon.AppID, before time.Time, limit int, sign func(symbolon.Checkpoint) []byte) (n int, err error) {
	err = s.atomic(ctx, func(d db) error {
		var ids []symbolon.EventID
		var last *symbolon.Seal
		seals, err := all(ctx, d, listSeals, readSeal, string(app), int64(0), sealsPerRead)
		if err != nil {
			return err
		}
		for i, seal := range seals {
			if !seal.At.Before(before) || (i > 0 && len(ids)+len(seal.IDs) > limit) {
				break
			}
			ids, last = append(ids, seal.IDs...), &seals[i]
		}
		if n = len(ids); n == 0 {
			return nil
		}
		return (&Store{engine: s.engine, inside: d}).prune(ctx, *last, ids, sign)
	})
	return n, err
}

func (s *Store) prune(ctx context.Context, last symbolon.Seal, ids []symbolon.EventID, sign func(symbolon.Checkpoint) []byte) error {
	app, d := string(last.AppID), s.inside
	if _, err := d.exec(ctx, pruneEvents, app, list(s.engine.dialect(), ids)); err != nil {
		return err
	}
	if _, err := d.exec(ctx, pruneSeals, app, last.Seq); err != nil {
		return err
	}
	c := symbolon.Checkpoint{AppID: last.AppID, Seq: last.Seq, Chain: last.Chain, At: last.At}
	_, err := d.exec(ctx, putCheckpoint, app, c.Seq, c.Chain, micro(c.At), bytesOf(sign(c)))
	return err
}
