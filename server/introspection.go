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

// formAsJSON gives the members of a form as the JSON that the operation reads.
func formAsJSON(body []byte) ([]byte, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, symbolon.Errorf(symbolon.ErrInvalidRequest, "the body must be a form: members as name=value, percent-encoded, with & between them")
	}
	members := make(map[string]string, len(form))
	for name, values := range form {
		if len(values) > 1 {
			return nil, symbolon.InvalidField(shorten(name), "must be given once")
		}
		members[name] = values[0]
	}
	return json.Marshal(members)
}
