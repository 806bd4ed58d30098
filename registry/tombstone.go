package registry

import (
	"context"

	"github.com/symbolon-id/symbolon"
)

func (s secret) userTag(app symbolon.AppID, user symbolon.UserID) []byte {
	return tag(s.tombstone, "user", string(app), string(user))
}

func (s secret) erasedTag(app symbolon.AppID, user symbolon.UserID) []byte {
	return tag(s.tombstone, "erased", string(app), string(user))
}

func (s secret) keyTag(app symbolon.AppID, user symbolon.UserID, thumbprint string) []byte {
	return tag(s.tombstone, "key", string(app), string(user), thumbprint)
}

// allUsers stands in a tombstone for every user; no user has an empty id.
const allUsers symbolon.UserID = ""

// bury leaves tombstones of all thumbprints of a blocked device that goes away. Where the
// key is blocked for all users and this is its last device, the tombstones hold for all
// users too, and the key itself may go: lifting the user's tombstones lifts both.
func (r *Registry) bury(ctx context.Context, w writer, d symbolon.Device) error {
	if d.KeyID == "" {
		return nil
	}
	owners, err := w.whomBlocked(ctx, d)
	if err != nil {
		return err
	}
	prints, err := w.tx.ListThumbprints(ctx, d.AppID, d.KeyID)
	if err != nil {
		return err
	}
	s := r.secrets.current()
	for _, print := range prints {
		for _, owner := range owners {
			stone := symbolon.Tombstone{AppID: d.AppID, UserTag: s.userTag(d.AppID, d.UserID), KeyTag: s.keyTag(d.AppID, owner, print), At: w.now}
			if err := w.tx.PutTombstone(ctx, stone); err != nil {
				return err
			}
		}
	}
	return nil
}

// whomBlocked are those for whom a blocked device's key stays refused once it is gone.
func (w writer) whomBlocked(ctx context.Context, d symbolon.Device) ([]symbolon.UserID, error) {
	key, err := w.tx.GetKey(ctx, d.AppID, d.KeyID)
	if err != nil || key.BlockedAt == nil {
		return []symbolon.UserID{d.UserID}, err
	}
	shared, err := w.tx.ListKeyDevices(ctx, d.AppID, d.KeyID)
	if err != nil || len(shared) > 1 {
		return []symbolon.UserID{d.UserID}, err
	}
	key.BlockedAt = nil
	_, err = w.tx.PutKey(ctx, key)
	return []symbolon.UserID{d.UserID, allUsers}, err
}

// notBuried refuses a key that was blocked for the device's user, or for all users, when
// staff removed it.
func (r *Registry) notBuried(ctx context.Context, tx symbolon.Store, d symbolon.Device, thumbprint string) error {
	for _, s := range r.secrets {
		for _, owner := range []symbolon.UserID{d.UserID, allUsers} {
			found, err := tx.HasTombstone(ctx, d.AppID, s.keyTag(d.AppID, owner, thumbprint))
			if err != nil {
				return err
			}
			if found {
				return blockedError()
			}
		}
	}
	return nil
}

// LiftTombstones lets the keys of a user's blocked devices that were removed come back.
func (r *Registry) LiftTombstones(ctx context.Context, c symbolon.Caller, app symbolon.AppID, user symbolon.UserID) (symbolon.LiftedTombstones, error) {
	if _, err := r.open(ctx, c, app, opTrustDevices); err != nil {
		return symbolon.LiftedTombstones{}, err
	}
	if _, err := symbolon.ParseUserID(string(user)); err != nil {
		return symbolon.LiftedTombstones{}, err
	}
	var lifted int
	err := r.within(ctx, app, func(tx symbolon.Store) error {
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
