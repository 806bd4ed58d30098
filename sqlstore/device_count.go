package sqlstore

import (
	"context"

	"github.com/symbolon-id/symbolon"
)

var countDevices = define("count_devices", `SELECT COUNT(*) FROM devices WHERE app_id = $1`)

// CountDevices implements [symbolon.Devices].
func (s *Store) CountDevices(ctx context.Context, app symbolon.AppID) (int64, error) {
	return one(ctx, s.reader(), countDevices, readValue[int64], string(app))
}
