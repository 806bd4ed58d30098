package sqlstore

import (
	"context"
	"fmt"
	"strings"

	"github.com/symbolon-id/symbolon"
)

var (
	// Each next user is found by a step in the index, over however many devices the one before
	// has; of each, no more devices are looked at than count.
	listUsers = define("list_users", fmt.Sprintf(`WITH RECURSIVE page (user_id, place) AS (
			SELECT (SELECT d.user_id FROM devices d WHERE d.app_id = $1 AND d.user_id >= $2 AND d.user_id < $3 ORDER BY d.user_id LIMIT 1), 1
			UNION ALL
			SELECT (SELECT d.user_id FROM devices d WHERE d.app_id = $1 AND d.user_id > p.user_id AND d.user_id < $3
				ORDER BY d.user_id LIMIT 1), p.place + 1 FROM page p WHERE p.user_id IS NOT NULL AND p.place < $4)
		SELECT p.user_id, (SELECT %s
			FROM (SELECT d.device_id, d.status FROM devices d WHERE d.app_id = $1 AND d.user_id = p.user_id ORDER BY d.user_id, d.key_id LIMIT %d) few
			CROSS JOIN device_use u WHERE u.app_id = $1 AND u.device_id = few.device_id)
		FROM page p WHERE p.user_id IS NOT NULL ORDER BY p.place`, packed(`COUNT(*), COUNT(CASE WHEN few.status = 'pending' THEN 1 END),
			COUNT(CASE WHEN few.status = 'blocked' THEN 1 END), COALESCE(MAX(u.seen_at), 0), COALESCE(MAX(u.risk_score), 0)`), symbolon.MaxCounted))

	// The order is not that of an index, so it is made of no more than a few thousand.
	listHardwareDevices = define("list_hardware_devices", `SELECT few.device_id FROM
		(SELECT d.device_id, d.created_at FROM devices d WHERE d.app_id = $1 AND d.manufacturer_id = $2 AND d.manufacturer_id <> ''
			ORDER BY d.user_id LIMIT 2000) few
		ORDER BY few.created_at DESC, few.device_id DESC LIMIT $3`)

	listSomeKeyDevices = define("list_some_key_devices", `SELECT few.device_id FROM
		(SELECT d.device_id, d.created_at FROM devices d WHERE d.app_id = $1 AND d.key_id = $2 LIMIT 2000) few
		ORDER BY few.created_at DESC, few.device_id DESC LIMIT $3`)
)

// ListUsers implements [symbolon.Users].
func (s *Store) ListUsers(ctx context.Context, q symbolon.UserQuery) ([]symbolon.UserSummary, error) {
	if q.Limit < 1 || q.Limit > maxPage {
		return nil, symbolon.InvalidField("limit", "must be from 1 to %d", maxPage)
	}
	if err := checkTexts(field{"q", q.Prefix}, field{"cursor", string(q.After)}); err != nil {
		return nil, err
	}
	from := q.Prefix
	if q.After != "" {
		from = max(from, string(q.After)+firstCharacter)
	}
	end := afterPrefix(q.Prefix)
	if end == "" {
		end = afterAll
	}
	return all(ctx, s.reader(), listUsers, readSummary, string(q.AppID), from, end, q.Limit)
}

// firstCharacter is before all that an id can hold.
const firstCharacter = "\x01"

// afterAll is after every id, since none is that long.
var afterAll = strings.Repeat("\U0010ffff", symbolon.MaxText+1)

func readSummary(row scan) (u symbolon.UserSummary, err error) {
	var counts string
	if err := row(&u.UserID, &counts); err != nil {
		return u, err
	}
	var seen int64
	err = unpack(counts, &u.Devices, &u.Pending, &u.Blocked, &seen, &u.RiskScore)
	u.LastSeenAt = fromMicro(seen)
	return u, err
}

// ListHardwareDevices implements [symbolon.Devices].
func (s *Store) ListHardwareDevices(ctx context.Context, app symbolon.AppID, manufacturerID string, limit int) ([]symbolon.Device, error) {
	ids, err := all(ctx, s.reader(), listHardwareDevices, readValue[string], string(app), manufacturerID, limit)
	if err != nil {
		return nil, err
	}
	return s.devicesOf(ctx, app, ids)
}

// ListSomeKeyDevices implements [symbolon.Devices].
func (s *Store) ListSomeKeyDevices(ctx context.Context, app symbolon.AppID, key symbolon.KeyID, limit int) ([]symbolon.Device, error) {
	ids, err := all(ctx, s.reader(), listSomeKeyDevices, readValue[string], string(app), string(key), limit)
	if err != nil {
		return nil, err
	}
	return s.devicesOf(ctx, app, ids)
}
