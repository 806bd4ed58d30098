package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/symbolon-id/symbolon/bench/rig"
)

// victim is the device that is blocked while its browser asks.
const victim = 1

// siege is one device's browser asking on every connection, with a block in the middle.
type siege struct {
	address string
	request [][]byte
	left    atomic.Int64 // requests to be sent
	half    int64
	midway  func() // called when half of them were sent

	blocked       atomic.Bool // the block was answered
	before, after tally       // of requests that were sent before that, and after it
}

type tally struct{ passed, refused atomic.Int64 }

// blockMeanwhile fails where any request that was sent after the block's answer passes.
func blockMeanwhile(o options, address string, out io.Writer) (err error) {
	staff, err := rig.Dial(address, 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, staff.Close()) }()
	cookies, err := staff.Passes([]int{victim})
	if err != nil {
		return err
	}
	middle := make(chan struct{})
	s := &siege{address: address, request: rig.Passages(cookies), half: int64(o.requests / 2), midway: sync.OnceFunc(func() { close(middle) })}
	s.left.Store(int64(o.requests))
	failures := make([]error, o.connections)
	var browsers sync.WaitGroup
	for i := range failures {
		browsers.Go(func() { failures[i] = s.ask() })
	}
	<-middle
	err = staff.Block(victim)
	s.blocked.Store(true)
	browsers.Wait()
	if err = errors.Join(append(failures, err)...); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nA block in the middle: of the requests sent before its answer %d passed and %d were refused, of those sent after it %d and %d.\n",
		s.before.passed.Load(), s.before.refused.Load(), s.after.passed.Load(), s.after.refused.Load())
	if s.after.passed.Load() > 0 || s.before.passed.Load() == 0 || s.after.refused.Load() == 0 {
		return errors.New("the block does not count from its answer on")
	}
	return nil
}

// ask sends on one connection until all requests are sent.
func (s *siege) ask() (err error) {
	defer s.midway() // also where it breaks off, so that nobody waits for it
	browser, err := rig.Dial(s.address, 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, browser.Close()) }()
	for {
		left := s.left.Add(-1)
		if left < 0 {
			return nil
		}
		if left <= s.half {
			s.midway()
		}
		heard := &s.before
		if s.blocked.Load() {
			heard = &s.after
		}
		if _, err := browser.Send(s.request, heard.count); err != nil {
			return err
		}
	}
}

func (t *tally) count(_ int, a rig.Answer) error {
	switch a.Status {
	case http.StatusOK:
		t.passed.Add(1)
	case http.StatusForbidden:
		t.refused.Add(1)
	default:
		return fmt.Errorf("the server answered %d %s", a.Status, a.Body)
	}
	return nil
}
