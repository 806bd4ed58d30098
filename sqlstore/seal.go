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
	b := newBatch(after, now)
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
	from    int64 // the position that it goes on from
	to      int64
	now     time.Time
	events  []symbolon.Event
	apps    []symbolon.AppID // in order of appearance
	chains  map[symbolon.AppID]*symbolon.Seal
	oldest  map[symbolon.AppID]time.Time
	uses    map[deviceKey]*symbolon.DeviceUse
	tallies map[tallyKey]int64

	decisions map[string]symbolon.Decided // those that were read, by their data
}

func newBatch(after int64, now time.Time) *batch {
	return &batch{
		from: after, to: after, now: now, chains: map[symbolon.AppID]*symbolon.Seal{}, oldest: map[symbolon.AppID]time.Time{},
		uses: map[deviceKey]*symbolon.DeviceUse{}, tallies: map[tallyKey]int64{}, decisions: map[string]symbolon.Decided{},
	}
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
	d, decided := b.decided(e)
	b.count(e.AppID, e.TalliesOf(d))
	if decided && e.DeviceID != "" {
		b.use(deviceKey{e.AppID, e.DeviceID}).FoldDecided(e, d)
	}
}

// decided reads the data of a decision. Many of a batch are alike, as nothing in them
// tells of a device or a time.
func (b *batch) decided(e symbolon.Event) (d symbolon.Decided, ok bool) {
	if e.Type != symbolon.EventDeviceDecided {
		return d, false
	}
	if d, ok = b.decisions[string(e.Data)]; ok {
		return d, true
	}
	if d, ok = e.Decided(); ok {
		b.decisions[string(e.Data)] = d
	}
	return d, ok
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
		if err := d.execMany(ctx, addTally, b.tallyArgs()); err != nil {
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
