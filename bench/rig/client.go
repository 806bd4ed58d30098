package rig

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Client holds connections to one server, which are kept alive between its runs.
type Client struct {
	connections []*connection
	events      float64 // that the server's log must hold once it is sealed
}

// connection is one caller that sends a request when the last is answered.
type connection struct {
	net.Conn
	reader *bufio.Reader
	body   []byte // of the last answer
}

// answerTimeout bounds how long a caller waits, so that a measurement ends whatever happens.
const answerTimeout = time.Minute

// Dial opens that many connections. A first request on each makes the server wait for
// the next one longer than it would for a first.
func Dial(address string, connections int) (*Client, error) {
	c := &Client{}
	hello := request(http.MethodGet, "/healthz", "", nil)
	for range connections {
		conn, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", address)
		if err != nil {
			return nil, errors.Join(err, c.Close())
		}
		c.connections = append(c.connections, &connection{Conn: conn, reader: bufio.NewReaderSize(conn, 16<<10)})
		one := &Client{connections: c.connections[len(c.connections)-1:]}
		if _, err := one.Send([][]byte{hello}, Expect(http.StatusOK, "ok")); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return c, nil
}

// Close closes the connections.
func (c *Client) Close() error {
	var errs []error
	for _, conn := range c.connections {
		errs = append(errs, conn.Close())
	}
	return errors.Join(errs...)
}

// Run is what sending a list of requests came to.
type Run struct {
	Took      time.Duration
	Latencies []time.Duration // of each request
}

// Send sends every request once, each connection one at a time, and hands over each
// answer with its request's number. It stops at the first error.
func (c *Client) Send(requests [][]byte, hear func(i int, a Answer) error) (Run, error) {
	run := Run{Latencies: make([]time.Duration, len(requests))}
	var next atomic.Int64
	var failed firstError
	var callers sync.WaitGroup
	began := time.Now()
	for _, conn := range c.connections {
		callers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(requests) && failed.get() == nil; i = int(next.Add(1)) - 1 {
				sent := time.Now()
				a, err := conn.exchange(requests[i], sent)
				run.Latencies[i] = time.Since(sent)
				if err == nil {
					err = hear(i, a)
				}
				failed.set(err)
			}
		})
	}
	callers.Wait()
	run.Took = time.Since(began)
	return run, failed.get()
}

func (c *connection) exchange(request []byte, now time.Time) (Answer, error) {
	if err := c.SetDeadline(now.Add(answerTimeout)); err != nil {
		return Answer{}, err
	}
	if _, err := c.Write(request); err != nil {
		return Answer{}, err
	}
	a, err := readAnswer(c.reader, c.body[:0])
	c.body = a.Body
	return a, err
}

// firstError keeps the first of many callers' errors.
type firstError struct{ first atomic.Pointer[error] }

func (f *firstError) set(err error) {
	if err != nil {
		f.first.CompareAndSwap(nil, &err)
	}
}

func (f *firstError) get() error {
	if err := f.first.Load(); err != nil {
		return *err
	}
	return nil
}

// Expect hears answers that must have the status and the text in their body.
func Expect(status int, text string) func(int, Answer) error {
	return func(_ int, a Answer) error {
		if a.Status != status || !a.has(text) {
			return fmt.Errorf("the server answered %d %s; expected %d with %s", a.Status, a.Body, status, text)
		}
		return nil
	}
}
