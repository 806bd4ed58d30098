package rig

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

// settleTime bounds how long a server may take to seal what it wrote.
const settleTime = time.Minute

// Settle waits until the server has sealed that many events more, so that the work of one
// turn is not done in another's.
func (c *Client) Settle(events int) error {
	c.events += float64(events)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	end := time.After(settleTime)
	for {
		sealed, err := c.Metric("symbolon_events_sealed_total")
		if err != nil || sealed >= c.events {
			return err
		}
		select {
		case <-again.C:
		case <-end:
			return errors.New("the server does not seal its log")
		}
	}
}

// Metric reads one of the server's metrics, summed over its labels.
func (c *Client) Metric(name string) (float64, error) {
	sum := 0.0
	one := &Client{connections: c.connections[:1]}
	_, err := one.Send([][]byte{request(http.MethodGet, "/metrics", "", nil)}, func(_ int, a Answer) error {
		for line := range strings.Lines(string(a.Body)) {
			var value float64
			label, text, _ := strings.Cut(strings.TrimSpace(line), " ")
			if base, _, _ := strings.Cut(label, "{"); base != name {
				continue
			}
			if _, err := fmt.Sscan(text, &value); err != nil {
				return err
			}
			sum += value
		}
		return nil
	})
	return sum, err
}

// Profile has the server write a CPU profile into the file from now on, or end it with "".
func (c *Client) Profile(file string) error {
	one := &Client{connections: c.connections[:1]}
	path := "/bench/profile?file=" + url.QueryEscape(file)
	_, err := one.Send([][]byte{request(http.MethodPost, path, Bearer, symbolon.ChallengeRequest{})}, Expect(http.StatusOK, ""))
	return err
}
