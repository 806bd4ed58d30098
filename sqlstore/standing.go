package sqlstore

import (
	"context"

	"github.com/symbolon-id/symbolon"
)

// userState is what a statement on a device says of its user.
const userState = `COALESCE(s.not_before || '', ''), COALESCE(s.deactivated_at || '', ''), COALESCE(s.epoch, '')`

var getStanding = share(define("get_standing", `SELECT `+packed(deviceColumns+`, `+userState)+`
	FROM `+deviceTables+` LEFT JOIN users s ON s.app_id = d.app_id AND s.user_id = d.user_id
	WHERE d.app_id = $1 AND d.device_id = $2 AND NOT EXISTS (SELECT 1 FROM removed_apps r WHERE r.app_id = d.app_id)`))

// GetStanding implements [symbolon.Devices]. In a removed app nothing stands, also while its
// devices are still there.
func (s *Store) GetStanding(ctx context.Context, app symbolon.AppID, id symbolon.DeviceID) (symbolon.Standing, error) {
	known := s.engine.memory()
	if s.inside != nil || known == nil {
		return one(ctx, s.reader(), getStanding, readStanding, string(app), string(id))
	}
	if err := ctx.Err(); err != nil {
		return symbolon.Standing{}, err
	}
	device := deviceKey{app, id}
	if st, ok := known.recall(device); ok {
		return st, nil
	}
	asOf := known.now()
	st, err := one(ctx, s.reader(), getStanding, readStanding, string(app), string(id))
	if err == nil {
		known.keep(device, asOf, apart(st))
	}
	return st, err
}

func readStanding(row scan) (st symbolon.Standing, err error) {
	var notBefore, deactivated *int64
	st.Device, err = readDevice(row, &notBefore, &deactivated, &st.User.Epoch)
	st.User.AppID, st.User.ID = st.Device.AppID, st.Device.UserID
	st.User.NotBefore, st.User.DeactivatedAt = fromMicroOrZero(notBefore), fromMicroOrZero(deactivated)
	return st, err
}

// apart is a copy whose block and trust may be changed in place. Times and documents are
// only ever replaced, and are shared.
func apart(st symbolon.Standing) symbolon.Standing {
	if st.Device.Block != nil {
		b := *st.Device.Block
		st.Device.Block = &b
	}
	if st.Device.Trust != nil {
		t := *st.Device.Trust
		st.Device.Trust = &t
	}
	return st
}
