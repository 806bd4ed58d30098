package sqlstore

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/symbolon-id/symbolon"
)

// The fold of a batch is added to what is there, so nothing but histories has to be read,
// and a sweep that cuts the address meanwhile is not undone.
const folded = `
		usage_count      = usage_count + $3,
		last_verified_at = CASE WHEN last_verified_at IS NULL OR last_verified_at < $4 THEN $4 ELSE last_verified_at END,
		last_used_at     = CASE WHEN last_used_at IS NULL OR last_used_at < $5 THEN $5 ELSE last_used_at END,
		seen_at          = CASE WHEN last_used_at IS NULL OR last_used_at < $5 THEN $5 ELSE seen_at END,
		ip_address       = CASE WHEN last_used_at IS NULL OR last_used_at < $5 THEN $6 ELSE ip_address END,
		location         = CASE WHEN last_used_at IS NULL OR last_used_at < $5 THEN $7 ELSE location END,
		country          = CASE WHEN last_used_at IS NULL OR last_used_at < $5 THEN $8 ELSE country END`

var (
	foldUse  = changing(aDevice, define("fold_use", `UPDATE device_use SET`+folded+` WHERE app_id = $1 AND device_id = $2`))
	foldMove = changing(aDevice, define("fold_move", `UPDATE device_use SET`+folded+`, history = $9 WHERE app_id = $1 AND device_id = $2`))

	// A score rarely changes, and is set by itself: SQLite writes the index of each column
	// that a statement sets, also where the value stays. To ask first which ones changed
	// costs a third of trying each.
	listChangedRisks = define("list_changed_risks", `SELECT f.key FROM json_each($2) f CROSS JOIN device_use u
		WHERE u.app_id = $1 AND u.device_id = f.key AND u.risk_score <> f.value`)
	foldRisk = changing(aDevice, define("fold_risk", `UPDATE device_use SET risk_score = $4
		WHERE app_id = $1 AND device_id = $2 AND last_used_at = $3 AND risk_score <> $4`))

	getHistories = define("get_histories", `SELECT device_id, history FROM device_use
		WHERE app_id = $1 AND device_id IN {texts} AND history <> '' {for_update}`)
)

type deviceKey struct {
	app symbolon.AppID
	id  symbolon.DeviceID
}

// used is what a batch adds to the use of a device.
type used struct {
	deviceKey
	symbolon.DeviceUse
}

// moved tells whether the batch has something for the device's history.
func (u used) moved() bool { return len(u.History.Visits) > 0 }

func (b *batch) use(device deviceKey) *symbolon.DeviceUse {
	if b.uses[device] == nil {
		b.uses[device] = &symbolon.DeviceUse{}
	}
	return b.uses[device]
}

// used are the devices that showed their key, in the order in which they are kept.
func (b *batch) used() (uses []used) {
	for device, u := range b.uses {
		if u.LastUsedAt != nil {
			uses = append(uses, used{device, *u})
		}
	}
	slices.SortFunc(uses, func(a, b used) int { return cmp.Or(cmp.Compare(a.app, b.app), cmp.Compare(a.id, b.id)) })
	return uses
}

// foldEach folds each device by itself, which SQLite does faster than all at once.
func foldEach(ctx context.Context, d db, uses []used) error {
	if err := joinHistories(ctx, d, sqlite, uses); err != nil {
		return err
	}
	var stays, moves [][]any
	for _, u := range uses {
		args := []any{string(u.app), string(u.id), u.UsageCount, microOr(u.LastVerifiedAt), micro(*u.LastUsedAt), u.IPAddress, u.Location, u.Country}
		if u.moved() {
			moves = append(moves, append(args, historyText(u.History)))
		} else {
			stays = append(stays, args)
		}
	}
	if err := d.execMany(ctx, foldUse, stays); err != nil {
		return err
	}
	if err := d.execMany(ctx, foldMove, moves); err != nil {
		return err
	}
	return foldRisks(ctx, d, uses)
}

func foldRisks(ctx context.Context, d db, uses []used) error {
	for app, devices := range byApp(uses, func(used) bool { return true }) {
		scores := make(map[symbolon.DeviceID]int, len(devices))
		for id, u := range devices {
			scores[id] = u.RiskScore
		}
		changed, err := all(ctx, d, listChangedRisks, readValue[symbolon.DeviceID], string(app), jsonText(scores))
		if err != nil {
			return err
		}
		var risks [][]any
		for _, id := range changed {
			risks = append(risks, []any{string(app), string(id), micro(*devices[id].LastUsedAt), int64(scores[id])})
		}
		if err := d.execMany(ctx, foldRisk, risks); err != nil {
			return err
		}
	}
	return nil
}

func byApp(uses []used, which func(used) bool) map[symbolon.AppID]map[symbolon.DeviceID]*used {
	apps := map[symbolon.AppID]map[symbolon.DeviceID]*used{}
	for i, u := range uses {
		if !which(u) {
			continue
		}
		if apps[u.app] == nil {
			apps[u.app] = map[symbolon.DeviceID]*used{}
		}
		apps[u.app][u.id] = &uses[i]
	}
	return apps
}

// joinHistories puts before each new part of a history what is kept. Only the sealer and
// the sweep change that, and neither while the other is at it.
func joinHistories(ctx context.Context, d db, dialect *dialect, uses []used) error {
	for app, devices := range byApp(uses, used.moved) {
		ids := slices.Collect(maps.Keys(devices))
		if err := d.each(ctx, getHistories, []any{string(app), list(dialect, ids)}, func(row scan) error {
			var id symbolon.DeviceID
			var text string
			if err := row(&id, &text); err != nil {
				return err
			}
			kept, err := readHistory(text)
			devices[id].History = kept.Joined(devices[id].History)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}
