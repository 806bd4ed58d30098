package registry

import (
	"context"
	"errors"
	"time"

	"github.com/symbolon-id/symbolon"
)

// rotateAfter is when the device that asks should replace its key, nil for never. Only
// where the policy sets an age for keys does it cost a read.
func rotateAfter(ctx context.Context, keys symbolon.Keys, s *settings, d symbolon.Device) (*time.Time, error) {
	if s.policy.Registration.KeyMaxAge == nil {
		return nil, nil
	}
	key, err := keys.GetKey(ctx, d.AppID, d.KeyID)
	if errors.Is(err, symbolon.ErrNotFound) {
		return nil, nil // removed since it was read: nothing to replace
	}
	if err != nil {
		return nil, err
	}
	return s.policy.Registration.RotateAfter(key.Since()), nil
}
