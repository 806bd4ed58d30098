package sqlstore

import (
	"context"

	"github.com/symbolon-id/symbolon"
)

var (
	getPolicy = define("get_policy", `SELECT app_id, version, document, at, by FROM policies
		WHERE app_id = $1 ORDER BY version DESC LIMIT 1`)
	putPolicy = define("put_policy", `INSERT INTO policies (app_id, version, document, at, by)
		SELECT CAST($1 AS TEXT), CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS TEXT)
		WHERE (SELECT COALESCE(MAX(version), 0) FROM policies WHERE app_id = $1) + 1 = $2
		ON CONFLICT DO NOTHING`)
)

// GetPolicy implements [symbolon.Policies].
func (s *Store) GetPolicy(ctx context.Context, app symbolon.AppID) (symbolon.PolicyVersion, error) {
	return one(ctx, s.reader(), getPolicy, readPolicy, string(app))
}

// PutPolicy implements [symbolon.Policies].
func (s *Store) PutPolicy(ctx context.Context, p symbolon.PolicyVersion) error {
	if err := checkIDs(field{"app", string(p.AppID)}); err != nil {
		return err
	}
	if err := checkTexts(field{"by", p.By}); err != nil {
		return err
	}
	if err := checkLaidOut("policy", p.Document); err != nil {
		return err
	}
	return s.write(ctx, func(d db) error {
		n, err := d.exec(ctx, putPolicy, string(p.AppID), p.Version, string(p.Document), micro(p.At), p.By)
		return notThere(n, err, symbolon.ErrStale)
	})
}

func readPolicy(row scan) (p symbolon.PolicyVersion, err error) {
	var text string
	var at int64
	err = row(&p.AppID, &p.Version, &text, &at, &p.By)
	p.Document, p.At = document(text), fromMicro(at)
	return p, err
}
