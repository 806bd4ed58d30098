package sqlstore

import (
	"context"
	"time"

	"github.com/symbolon-id/symbolon"
)

var (
	getDevice = define("get_device", selectDevice+` WHERE d.app_id = $1 AND d.device_id = $2`)

	// The + keeps SQLite from walking through the whole app in the order of an index.
	listUserDevices = define("list_user_devices", selectDevice+`
		WHERE d.app_id = $1 AND d.user_id = $2 ORDER BY +d.created_at DESC, d.device_id DESC`)

	listKeyDevices = define("list_key_devices", selectDevice+`
		WHERE d.app_id = $1 AND d.key_id = $2 ORDER BY +d.created_at DESC, d.device_id DESC`)

	walkDevices = define("walk_devices", selectDevice+` WHERE d.app_id = $1 AND d.device_id > $2 ORDER BY d.device_id LIMIT $3`)

	listEndedBlocks = define("list_ended_blocks", selectDevice+`
		WHERE d.status = 'blocked' AND d.block_until IS NOT NULL AND d.block_until <= $1 ORDER BY d.block_until LIMIT $2`)

	listOldPending = define("list_old_pending", selectDevice+`
		WHERE d.status = 'pending' AND d.created_at <= $1 ORDER BY d.created_at LIMIT $2`)

	addDevice = changing(aDevice, define("add_device", `INSERT INTO devices (app_id, device_id, user_id, key_id, endpoint_id, status,
			name, name_folded, renamed, type, platform, user_agent, operating_system, browser, fingerprint, manufacturer_id, traits,
			metadata, push_config, proven_at, block_at, block_by, block_reason, block_cause, block_until, block_before, block_incident, block_beneath,
			trusted_at, granted_at, trusted_until, idle_timeout, trust_factor, revoked_at, revoked_reason, revoked_by,
			created_at, updated_at, session_bound_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
			$24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, 1)
		ON CONFLICT DO NOTHING`))

	addDeviceUse = changing(aDevice, define("add_device_use", `INSERT INTO device_use (app_id, device_id, usage_count, seen_at,
			last_used_at, last_verified_at, ip_address, location, country, risk_score, history)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`))

	putDevice = changing(aDevice, define("put_device", `UPDATE devices SET user_id = $3, key_id = $4, endpoint_id = $5, status = $6,
			name = $7, name_folded = $8, renamed = $9, type = $10, platform = $11, user_agent = $12, operating_system = $13,
			browser = $14, fingerprint = $15, manufacturer_id = $16, traits = $17, metadata = $18, push_config = $19,
			proven_at = $20, block_at = $21, block_by = $22, block_reason = $23, block_cause = $24, block_until = $25,
			block_before = $26, block_incident = $27, block_beneath = $28, trusted_at = $29, granted_at = $30, trusted_until = $31, idle_timeout = $32,
			trust_factor = $33, revoked_at = $34, revoked_reason = $35, revoked_by = $36, created_at = $37, updated_at = $38,
			session_bound_at = $39, version = version + 1
		WHERE app_id = $1 AND device_id = $2 AND version = $40`))

	takeDevice    = changing(aDevice, define("take_device", `DELETE FROM devices WHERE app_id = $1 AND device_id = $2 RETURNING COALESCE(key_id, '')`))
	takeDeviceUse = changing(aDevice, define("take_device_use", `DELETE FROM device_use WHERE app_id = $1 AND device_id = $2`))
)

// GetDevice implements [symbolon.Devices].
func (s *Store) GetDevice(ctx context.Context, app symbolon.AppID, id symbolon.DeviceID) (symbolon.Device, error) {
	return one(ctx, s.reader(), getDevice, readOnlyDevice, string(app), string(id))
}

// ListUserDevices implements [symbolon.Devices].
func (s *Store) ListUserDevices(ctx context.Context, app symbolon.AppID, user symbolon.UserID) ([]symbolon.Device, error) {
	return all(ctx, s.reader(), listUserDevices, readOnlyDevice, string(app), string(user))
}

// ListKeyDevices implements [symbolon.Devices].
func (s *Store) ListKeyDevices(ctx context.Context, app symbolon.AppID, key symbolon.KeyID) ([]symbolon.Device, error) {
	return all(ctx, s.reader(), listKeyDevices, readOnlyDevice, string(app), string(key))
}

// WalkDevices implements [symbolon.Devices].
func (s *Store) WalkDevices(ctx context.Context, app symbolon.AppID, after symbolon.DeviceID, limit int) ([]symbolon.Device, error) {
	return all(ctx, s.reader(), walkDevices, readOnlyDevice, string(app), string(after), limit)
}

// ListDueDevices implements [symbolon.Devices].
func (s *Store) ListDueDevices(ctx context.Context, blockUntil, pendingSince time.Time, limit int) ([]symbolon.Device, error) {
	due, err := all(ctx, s.reader(), listEndedBlocks, readOnlyDevice, micro(blockUntil), limit)
	if err != nil || len(due) >= limit {
		return due, err
	}
	pending, err := all(ctx, s.reader(), listOldPending, readOnlyDevice, micro(pendingSince), limit-len(due))
	return append(due, pending...), err
}

// PutDevice implements [symbolon.Devices].
func (s *Store) PutDevice(ctx context.Context, d symbolon.Device) (symbolon.Device, error) {
	if err := checkDevice(d); err != nil {
		return d, err
	}
	d = keepTimes(d)
	put := s.addDevice
	if d.Version > 0 {
		put = s.changeDevice
	}
	if err := put(ctx, d); err != nil {
		return d, err
	}
	d.Version++
	return d, nil
}

func (s *Store) addDevice(ctx context.Context, d symbolon.Device) error {
	return s.atomic(ctx, func(q db) error {
		n, err := q.exec(ctx, addDevice, deviceArgs(d)...)
		if err := notThere(n, err, symbolon.Errorf(symbolon.ErrConflict, "the user has a device of this key or id already")); err != nil {
			return err
		}
		if _, err := q.exec(ctx, addDeviceUse, string(d.AppID), string(d.ID), d.UsageCount, micro(d.LastSeen()),
			microOr(d.LastUsedAt), microOr(d.LastVerifiedAt), d.IPAddress, d.Location, d.Country, int64(d.RiskScore),
			historyText(d.History)); err != nil {
			return err
		}
		_, err = q.exec(ctx, sweepAgain, string(d.AppID), micro(d.LastSeen()))
		return err
	})
}

func (s *Store) changeDevice(ctx context.Context, d symbolon.Device) error {
	return s.write(ctx, func(q db) error {
		n, err := q.exec(ctx, putDevice, append(deviceArgs(d), d.Version)...)
		return notThere(n, err, symbolon.ErrStale)
	})
}

// TakeDevice implements [symbolon.Devices].
func (s *Store) TakeDevice(ctx context.Context, app symbolon.AppID, id symbolon.DeviceID) error {
	return s.atomic(ctx, func(d db) error {
		key, err := one(ctx, d, takeDevice, readValue[string], string(app), string(id))
		if err != nil {
			return err
		}
		for _, take := range []*statement{takeDeviceUse, takeDeviceSessions} {
			if _, err := d.exec(ctx, take, string(app), string(id)); err != nil {
				return err
			}
		}
		return takeUnusedKey(ctx, d, takeKey, app, key)
	})
}
