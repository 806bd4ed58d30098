package sqlstore

import (
	"context"
	"errors"
	"time"

	"github.com/symbolon-id/symbolon"
)

// sealsPerRead bounds how many batches are looked up at once for a page of events.
const sealsPerRead = 32

// The sealed order is that of the ids. An event that follows from another has the higher
// id, since it was written after the other's commit was seen, or after its row lock was
// had. On SQLite ids are also in the order of commits; on PostgreSQL the engine says up
// to which id nothing can appear any more.
var (
	listUnsealed = define("list_unsealed", selectEvent+` WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3`)

	oldestUnsealed = define("oldest_unsealed", `SELECT at FROM events WHERE id > $1 ORDER BY id LIMIT 1`)

	getPosition = define("get_position", `SELECT id FROM sealer`)

	putPosition = define("put_position", `UPDATE sealer SET id = $1 WHERE id = $2`)

	lastSeal = define("last_seal", `SELECT seq, chain FROM seals WHERE app_id = $1 ORDER BY seq DESC LIMIT 1`)

	addSeal = define("add_seal", `INSERT INTO seals (app_id, seq, ids, chain, at) VALUES ($1, $2, $3, $4, $5)`)

	listSeals = define("list_seals", `SELECT app_id, seq, ids, chain, at FROM seals WHERE app_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`)

	getLastSeal = define("get_last_seal", `SELECT app_id, seq, ids, chain, at FROM seals WHERE app_id = $1 ORDER BY seq DESC LIMIT 1`)

	getCheckpoint = define("get_checkpoint", `SELECT app_id, seq, chain, at, signature FROM checkpoints WHERE app_id = $1`)

	// The fold of a batch is added to what is there, so nothing has to be read, and a
	// sweep that cuts the address meanwhile is not undone.
	foldUse = define("fold_use", `UPDATE device_use SET
			usage_count      = usage_count + $3,
			last_verified_at = CASE WHEN last_verified_at IS NULL OR last_verified_at < $4 THEN $4 ELSE last_verified_at END,
			last_used_at     = CASE WHEN last_used_at IS NULL OR last_used_at < $5 THEN $5 ELSE last_used_at END,
			seen_at          = CASE WHEN last_used_at IS NULL OR last_used_at < $5 THEN $5 ELSE seen_at END,
			ip_address       = CASE WHEN last_used_at IS NULL OR last_used_at < $5 THEN $6 ELSE ip_address END,
			location         = CASE WHEN last_used_at IS NULL OR last_used_at < $5 THEN $7 ELSE location END
		WHERE app_id = $1 AND device_id = $2`)

	// A score rarely changes, and is set by itself: SQLite writes the index of each column
	// that a statement sets, also where the value stays.
	foldRisk = define("fold_risk", `UPDATE device_use SET risk_score = $4
		WHERE app_id = $1 AND device_id = $2 AND last_used_at = $3 AND risk_score <> $4`)
)

// sealing is what the sealer works with: where it reads, its one write, up to which id
// the events after its position are final, and how uses are folded in.
type sealing struct {
	read  db
	write func(func(db) error) error
	final func(ctx context.Context, after int64) (int64, error)
	fold  func(ctx context.Context, d db, uses []used) error
}

// errOvertaken says that another sealer was quicker.
var errOvertaken = errors.New("sqlstore: the sealer's position moved")

// Seal implements [symbolon.Events].
func (s *Store) Seal(ctx context.Context, now time.Time, limit int) (report symbolon.SealReport, err error) {
	f := func(x sealing) (err error) {
		report, err = sealNext(ctx, x, now, limit)
		return err
	}
	if s.inside != nil {
		return report, errors.New("sqlstore: the sealer has a transaction of its own, and can't work within another")
	}
	_, err = s.engine.seal(ctx, f)
	if errors.Is(err, errOvertaken) {
		return symbolon.SealReport{More: true}, nil
	}
	return report, err
}

func sealNext(ctx context.Context, x sealing, now time.Time, limit int) (report symbolon.SealReport, err error) {
	after, err := one(ctx, x.read, getPosition, readValue[int64])
	if err != nil {
		return report, err
	}
	final, err := x.final(ctx, after)
	if err != nil {
		return report, err
	}
	b := &batch{
		from: after, to: after, now: now, chains: map[symbolon.AppID]*symbolon.Seal{},
		oldest: map[symbolon.AppID]time.Time{}, uses: map[deviceKey]*symbolon.DeviceUse{},
	}
	err = x.read.each(ctx, listUnsealed, []any{after, final, limit}, func(row scan) error {
		e, err := readEvent(row)
		b.add(e)
		return err
	})
	if err == nil && len(b.events) > 0 {
		err = b.seal(ctx, x)
	}
	if err != nil {
		return report, err
	}
	report = symbolon.SealReport{Sealed: len(b.events), More: len(b.events) == limit}
	oldest, err := one(ctx, x.read, oldestUnsealed, readValue[int64], b.to)
	if errors.Is(err, symbolon.ErrNotFound) {
		return report, nil
	}
	report.Lag = max(0, now.Sub(fromMicro(oldest)))
	return report, err
}

// batch is what one call of Seal puts in order.
type batch struct {
	from   int64 // the position that it goes on from
	to     int64
	now    time.Time
	events []symbolon.Event
	apps   []symbolon.AppID // in order of appearance
	chains map[symbolon.AppID]*symbolon.Seal
	oldest map[symbolon.AppID]time.Time
	uses   map[deviceKey]*symbolon.DeviceUse
}

type deviceKey struct {
	app symbolon.AppID
	id  symbolon.DeviceID
}

// used is what a batch adds to the use of a device.
type used struct {
	deviceKey
	symbolon.DeviceUse
}

func (b *batch) add(e symbolon.Event) {
	b.to = int64(e.ID)
	b.events = append(b.events, e)
	if b.chains[e.AppID] == nil {
		b.chains[e.AppID] = &symbolon.Seal{AppID: e.AppID, At: b.now}
		b.apps = append(b.apps, e.AppID)
		b.oldest[e.AppID] = e.At
	}
	if e.At.Before(b.oldest[e.AppID]) {
		b.oldest[e.AppID] = e.At
	}
	if e.Type != symbolon.EventDeviceDecided || e.DeviceID == "" {
		return
	}
	device := deviceKey{e.AppID, e.DeviceID}
	if b.uses[device] == nil {
		b.uses[device] = &symbolon.DeviceUse{}
	}
	b.uses[device].Fold(e)
}

// seal chains the events to what is there, and writes it all at once.
func (b *batch) seal(ctx context.Context, x sealing) error {
	for app, seal := range b.chains {
		head, err := chainHead(ctx, x.read, app)
		if err != nil {
			return err
		}
		seal.Seq, seal.Chain = head.Seq, head.Chain
	}
	for _, e := range b.events {
		seal := b.chains[e.AppID]
		seal.Seq++
		seal.IDs = append(seal.IDs, e.ID)
		seal.Chain = e.Chain(seal.Chain)
	}
	return x.write(func(d db) error {
		n, err := d.exec(ctx, putPosition, b.to, b.from)
		if err := notThere(n, err, errOvertaken); err != nil {
			return err
		}
		if err := d.execMany(ctx, addSeal, b.sealArgs()); err != nil {
			return err
		}
		if err := d.execMany(ctx, sweepAgain, b.sweepArgs()); err != nil {
			return err
		}
		return x.fold(ctx, d, b.used())
	})
}

func (b *batch) sealArgs() (lists [][]any) {
	for _, app := range b.apps {
		s := b.chains[app]
		lists = append(lists, []any{string(app), s.Seq, symbolon.EncodeEventIDs(s.IDs), s.Chain, micro(s.At)})
	}
	return lists
}

// sweepArgs let no address slip by that is folded in after its time, as when the sealer
// stood still.
func (b *batch) sweepArgs() (lists [][]any) {
	for _, app := range b.apps {
		lists = append(lists, []any{string(app), micro(b.oldest[app])})
	}
	return lists
}

// used are the devices that showed their key.
func (b *batch) used() (list []used) {
	for device, u := range b.uses {
		if u.LastUsedAt != nil {
			list = append(list, used{device, *u})
		}
	}
	return list
}

// foldEach folds each device by itself.
func foldEach(ctx context.Context, d db, list []used) error {
	var uses, risks [][]any
	for _, u := range list {
		app, id, at := string(u.app), string(u.id), micro(*u.LastUsedAt)
		uses = append(uses, []any{app, id, u.UsageCount, microOr(u.LastVerifiedAt), at, u.IPAddress, u.Location})
		risks = append(risks, []any{app, id, at, int64(u.RiskScore)})
	}
	if err := d.execMany(ctx, foldUse, uses); err != nil {
		return err
	}
	return d.execMany(ctx, foldRisk, risks)
}

// chainHead is where an app's chain goes on: after its last seal, or its checkpoint.
func chainHead(ctx context.Context, d db, app symbolon.AppID) (symbolon.Seal, error) {
	head, err := one(ctx, d, lastSeal, func(row scan) (s symbolon.Seal, err error) {
		err = row(&s.Seq, &s.Chain)
		return s, err
	}, string(app))
	if !errors.Is(err, symbolon.ErrNotFound) {
		return head, err
	}
	c, err := one(ctx, d, getCheckpoint, readCheckpoint, string(app))
	if errors.Is(err, symbolon.ErrNotFound) {
		err = nil
	}
	return symbolon.Seal{Seq: c.Seq, Chain: c.Chain}, err
}

// ListSeals implements [symbolon.Events].
func (s *Store) ListSeals(ctx context.Context, app symbolon.AppID, after int64, limit int) ([]symbolon.Seal, error) {
	return all(ctx, s.reader(), listSeals, readSeal, string(app), after, limit)
}

// GetLastSeal implements [symbolon.Events].
func (s *Store) GetLastSeal(ctx context.Context, app symbolon.AppID) (symbolon.Seal, error) {
	return one(ctx, s.reader(), getLastSeal, readSeal, string(app))
}

// GetCheckpoint implements [symbolon.Events].
func (s *Store) GetCheckpoint(ctx context.Context, app symbolon.AppID) (symbolon.Checkpoint, error) {
	return one(ctx, s.reader(), getCheckpoint, readCheckpoint, string(app))
}

func readSeal(row scan) (s symbolon.Seal, err error) {
	var ids []byte
	var at int64
	if err := row(&s.AppID, &s.Seq, &ids, &s.Chain, &at); err != nil {
		return s, err
	}
	s.At = fromMicro(at)
	s.IDs, err = symbolon.DecodeEventIDs(ids)
	return s, err
}

func readCheckpoint(row scan) (c symbolon.Checkpoint, err error) {
	var at int64
	err = row(&c.AppID, &c.Seq, &c.Chain, &at, &c.Signature)
	c.At = fromMicro(at)
	return c, err
}
