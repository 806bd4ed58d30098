package symbolon

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// Seal gives a batch of an app's committed events their order and chains it to the
// batch before. Events are not written again for it: the batch lists their ids.
type Seal struct {
	AppID AppID
	Seq   int64     // the place of the batch's last event; the first is Seq-len(IDs)+1
	IDs   []EventID // in sealed order
	Chain []byte    // the digest after the last event
	At    time.Time
}

// Checkpoint stands for a pruned prefix of an app's log: everything up to Seq is gone,
// and the chain goes on from its digest.
type Checkpoint struct {
	AppID     AppID
	Seq       int64
	Chain     []byte
	At        time.Time
	Signature []byte // HMAC-SHA-256 under the service's secret: see [Checkpoint.Message]
}

// Message is what a checkpoint's signature covers.
func (c Checkpoint) Message() []byte {
	var b []byte
	for _, part := range [][]byte{
		[]byte("symbolon-checkpoint-v1"), []byte(c.AppID), twoNumbers(c.Seq, c.At.UnixMicro()), c.Chain,
	} {
		b = appendPart(b, part)
	}
	return b
}

// EncodeEventIDs packs the ids of a seal as differences, a byte or two for each.
func EncodeEventIDs(ids []EventID) []byte {
	buf := make([]byte, 0, len(ids)*2)
	last := EventID(0)
	for _, id := range ids {
		buf = binary.AppendVarint(buf, int64(id-last))
		last = id
	}
	return buf
}

// DecodeEventIDs reads what [EncodeEventIDs] packed.
func DecodeEventIDs(buf []byte) ([]EventID, error) {
	var ids []EventID
	last := int64(0)
	for len(buf) > 0 {
		d, n := binary.Varint(buf)
		if n <= 0 {
			return nil, errors.New("symbolon: a seal's list of events is damaged")
		}
		last += d
		ids = append(ids, EventID(last))
		buf = buf[n:]
	}
	return ids, nil
}

// ChainReport is what verifying an app's log found.
type ChainReport struct {
	Events     int64       // how many were checked
	Seq        int64       // the last sealed place
	Checkpoint *Checkpoint // where the check began, if a prefix was pruned
}

// ErrChainBroken says that the log is not as it was sealed.
var ErrChainBroken = errors.New("symbolon: the log is not as it was sealed")

// VerifyChain walks an app's sealed log from its checkpoint or beginning and compares
// every digest. signed checks a checkpoint's signature. The error names the first place
// that differs and wraps [ErrChainBroken].
func VerifyChain(ctx context.Context, s Events, app AppID, signed func(Checkpoint) bool) (ChainReport, error) {
	var whole ChainReport
	for {
		part, more, err := VerifyChainPart(ctx, s, app, whole.Seq, signed)
		whole.Events += part.Events
		whole.Seq = part.Seq
		if part.Checkpoint != nil {
			whole.Checkpoint = part.Checkpoint
		}
		if err != nil || !more {
			return whole, err
		}
	}
}

// sealsPerPart bounds what one part of a verification reads.
const sealsPerPart = 100

// VerifyChainPart is one step of [VerifyChain], for those who can't wait for the whole: it
// goes on after the place where an earlier part ended, 0 for the beginning, and tells
// whether more may follow. What was pruned meanwhile is stepped over by its checkpoint.
func VerifyChainPart(ctx context.Context, s Events, app AppID, after int64, signed func(Checkpoint) bool) (report ChainReport, more bool, err error) {
	report, chain, err := chainFrom(ctx, s, app, after, signed)
	if err != nil {
		return report, false, err
	}
	seals, err := s.ListSeals(ctx, app, report.Seq, sealsPerPart)
	if err != nil {
		return report, false, err
	}
	for _, seal := range seals {
		if chain, err = verifySeal(ctx, s, seal, report.Seq, chain); err != nil {
			return report, false, err
		}
		report.Seq = seal.Seq
		report.Events += int64(len(seal.IDs))
	}
	return report, len(seals) == sealsPerPart, nil
}

// chainFrom gives the digest that the events after a place are chained to: of the
// checkpoint, of the batch that ends there, or none at the beginning.
func chainFrom(ctx context.Context, s Events, app AppID, after int64, signed func(Checkpoint) bool) (ChainReport, []byte, error) {
	checkpoint, err := s.GetCheckpoint(ctx, app)
	switch {
	case err != nil && !errors.Is(err, ErrNotFound):
		return ChainReport{Seq: after}, nil, err
	case err == nil && !signed(checkpoint):
		return ChainReport{}, nil, fmt.Errorf("%w: the checkpoint at %d is not signed by this service", ErrChainBroken, checkpoint.Seq)
	case err == nil && checkpoint.Seq >= after:
		return ChainReport{Checkpoint: &checkpoint, Seq: checkpoint.Seq}, checkpoint.Chain, nil
	case after == 0:
		return ChainReport{}, nil, nil
	}
	before, err := s.ListSeals(ctx, app, after-1, 1)
	if err != nil {
		return ChainReport{Seq: after}, nil, err
	}
	if len(before) == 0 || before[0].Seq != after {
		return ChainReport{Seq: after}, nil, fmt.Errorf("%w: no batch ends at %d", ErrChainBroken, after)
	}
	return ChainReport{Seq: after}, before[0].Chain, nil
}

func verifySeal(ctx context.Context, s Events, seal Seal, after int64, chain []byte) ([]byte, error) {
	if seal.Seq-int64(len(seal.IDs)) != after {
		return nil, fmt.Errorf("%w: the batch that ends at %d does not follow %d", ErrChainBroken, seal.Seq, after)
	}
	events, err := s.ListEvents(ctx, seal.AppID, after, len(seal.IDs))
	if err != nil {
		return nil, err
	}
	if len(events) != len(seal.IDs) {
		return nil, fmt.Errorf("%w: %d events are missing up to %d", ErrChainBroken, len(seal.IDs)-len(events), seal.Seq)
	}
	for _, e := range events {
		chain = e.Chain(chain)
	}
	if !bytes.Equal(chain, seal.Chain) {
		return nil, fmt.Errorf("%w: events %d to %d differ", ErrChainBroken, after+1, seal.Seq)
	}
	return chain, nil
}
