package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/symbolon-id/symbolon"
)

// What separates blocked devices, and the two texts of each, within one column.
const (
	betweenDevices = "\x1e"
	betweenTexts   = "\x1d"
)

// around counts what else is near a device: each part reads an index alone, and no more
// of it than counts.
var around = fmt.Sprintf(`
		(SELECT COUNT(*) FROM (SELECT 1 FROM devices o WHERE o.app_id = $1 AND o.user_id = $2 AND o.status = 'active' LIMIT %[1]d) few),
		(SELECT COUNT(*) FROM (SELECT 1 FROM devices o WHERE o.app_id = $1 AND o.key_id = $3 LIMIT %[1]d) few),
		CASE WHEN d.manufacturer_id = '' THEN 0 ELSE (SELECT COUNT(*) FROM (SELECT DISTINCT o.user_id FROM devices o
			WHERE o.app_id = $1 AND o.manufacturer_id = d.manufacturer_id AND o.manufacturer_id <> '' LIMIT %[1]d) few) END,
		COALESCE((SELECT string_agg(few.manufacturer_id || '%[3]s' || few.traits, '%[4]s') FROM (SELECT manufacturer_id, traits FROM devices o
			WHERE o.app_id = $1 AND o.user_id = $2 AND o.status = 'blocked' AND o.device_id <> d.device_id
			ORDER BY o.block_at DESC LIMIT %[2]d) few), '')`, symbolon.MaxAround, symbolon.MaxBlocked, betweenTexts, betweenDevices)

var getIdentity = share(define("get_identity", `SELECT `+
	packed(deviceColumns+`, `+userState+`,`+around)+`
	FROM `+deviceTables+` LEFT JOIN users s ON s.app_id = d.app_id AND s.user_id = d.user_id
	WHERE d.app_id = $1 AND d.user_id = $2 AND d.key_id = $3`))

// GetIdentity implements [symbolon.Devices].
func (s *Store) GetIdentity(ctx context.Context, app symbolon.AppID, user symbolon.UserID, key symbolon.KeyID) (symbolon.Identity, error) {
	found, err := one(ctx, s.reader(), getIdentity, readIdentity, string(app), string(user), string(key))
	found.User.AppID, found.User.ID = app, user
	if errors.Is(err, symbolon.ErrNotFound) {
		err = nil
	}
	return found, err
}

func readIdentity(row scan) (id symbolon.Identity, err error) {
	var notBefore, deactivated *int64
	var blocked string
	a := &id.Around
	d, err := readDevice(row, &notBefore, &deactivated, &id.User.Epoch, &a.UserDevices, &a.KeyUsers, &a.HardwareUsers, &blocked)
	id.Device = &d
	id.User.NotBefore, id.User.DeactivatedAt = fromMicroOrZero(notBefore), fromMicroOrZero(deactivated)
	a.Blocked = readBlocked(blocked)
	return id, err
}

func readBlocked(text string) (blocked []symbolon.BlockedDevice) {
	if text == "" {
		return nil
	}
	for one := range strings.SplitSeq(text, betweenDevices) {
		id, traits, _ := strings.Cut(one, betweenTexts)
		blocked = append(blocked, symbolon.BlockedDevice{ManufacturerID: id, Traits: traits})
	}
	return blocked
}
