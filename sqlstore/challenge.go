package sqlstore

import (
	"context"
	"time"

	"github.com/symbolon-id/symbolon"
)

var (
	takeSpend = define("take_spend", `INSERT INTO spent (app_id, spend_key, until) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`)

	pruneSpends = prune("prune_spends", "spent", "app_id, spend_key", "until")
)

// TakeSpend implements [symbolon.Spends].
func (s *Store) TakeSpend(ctx context.Context, app symbolon.AppID, key []byte, until time.Time) error {
	return s.write(ctx, func(d db) error {
		n, err := d.exec(ctx, takeSpend, string(app), bytesOf(key), micro(until))
		return notThere(n, err, symbolon.ErrChallengeReplayed)
	})
}

// PruneSpends implements [symbolon.Spends].
func (s *Store) PruneSpends(ctx context.Context, before time.Time, limit int) (int, error) {
	pruned := 0
	for _, prune := range []*statement{pruneSpends, pruneErased} {
		err := s.write(ctx, func(d db) error {
			n, err := d.exec(ctx, prune, micro(before), limit-pruned)
			pruned += n
			return err
		})
		if err != nil {
			return pruned, err
		}
	}
	return pruned, nil
}
