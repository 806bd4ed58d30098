package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/symbolon-id/symbolon"
)

// SimulatePolicy tells what a proposed policy would have made of recorded decisions. tell
// hears how far it is, and may be nil; it goes on for minutes if it has to.
func (c *Client) SimulatePolicy(ctx context.Context, req symbolon.SimulationRequest, tell func(symbolon.SimulationProgress)) (symbolon.Simulation, error) {
	body, err := json.Marshal(req)
	if err != nil {
		return symbolon.Simulation{}, fmt.Errorf("client: %w", err)
	}
	r := request{method: http.MethodPost, path: c.inApp("policy", "simulate"), body: req}
	call, err := c.build(ctx, r, body)
	if err != nil {
		return symbolon.Simulation{}, fmt.Errorf("client: %w", err)
	}
	call.Header.Set("Accept", eventStream)
	patient := *c.http
	patient.Timeout = 0 // the context's end is the only one
	resp, err := patient.Do(call)
	if err != nil {
		return symbolon.Simulation{}, unreachable(ctx, err)
	}
	defer resp.Body.Close()
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), eventStream) {
		var out symbolon.Simulation
		return out, c.read(ctx, r, resp, &out)
	}
	return watch(ctx, resp, tell)
}

const eventStream = "text/event-stream"

// watch reads events until the one that ends the stream.
func watch(ctx context.Context, resp *http.Response, tell func(symbolon.SimulationProgress)) (out symbolon.Simulation, err error) {
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	event := ""
	for lines.Scan() {
		name, value, _ := bytes.Cut(lines.Bytes(), []byte(": "))
		switch {
		case string(name) == "event":
			event = string(value)
		case string(name) != "data":
		case event == "result":
			if err := json.Unmarshal(value, &out); err != nil {
				return out, fmt.Errorf("client: the result is not what was expected: %w", err)
			}
			return out, nil
		case event == "problem":
			return out, problem(resp, value)
		case event == "progress" && tell != nil:
			var p symbolon.SimulationProgress
			if json.Unmarshal(value, &p) == nil {
				tell(p)
			}
		}
	}
	err = lines.Err()
	if err == nil {
		err = errors.New("the stream ended before its result")
	}
	return out, unreachable(ctx, err)
}
