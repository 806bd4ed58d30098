package sqlstore

import (
	"context"
	"math"

	"github.com/symbolon-id/symbolon"
)

var listPolicies = define("list_policies", `SELECT app_id, version, document, at, by FROM policies
	WHERE app_id = $1 AND version < $2 ORDER BY version DESC LIMIT $3`)

// ListPolicies implements [symbolon.Policies].
func (s *Store) ListPolicies(ctx context.Context, app symbolon.AppID, before int64, limit int) ([]symbolon.PolicyVersion, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	return all(ctx, s.reader(), listPolicies, readPolicy, string(app), before, limit)
}
