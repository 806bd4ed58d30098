package registry

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/symbolon-id/symbolon"
)

// refusalEvery is how often the log tells of refused sign-ins of one admin, so that who
// guesses can't fill it.
const refusalEvery = 5 * time.Minute

// refusals are sign-ins of accounts that are there which were refused. They wait in memory:
// a write at once would let who asks tell, by the time that it takes, that there is such an
// account.
type refusals struct {
	mu      sync.Mutex
	waiting map[symbolon.AdminID]refusedSignIn
	told    map[symbolon.AdminID]time.Time // until another is told of
}

// refusedSignIn is the first of some attempts, and their number.
type refusedSignIn struct {
	admin    symbolon.Admin
	from     Visitor
	attempts int
}

// noteRefusal keeps in mind that a sign-in was refused, where the account is there.
func (r *Registry) noteRefusal(a symbolon.Admin, from Visitor, err error) {
	if a.ID != "" && errors.Is(err, symbolon.ErrUnauthenticated) {
		r.refusals.add(refusedSignIn{a, from, 1})
	}
}

func (s *refusals) add(more refusedSignIn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting == nil {
		s.waiting, s.told = map[symbolon.AdminID]refusedSignIn{}, map[symbolon.AdminID]time.Time{}
	}
	if first, ok := s.waiting[more.admin.ID]; ok {
		more.admin, more.from, more.attempts = first.admin, first.from, first.attempts+more.attempts
	}
	s.waiting[more.admin.ID] = more
}

// take gives those of which the log may tell now.
func (s *refusals) take(now time.Time) []refusedSignIn {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.told, func(_ symbolon.AdminID, until time.Time) bool { return !now.Before(until) })
	var due []refusedSignIn
	for id, waiting := range s.waiting {
		if _, lately := s.told[id]; !lately {
			due = append(due, waiting)
			s.told[id] = now.Add(refusalEvery)
			delete(s.waiting, id)
		}
	}
	slices.SortFunc(due, func(a, b refusedSignIn) int { return strings.Compare(string(a.admin.ID), string(b.admin.ID)) })
	return due
}

// untold puts back what could not be written.
func (s *refusals) untold(again refusedSignIn) {
	s.mu.Lock()
	delete(s.told, again.admin.ID)
	s.mu.Unlock()
	s.add(again)
}

func (r *Registry) tellRefusals(ctx context.Context, now time.Time) error {
	var failed error
	for _, refused := range r.refusals.take(now) {
		err := r.store.Tx(ctx, func(tx symbolon.Store) error {
			w := writer{tx: tx, actor: symbolon.Actor{Kind: symbolon.CallerClient}, now: refused.from.At}
			return w.adminEvent(ctx, symbolon.EventAdminRefused, refused.admin, eventData{
				"attempts": refused.attempts, "ipAddress": refused.from.Address,
			})
		})
		if err != nil {
			failed = errors.Join(failed, err)
			r.refusals.untold(refused)
		}
	}
	return failed
}
