package sqlstore

import (
	"context"
	"encoding/json"

	"github.com/symbolon-id/symbolon"
)

var (
	getCensus = define("get_census", `SELECT document FROM censuses WHERE app_id = $1`)

	putCensus = define("put_census", `INSERT INTO censuses (app_id, document, at) VALUES ($1, $2, $3)
		ON CONFLICT (app_id) DO UPDATE SET document = excluded.document, at = excluded.at WHERE censuses.at <= excluded.at`)
)

// GetCensus implements [symbolon.Tallies].
func (s *Store) GetCensus(ctx context.Context, app symbolon.AppID) (c symbolon.Census, err error) {
	text, err := one(ctx, s.reader(), getCensus, readValue[string], string(app))
	if err == nil {
		err = json.Unmarshal([]byte(text), &c)
	}
	return c, err
}

// PutCensus implements [symbolon.Tallies].
func (s *Store) PutCensus(ctx context.Context, c symbolon.Census) error {
	for _, n := range c.Counts {
		if err := checkTexts(field{"counts." + string(n.Kind), n.Name}); err != nil {
			return err
		}
	}
	document, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return s.write(ctx, func(d db) error {
		_, err := d.exec(ctx, putCensus, string(c.AppID), string(document), micro(c.At))
		return err
	})
}
