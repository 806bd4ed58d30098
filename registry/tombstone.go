package registry

import (
	"context"

	"github.com/symbolon-id/symbolon"
)

func (s secret) userTag(app symbolon.AppID, user symbolon.UserID) []byte {
	return tag(s.tombstone, "user", string(app), string(user))
}

func (s secret) keyTag(app symbolon.AppID, user symbolon.UserID, thumbprint string) []byte {
	return tag(s.tombstone, "key", string(app), string(user), thumbprint)
}

// bury leaves tombstones of all thumbprints of a blocked device that goes away.
func (r *Registry) bury(ctx context.Context, w writer, d symbolon.Device) error {
	if d.KeyID == "" {
		return nil
	}
	prints, err := w.tx.ListThumbprints(ctx, d.AppID, d.KeyID)
	if err != nil {
		return err
	}
	s := r.secrets.current()
	for _, p := range prints {
		err := w.tx.PutTombstone(ctx, symbolon.Tombstone{
			AppID: d.AppID, UserTag: s.userTag(d.AppID, d.UserID), KeyTag: s.keyTag(d.AppID, d.UserID, p), At: w.now,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// notBuried refuses a newcomer whose key was blocked when staff removed it.
func (r *Registry) notBuried(ctx context.Context, tx symbolon.Store, n newcomer) error {
	for _, s := range r.secrets {
		found, err := tx.HasTombstone(ctx, n.device.AppID, s.keyTag(n.device.AppID, n.device.UserID, n.key.Thumbprint()))
		if err != nil {
			return err
		}
		if found {
			return blockedError()
		}
	}
	return nil
}

// LiftTombstones lets a user's removed, formerly blocked keys register again.
func (r *Registry) LiftTombstones(ctx context.Context, c symbolon.Caller, app symbolon.AppID, user symbolon.UserID) (symbolon.LiftedTombstones, error) {
	if err := allow(c, app, opWriteDevices); err != nil {
		return symbolon.LiftedTombstones{}, err
	}
	if _, err := symbolon.ParseUserID(string(user)); err != nil {
		return symbolon.LiftedTombstones{}, err
	}
	var lifted int
	err := r.store.Tx(ctx, func(tx symbolon.Store) error {
		lifted = 0
		for _, s := range r.secrets {
			n, err := tx.TakeTombstones(ctx, app, s.userTag(app, user))
			if err != nil {
				return err
			}
			lifted += n
		}
		if lifted == 0 {
			return nil
		}
		e := symbolon.Event{AppID: app, Type: symbolon.EventTombstonesLifted, UserID: user}
		return writerFor(tx, c).append(ctx, e, eventData{"lifted": lifted})
	})
	return symbolon.LiftedTombstones{Lifted: lifted}, err
}
