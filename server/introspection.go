package server

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/symbolon-id/symbolon"
)

type introspectionRequest struct {
	Token string `json:"token" minLength:"1" doc:"A device token"`
	Hint  string `json:"token_type_hint,omitempty" doc:"Of RFC 7662; it changes nothing"`
}

func (s *Server) introspect(ctx context.Context, c symbolon.Caller, in *inAppWith[introspectionRequest]) (symbolon.Introspection, error) {
	return s.registry.Introspect(ctx, c, in.App, in.Body.Token)
}

const formType = "application/x-www-form-urlencoded"

// formAsJSON gives the token of a form as the JSON that the operation reads. Clients of
// RFC 7662 send more than that (token_type_hint, client_id), and none of it counts here.
func formAsJSON(body []byte) ([]byte, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, symbolon.Errorf(symbolon.ErrInvalidRequest, "the body must be a form: members as name=value, percent-encoded, with & between them")
	}
	members := map[string]string{}
	if tokens := form["token"]; len(tokens) == 1 {
		members["token"] = tokens[0]
	} else if len(tokens) > 1 {
		return nil, symbolon.InvalidField("token", "must be given once")
	}
	return json.Marshal(members)
}
