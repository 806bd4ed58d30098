package rig

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/server"
)

// The floor is what no decision can be cheaper than: the same server with the same
// middleware (request id, security headers, time limit, log line, metrics) and the same
// framework behind it, and one signature check by a key in memory.
const (
	verifyPath = "/bench/verify"
	emptyPath  = "/bench/empty"
)

type verifyInput struct {
	Body struct {
		UserID  symbolon.UserID        `json:"userId"`
		Proof   string                 `json:"proof"`
		Context symbolon.ClientContext `json:"context,omitzero"`
	}
}

type verifyOutput struct {
	Body struct {
		Valid bool            `json:"valid"`
		User  symbolon.UserID `json:"user"`
	}
}

type emptyInput struct {
	Body symbolon.ChallengeRequest
}

type emptyOutput struct {
	Body struct {
		Answer string `json:"answer"`
	}
}

// addFloor hangs the floor into a server, with the keys of the first devices in memory.
func addFloor(s *server.Server, devices int) {
	keys := make([]*proof.PublicKey, devices)
	each(devices, func(i int) { keys[i] = DeviceAt(i).half })
	byID := make(map[string]*proof.PublicKey, devices)
	for _, k := range keys {
		byID[k.Thumbprint()] = k
	}
	mux := http.NewServeMux()
	api := humago.New(mux, huma.Config{
		OpenAPI: &huma.OpenAPI{OpenAPI: "3.1.0", Info: &huma.Info{Title: "Floor", Version: "1"}},
		Formats: huma.DefaultFormats, DefaultFormat: "application/json",
	})
	huma.Post(api, verifyPath, func(_ context.Context, in *verifyInput) (*verifyOutput, error) {
		return verify(byID, in)
	})
	huma.Post(api, emptyPath, func(context.Context, *emptyInput) (*emptyOutput, error) {
		return &emptyOutput{}, nil
	})
	s.Handle("POST /bench/", mux)
}

func verify(keys map[string]*proof.PublicKey, in *verifyInput) (*verifyOutput, error) {
	p, err := proof.Parse(in.Body.Proof)
	if err != nil {
		return nil, err
	}
	key := keys[p.KeyID]
	if key == nil {
		return nil, errors.New("no such key")
	}
	if err := p.Verify(key); err != nil {
		return nil, err
	}
	out := &verifyOutput{}
	out.Body.Valid, out.Body.User = true, in.Body.UserID
	return out, nil
}
