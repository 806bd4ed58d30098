package sqlstore_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon/sqlstore"
)

func TestReadsGoOnAfterACommitThatFailed(t *testing.T) {
	s := open(t, sqlstore.Config{Path: filepath.Join(t.TempDir(), "symbolon.db")})
	if err := s.FailCommits(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		rows := 0
		if err := s.ReadTogether(t.Context(), func() { rows++ }); err != nil || rows != 1 {
			t.Fatalf("read %d rows, %v", rows, err)
		}
	}
}

func TestAReadThatGetsNoTurnEndsWithItsCaller(t *testing.T) {
	s := open(t, sqlstore.Config{Path: filepath.Join(t.TempDir(), "symbolon.db")})
	began, goOn, first := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		first <- s.ReadTogether(t.Context(), func() {
			close(began)
			<-goOn
		})
	}()
	<-began
	s.FillReads()
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := s.ReadTogether(ctx, func() { t.Error("it was read") }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the caller got %v", err)
	}
	close(goOn)
	if err := <-first; err != nil {
		t.Errorf("what was being read: %v", err)
	}
}
