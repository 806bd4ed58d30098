package sqlstore

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"github.com/symbolon-id/symbolon"
)

var (
	getSweep = define("get_sweep", `SELECT cut_seq FROM sweeps WHERE app_id = $1`)
	putSweep = define("put_sweep", `INSERT INTO sweeps (app_id, cut_seq) VALUES ($1, $2)
		ON CONFLICT (app_id) DO UPDATE SET cut_seq = excluded.cut_seq`)

	cutEvent = define("cut_event", `UPDATE events SET ip_address = $3 WHERE app_id = $1 AND id = $2`)

	listWholeAddresses = define("list_whole_addresses", `SELECT device_id, ip_address FROM device_use
		WHERE app_id = $1 AND address_at IS NOT NULL AND address_at < $2 ORDER BY address_at LIMIT $3`)
	cutDevice = define("cut_device", `UPDATE device_use SET ip_address = $3, address_at = NULL WHERE app_id = $1 AND device_id = $2`)

	pruneEvents   = define("prune_events", `DELETE FROM events WHERE app_id = $1 AND id IN {ints}`)
	pruneSeals    = define("prune_seals", `DELETE FROM seals WHERE app_id = $1 AND seq <= $2`)
	putCheckpoint = define("put_checkpoint", `INSERT INTO checkpoints (app_id, seq, chain, at, signature) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (app_id) DO UPDATE SET seq = excluded.seq, chain = excluded.chain, at = excluded.at, signature = excluded.signature`)
)

// CutAddresses implements [symbolon.Events]. It follows the sealed order and remembers
// how far it came, so that no event is looked at twice.
func (s *Store) CutAddresses(ctx context.Context, app symbolon.AppID, before time.Time, limit int) (n int, err error) {
	err = s.atomic(ctx, func(d db) error {
		in := &Store{engine: s.engine, inside: d}
		if n, err = in.cutEvents(ctx, app, before, limit); err != nil || n >= limit {
			return err
		}
		devices, err := in.cutDevices(ctx, app, before, limit-n)
		n += devices
		return err
	})
	return n, err
}

func (s *Store) cutEvents(ctx context.Context, app symbolon.AppID, before time.Time, limit int) (int, error) {
	from, err := one(ctx, s.inside, getSweep, readValue[int64], string(app))
	if err != nil && !errors.Is(err, symbolon.ErrNotFound) {
		return 0, err
	}
	to := from
	var cuts [][]any
	for more := true; more && len(cuts) < limit; {
		events, err := s.ListEvents(ctx, app, to, limit-len(cuts))
		if err != nil {
			return 0, err
		}
		more = len(events) > 0
		for _, e := range events {
			if more = e.At.Before(before); !more {
				break
			}
			to = e.Seq
			if cut := cutAddress(e.IPAddress); cut != e.IPAddress {
				cuts = append(cuts, []any{string(app), int64(e.ID), cut})
			}
		}
	}
	if to == from {
		return 0, nil
	}
	if err := s.inside.execMany(ctx, cutEvent, cuts); err != nil {
		return 0, err
	}
	_, err = s.inside.exec(ctx, putSweep, string(app), to)
	return len(cuts), err
}

func (s *Store) cutDevices(ctx context.Context, app symbolon.AppID, before time.Time, limit int) (int, error) {
	cuts, err := all(ctx, s.inside, listWholeAddresses, func(row scan) ([]any, error) {
		var device, address string
		err := row(&device, &address)
		return []any{string(app), device, cutAddress(address)}, err
	}, string(app), micro(before), limit)
	if err != nil {
		return 0, err
	}
	return len(cuts), s.inside.execMany(ctx, cutDevice, cuts)
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
