package symbolon_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/symbolon-id/symbolon"
)

// journal is a sealed log in memory: the part of [symbolon.Events] that verifying reads.
type journal struct {
	symbolon.Events
	events     []symbolon.Event // in sealed order, with their places
	seals      []symbolon.Seal
	checkpoint *symbolon.Checkpoint
	failing    string // the call that finds no database
}

func (j *journal) fault(call string) error {
	if call == j.failing {
		return symbolon.ErrUnavailable
	}
	return nil
}

func (j *journal) ListSeals(_ context.Context, _ symbolon.AppID, after int64, limit int) ([]symbolon.Seal, error) {
	var found []symbolon.Seal
	for _, s := range j.seals {
		if s.Seq > after && len(found) < limit {
			found = append(found, s)
		}
	}
	return found, j.fault("ListSeals")
}

func (j *journal) ListEvents(_ context.Context, _ symbolon.AppID, after int64, limit int) ([]symbolon.Event, error) {
	var found []symbolon.Event
	for _, e := range j.events {
		if e.Seq > after && len(found) < limit {
			found = append(found, e)
		}
	}
	return found, j.fault("ListEvents")
}

func (j *journal) GetCheckpoint(context.Context, symbolon.AppID) (symbolon.Checkpoint, error) {
	if err := j.fault("GetCheckpoint"); err != nil {
		return symbolon.Checkpoint{}, err
	}
	if j.checkpoint == nil {
		return symbolon.Checkpoint{}, symbolon.ErrNotFound
	}
	return *j.checkpoint, nil
}

// seal appends a batch of n events, whose ids are not in the order of their sealing.
func (j *journal) seal(n int) {
	var chain []byte
	var seq int64
	if len(j.seals) > 0 {
		last := j.seals[len(j.seals)-1]
		chain, seq = last.Chain, last.Seq
	}
	s := symbolon.Seal{AppID: "acme", At: noon}
	for i := range n {
		e := stolen()
		e.ID, e.Seq, e.Salt = symbolon.EventID(1000+seq-int64(2*i)), seq+int64(i)+1, symbolon.NewSalt()
		j.events = append(j.events, e)
		s.IDs = append(s.IDs, e.ID)
		chain = e.Chain(chain)
	}
	s.Seq, s.Chain = seq+int64(n), chain
	j.seals = append(j.seals, s)
}

// prune deletes the first n batches and puts a checkpoint in their place.
func (j *journal) prune(n int) {
	last := j.seals[n-1]
	j.checkpoint = &symbolon.Checkpoint{AppID: "acme", Seq: last.Seq, Chain: last.Chain, At: noon, Signature: []byte("ours")}
	j.seals = j.seals[n:]
	j.events = slices.DeleteFunc(j.events, func(e symbolon.Event) bool { return e.Seq <= last.Seq })
}

func sealed() *journal {
	j := &journal{}
	for _, n := range []int{3, 1, 4} {
		j.seal(n)
	}
	return j
}

func ours(c symbolon.Checkpoint) bool { return string(c.Signature) == "ours" }

func verify(j *journal) (symbolon.ChainReport, error) {
	return symbolon.VerifyChain(context.Background(), j, "acme", ours)
}

func TestALogThatIsAsItWasSealed(t *testing.T) {
	long := &journal{}
	for range 250 { // more batches than are read at once
		long.seal(2)
	}
	pruned, cut, forgotten := sealed(), sealed(), sealed()
	pruned.prune(2)
	for i := range cut.events {
		cut.events[i].IPAddress = ""
	}
	forgotten.events[1] = erased(forgotten.events[1])
	all := sealed()
	all.prune(3)
	for name, c := range map[string]struct {
		log         *journal
		events, seq int64
	}{
		"as it was written":        {sealed(), 8, 8},
		"empty":                    {&journal{}, 0, 0},
		"long":                     {long, 500, 500},
		"with a pruned prefix":     {pruned, 4, 8},
		"pruned to its end":        {all, 0, 8},
		"with addresses cut":       {cut, 8, 8},
		"with a user erased in it": {forgotten, 8, 8},
	} {
		report, err := verify(c.log)
		if err != nil || report.Events != c.events || report.Seq != c.seq || (report.Checkpoint == nil) != (c.log.checkpoint == nil) {
			t.Errorf("%s: got %+v, error %v; want %d events up to %d", name, report, err, c.events, c.seq)
		}
	}
}

func TestALogThatWasTamperedWith(t *testing.T) {
	for name, c := range map[string]struct {
		tamper func(*journal)
		where  string
	}{
		"an event says something else":      {func(j *journal) { j.events[1].UserID = "bob" }, "events 1 to 3 differ"},
		"a later batch says something else": {func(j *journal) { j.events[5].Data = nil }, "events 5 to 8 differ"},
		"two events changed places":         {func(j *journal) { e := j.events; e[0].ID, e[1].ID = e[1].ID, e[0].ID }, "events 1 to 3 differ"},
		"an event is missing in the middle": {func(j *journal) { j.events = slices.Delete(j.events, 1, 2) }, "events 1 to 3 differ"},
		"an event is missing at the end":    {func(j *journal) { j.events = j.events[:7] }, "1 events are missing up to 8"},
		"an erased one was never that":      {func(j *journal) { j.events[3] = erased(stolen()) }, "events 4 to 4 differ"},
		"a batch is missing":                {func(j *journal) { j.seals = slices.Delete(j.seals, 1, 2) }, "the batch that ends at 8 does not follow 3"},
		"the first batch is missing":        {func(j *journal) { j.seals = j.seals[1:] }, "the batch that ends at 4 does not follow 0"},
		"a digest is another":               {func(j *journal) { j.seals[2].Chain = j.seals[1].Chain }, "events 5 to 8 differ"},
		"a checkpoint is forged": {func(j *journal) {
			j.prune(1)
			j.checkpoint.Signature = []byte("theirs")
		}, "the checkpoint at 3 is not signed by this service"},
		"the batch after a checkpoint is missing": {func(j *journal) {
			j.prune(1)
			j.seals = j.seals[1:]
		}, "the batch that ends at 8 does not follow 3"},
		"a checkpoint is from another log": {func(j *journal) {
			j.prune(1)
			j.checkpoint.Chain = []byte("other")
		}, "events 4 to 4 differ"},
	} {
		j := sealed()
		c.tamper(j)
		if _, err := verify(j); !errors.Is(err, symbolon.ErrChainBroken) || !strings.Contains(err.Error(), c.where) {
			t.Errorf("%s: got %v, want it broken where %q", name, err, c.where)
		}
	}
}

func TestALogIsVerifiedInParts(t *testing.T) {
	long := &journal{}
	for range 250 {
		long.seal(2)
	}
	check := func(after int64) (symbolon.ChainReport, bool, error) {
		return symbolon.VerifyChainPart(context.Background(), long, "acme", after, ours)
	}
	for _, part := range []struct {
		after, seq int64
		more       bool
	}{{0, 200, true}, {200, 400, true}, {400, 500, false}, {500, 500, false}} {
		report, more, err := check(part.after)
		if err != nil || report.Seq != part.seq || report.Events != part.seq-part.after || more != part.more {
			t.Errorf("after %d: got %+v, %v, error %v; want up to %d", part.after, report, more, err, part.seq)
		}
	}
	if _, _, err := check(7); !errors.Is(err, symbolon.ErrChainBroken) {
		t.Errorf("a part that begins within a batch: got %v, want it broken", err)
	}
	long.prune(150)
	report, _, err := check(200)
	if err != nil || report.Seq != 500 || report.Checkpoint == nil {
		t.Errorf("pruned meanwhile: got %+v, %v; want it to go on from the checkpoint", report, err)
	}
	long.events[150].UserID = "bob"
	if _, _, err := check(400); !errors.Is(err, symbolon.ErrChainBroken) {
		t.Errorf("a part that was tampered with: got %v", err)
	}
}

// A database that does not answer says nothing about the log.
func TestAFaultIsNotABrokenChain(t *testing.T) {
	for _, call := range []string{"GetCheckpoint", "ListSeals", "ListEvents"} {
		j := sealed()
		j.failing = call
		if _, err := verify(j); !errors.Is(err, symbolon.ErrUnavailable) || errors.Is(err, symbolon.ErrChainBroken) {
			t.Errorf("%s: got %v, want unavailable", call, err)
		}
	}
}

func TestCheckpointsOfAnyTwoLogsSignDifferently(t *testing.T) {
	seen := map[string]string{}
	for name, c := range map[string]symbolon.Checkpoint{
		"one":            {AppID: "acme", Seq: 1, At: noon, Chain: []byte("c")},
		"another app":    {AppID: "acm", Seq: 1, At: noon, Chain: []byte("c")},
		"another place":  {AppID: "acme", Seq: 2, At: noon, Chain: []byte("c")},
		"another time":   {AppID: "acme", Seq: 1, At: noon.Add(tick), Chain: []byte("c")},
		"another digest": {AppID: "acme", Seq: 1, At: noon, Chain: []byte("d")},
	} {
		message := string(c.Message())
		if other, there := seen[message]; there {
			t.Errorf("%s and %s sign the same", name, other)
		}
		seen[message] = name
	}
}

func TestEventIDsComeBackAsTheyWerePacked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOf(rapid.Int64()).Draw(t, "ids")
		var packed []symbolon.EventID
		for _, id := range ids {
			packed = append(packed, symbolon.EventID(id))
		}
		got, err := symbolon.DecodeEventIDs(symbolon.EncodeEventIDs(packed))
		if err != nil || !slices.Equal(got, packed) {
			t.Fatalf("got %v, error %v; want %v", got, err, packed)
		}
	})
}

func TestEventIDsInARowTakeAByteEach(t *testing.T) {
	var ids []symbolon.EventID
	for i := range 1000 {
		ids = append(ids, symbolon.EventID(1_000_000+i))
	}
	if n := len(symbolon.EncodeEventIDs(ids)); n > 1003 {
		t.Errorf("1000 ids take %d bytes", n)
	}
}

func TestADamagedListOfEventIDsIsRefused(t *testing.T) {
	for _, damaged := range [][]byte{
		{0x80},
		{0x02, 0xff},
		[]byte(strings.Repeat("\xff", 10) + "\x01"),
	} {
		if ids, err := symbolon.DecodeEventIDs(damaged); err == nil {
			t.Errorf("% x was read as %v", damaged, ids)
		}
	}
}
