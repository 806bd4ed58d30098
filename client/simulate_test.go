package client_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
)

func stream(text string) reply {
	return reply{status: 200, body: strings.NewReader(text), header: []string{"Content-Type", "text/event-stream"}}
}

// A stream is its progress and then its end; one that is cut off has none.
func TestSimulationStreams(t *testing.T) {
	const progress = "event: progress\ndata: {\"decisions\":500,\"devices\":0,\"percent\":40}\n\n"
	for name, c := range map[string]struct {
		reply   reply
		percent int
		code    symbolon.Code
		status  int
	}{
		"a result":               {stream(progress + "event: result\ndata: {\"decisions\":7}\n\n"), 40, "", 0},
		"a result without more":  {stream("event: result\ndata: {\"decisions\":7}\n\n"), 0, "", 0},
		"a problem at the end":   {stream(progress + "event: problem\ndata: {\"code\":\"unavailable\",\"status\":503,\"detail\":\"it ends\"}\n\n"), 40, symbolon.ErrUnavailable, 503},
		"cut off":                {stream(progress), 40, symbolon.ErrUnavailable, 0},
		"an answer in JSON":      {answer(200, `{"decisions":7}`, "Content-Type", "application/json"), 0, "", 0},
		"a problem in the place": {answer(429, `{"code":"rate_limited","status":429,"detail":"one at a time"}`), 0, symbolon.ErrRateLimited, 429},
		"events of a newer kind": {stream("event: news\ndata: 1\n\n: a comment\n\n" + progress + "event: result\ndata: {\"decisions\":7}\n\n"), 40, "", 0},
	} {
		service, asked := playing(t, c.reply)
		percent := 0
		out, err := service.SimulatePolicy(context.Background(), symbolon.SimulationRequest{Policy: []byte(`{}`), Days: 1}, func(p symbolon.SimulationProgress) { percent = p.Percent })
		if percent != c.percent || asked.asked[0].Header.Get("Accept") != "text/event-stream" {
			t.Errorf("%s: %d percent, asked with %v", name, percent, asked.asked[0].Header)
		}
		if c.code == "" {
			if err != nil || out.Decisions != 7 {
				t.Errorf("%s: %+v, %v", name, out, err)
			}
			continue
		}
		if !errors.Is(err, c.code) || statusOf(err) != c.status {
			t.Errorf("%s: %v with status %d; want %s with %d", name, err, statusOf(err), c.code, c.status)
		}
	}
}

func statusOf(err error) int {
	var e *client.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Status
}

// The devices that may be chosen come with the error.
func TestChoices(t *testing.T) {
	service, _ := playing(t, answer(409, `{"code":"device_limit_reached","detail":"too many","choices":[{"deviceId":"d1"},{"deviceId":"d2"}]}`))
	_, _, err := service.RegisterDevice(context.Background(), symbolon.Registration{Proof: "p"})
	var said *symbolon.Error
	if !errors.As(err, &said) || said.Code != symbolon.ErrDeviceLimitReached || len(said.Choices) != 2 || said.Choices[1].ID != "d2" {
		t.Errorf("%v", err)
	}
}
