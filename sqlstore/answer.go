package sqlstore

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"time"

	"github.com/symbolon-id/symbolon"
)

var (
	// An abandoned reservation is taken over by the statement itself, so that only one
	// of two who find it has it.
	reserveAnswer = define("reserve_answer", `INSERT INTO answers (app_id, tag, payload, user_id, status, at) VALUES ($1, $2, $3, $4, 0, $5)
		ON CONFLICT (app_id, tag) DO UPDATE SET payload = excluded.payload, user_id = excluded.user_id, at = excluded.at
		WHERE answers.status = 0 AND answers.at < $6 RETURNING 1`)

	getAnswer = define("get_answer", `SELECT payload, user_id, status, header, body, at FROM answers WHERE app_id = $1 AND tag = $2`)

	putAnswer = define("put_answer", `UPDATE answers SET status = $3, header = $4, body = $5, user_id = $6 WHERE app_id = $1 AND tag = $2`)

	dropAnswer = define("drop_answer", `DELETE FROM answers WHERE app_id = $1 AND tag = $2`)

	pruneAnswers = prune("prune_answers", "answers", "app_id, tag", "at")
)

// ReserveAnswer implements [symbolon.Answers].
func (s *Store) ReserveAnswer(ctx context.Context, a symbolon.Answer, abandonedBefore time.Time) (symbolon.Answer, bool, error) {
	if err := checkTexts(field{"userId", string(a.UserID)}); err != nil {
		return a, false, err
	}
	there, reserved := a, false
	there.At = symbolon.Micro(a.At)
	err := s.write(ctx, func(d db) error {
		for { // again, if what was there was taken away before it was read
			_, err := one(ctx, d, reserveAnswer, readValue[int64], string(a.AppID), answerTag(a), bytesOf(a.Payload),
				string(a.UserID), micro(a.At), micro(abandonedBefore))
			if reserved = err == nil; !errors.Is(err, symbolon.ErrNotFound) {
				return err
			}
			there, err = one(ctx, d, getAnswer, readAnswer(a), string(a.AppID), answerTag(a))
			if !errors.Is(err, symbolon.ErrNotFound) {
				return err
			}
		}
	})
	return there, reserved, err
}

// PutAnswer implements [symbolon.Answers].
func (s *Store) PutAnswer(ctx context.Context, a symbolon.Answer) error {
	return s.write(ctx, func(d db) error {
		if a.Status == 0 {
			_, err := d.exec(ctx, dropAnswer, string(a.AppID), answerTag(a))
			return err
		}
		n, err := d.exec(ctx, putAnswer, string(a.AppID), answerTag(a), int64(a.Status), a.Header, a.Body, string(a.UserID))
		return notThere(n, err, symbolon.ErrNotFound)
	})
}

// PruneAnswers implements [symbolon.Answers].
func (s *Store) PruneAnswers(ctx context.Context, before time.Time, limit int) (n int, err error) {
	err = s.write(ctx, func(d db) error {
		n, err = d.exec(ctx, pruneAnswers, micro(before), limit)
		return err
	})
	return n, err
}

// answerTag stands for caller, operation and key: the operation may name a user, whom
// an erase would have to find in it.
func answerTag(a symbolon.Answer) []byte {
	h := sha256.New()
	for _, part := range []string{a.Caller, a.Operation, a.Key} {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(part)))
		h.Write(n[:])
		h.Write([]byte(part))
	}
	return h.Sum(nil)
}

func readAnswer(asked symbolon.Answer) func(scan) (symbolon.Answer, error) {
	return func(row scan) (symbolon.Answer, error) {
		a := symbolon.Answer{AppID: asked.AppID, Caller: asked.Caller, Operation: asked.Operation, Key: asked.Key}
		var at int64
		err := row(&a.Payload, (*string)(&a.UserID), &a.Status, &a.Header, &a.Body, &at)
		a.At = fromMicro(at)
		return a, err
	}
}
