package server

import (
	"context"
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/symbolon-id/symbolon"
)

// policyDocument is a policy as it was written. The registry reads it: what GET gives,
// PUT takes.
type policyDocument json.RawMessage

func (p policyDocument) MarshalJSON() ([]byte, error) { return json.RawMessage(p).MarshalJSON() }

func (p *policyDocument) UnmarshalJSON(data []byte) error {
	return (*json.RawMessage)(p).UnmarshalJSON(data)
}

// Schema implements huma.SchemaProvider.
func (policyDocument) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[symbolon.Policy](), true, "")
}

type getPolicyInput struct {
	App       symbolon.AppID `path:"app" doc:"The app's id"`
	Effective bool           `query:"effective" doc:"Fill in what the document leaves to the defaults"`
}

func (s *Server) getPolicy(ctx context.Context, c symbolon.Caller, in *getPolicyInput) (*versioned[policyDocument], error) {
	p, err := s.registry.GetPolicy(ctx, c, in.App, in.Effective)
	return newVersioned(p.Version, policyDocument(p.Document)), err
}

type putPolicyInput struct {
	App     symbolon.AppID `path:"app" doc:"The app's id"`
	IfMatch string         `header:"If-Match" doc:"The ETag of the version to replace; any where absent"`
	Body    policyDocument
}

func (s *Server) putPolicy(ctx context.Context, c symbolon.Caller, in *putPolicyInput) (*versioned[policyDocument], error) {
	version, err := ifMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	p, err := s.registry.PutPolicy(ctx, c, in.App, json.RawMessage(in.Body), version)
	return newVersioned(p.Version, policyDocument(p.Document)), err
}
