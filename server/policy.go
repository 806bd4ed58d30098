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

type policyVersionsInput struct {
	App    symbolon.AppID `path:"app" doc:"The app's id"`
	Cursor string         `query:"cursor" doc:"The nextCursor of the page before"`
	Limit  int            `query:"limit" minimum:"1" maximum:"200" doc:"Items on a page; 50 where absent"`
}

func (s *Server) listPolicyVersions(ctx context.Context, c symbolon.Caller, in *policyVersionsInput) (symbolon.PolicyVersionPage, error) {
	return s.registry.ListPolicyVersions(ctx, c, in.App, in.Cursor, in.Limit)
}

type policyVersionInput struct {
	App     symbolon.AppID `path:"app" doc:"The app's id"`
	Version string         `path:"version" doc:"The version's number, 0 for the defaults"`
}

func (s *Server) getPolicyVersion(ctx context.Context, c symbolon.Caller, in *policyVersionInput) (symbolon.PolicyVersion, error) {
	return s.registry.GetPolicyVersion(ctx, c, in.App, in.Version)
}

type diffPolicyInput struct {
	App  symbolon.AppID `path:"app" doc:"The app's id"`
	From string         `query:"from" doc:"A version's number, 0 for the defaults; the one before to where absent"`
	To   string         `query:"to" doc:"A version's number; the present one where absent"`
}

func (s *Server) diffPolicy(ctx context.Context, c symbolon.Caller, in *diffPolicyInput) (symbolon.PolicyDiff, error) {
	return s.registry.DiffPolicy(ctx, c, in.App, in.From, in.To)
}

func (s *Server) listRules(ctx context.Context, c symbolon.Caller, in *inApp) (symbolon.RuleUseList, error) {
	return s.registry.ListRules(ctx, c, in.App)
}

type checkPolicyInput struct {
	App  symbolon.AppID `path:"app" doc:"The app's id"`
	Body struct {
		Policy policyDraft `json:"policy" doc:"The proposed policy, as PUT takes it; what is wrong with it is answered, not refused"`
	}
}

// policyDraft is any JSON: its schema refuses nothing, so that all that is wrong is told
// at once.
type policyDraft json.RawMessage

func (p policyDraft) MarshalJSON() ([]byte, error) { return json.RawMessage(p).MarshalJSON() }

func (p *policyDraft) UnmarshalJSON(data []byte) error {
	return (*json.RawMessage)(p).UnmarshalJSON(data)
}

// Schema implements huma.SchemaProvider.
func (policyDraft) Schema(huma.Registry) *huma.Schema { return &huma.Schema{} }

func (s *Server) checkPolicy(ctx context.Context, c symbolon.Caller, in *checkPolicyInput) (symbolon.PolicyCheck, error) {
	return s.registry.CheckPolicy(ctx, c, in.App, json.RawMessage(in.Body.Policy))
}

func (s *Server) policyLanguage(ctx context.Context, c symbolon.Caller, _ *struct{}) (symbolon.PolicyLanguage, error) {
	return s.registry.PolicyLanguage(ctx, c)
}
