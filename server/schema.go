package server

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/symbolon-id/symbolon"
)

// finishDescription says what Go's types can't: what may be left out of a request, what
// may be null, which codes there are, and examples of the main bodies.
func (s *Server) finishDescription() {
	schemas := s.api.OpenAPI().Components.Schemas.Map()
	for _, name := range []string{
		"Policy", "RegistrationPolicy", "LimitPolicy", "TrustPolicy", "RiskPolicy", "RetentionPolicy",
	} {
		require(schemas[name])
	}
	require(schemas["ImportedTrustedDevice"],
		"@type", "deviceId", "userId", "deviceName", "deviceType", "deviceFingerprint", "trustedAt", "createdAt")
	s.describeDecision()
	s.describeSimulation()
	nullable(schemas["Decision"], "device")
	for _, side := range []string{"before", "after"} { // any value
		p := schemas["PolicyChange"].Properties[side]
		schemas["PolicyChange"].Properties[side] = &huma.Schema{Description: p.Description}
	}
	for _, k := range kinds {
		code := schemas["Problem"].Properties["code"]
		code.Enum = append(code.Enum, string(k.code))
	}
	for name, text := range examples {
		schemas[name].Examples = []any{mustParse(text)}
	}
	for _, item := range s.api.OpenAPI().Paths {
		if o := item.Patch; o != nil {
			o.RequestBody.Content[mergePatchType] = o.RequestBody.Content[jsonType]
		}
		if o := item.Post; o != nil && o.Metadata[routeKey].(*route).mayCreate {
			o.Responses["201"] = &huma.Response{Description: "Created", Content: o.Responses["200"].Content}
			o.Responses["200"].Description = "It was there"
		}
	}
}

// describeDecision says which two answers there are.
func (s *Server) describeDecision() {
	schemas := s.api.OpenAPI().Components.Schemas
	answer := s.api.OpenAPI().Paths["/v1/apps/{app}/decisions"].Post.Responses["200"]
	answer.Content[jsonType].Schema = &huma.Schema{
		Description: "The whole decision for a backend, the short one for a client",
		AnyOf: []*huma.Schema{
			schemas.Schema(reflect.TypeFor[symbolon.Decision](), true, ""),
			schemas.Schema(reflect.TypeFor[clientDecision](), true, ""),
		},
	}
}

// require makes exactly these members required.
func require(s *huma.Schema, members ...string) {
	s.Required = members
	s.PrecomputeMessages()
}

// nullable lets a member that refers to another schema be null as well.
func nullable(s *huma.Schema, member string) {
	p := s.Properties[member]
	s.Properties[member] = &huma.Schema{
		Description: p.Description, AnyOf: []*huma.Schema{{Ref: p.Ref}, {Type: "null"}},
	}
}

func mustParse(text string) any {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		panic(fmt.Sprintf("server: an example is not JSON: %v", err))
	}
	return v
}

// examples are bodies by the name of their schema.
var examples = map[string]string{
	"ChallengeRequest": `{"purpose":"prove"}`,
	"DecisionRequest": `{"userId":"alice","proof":"eyJ0eXAiOiJzeW1ib2xvbi1wcm9vZitqd3QiLCJhbGciOiJFUzI1NiIsImtpZCI6Ii4uLiJ9…","action":"login",
		"context":{"ipAddress":"203.0.113.7","userAgent":"Mozilla/5.0 …"}}`,
	"ClientDecision":    `{"recommendation":"CHALLENGE","known":false}`,
	"Registration":      `{"proof":"eyJ0eXAiOiJzeW1ib2xvbi1wcm9vZitqd3QiLCJhbGciOiJFUzI1NiIsImp3ayI6ey4uLn19…","platform":"web"}`,
	"TicketRequest":     `{"userId":"alice","factor":"otp","trust":{"duration":"P30D"}}`,
	"TrustRequest":      `{"decisionId":"dec_…","factor":"otp","duration":"P30D"}`,
	"BlockRequest":      `{"reason":"reported stolen"}`,
	"RevocationRequest": `{"cause":"password_changed"}`,
	"NewApp":            `{"name":"Acme","origins":["https://app.example.com"]}`,
	"NewCredential":     `{"name":"backend","scopes":["decisions","tickets"]}`,
	"Policy":            `{"limits":{"devices":5,"overflow":"evict_lru"},"trust":{"duration":"P30D"}}`,
	"DevicePatch":       `{"deviceName":"Work laptop"}`,
	"Problem": `{"type":"/problems/device_blocked","title":"The device is blocked","status":403,
		"detail":"the device is blocked","code":"` + string(symbolon.ErrDeviceBlocked) + `"}`,
}
