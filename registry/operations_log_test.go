package registry_test

import (
	"maps"

	"github.com/symbolon-id/symbolon"
)

func init() {
	maps.Copy(operations, map[string]operation{
		"ReadLog": {scope: symbolon.ScopeEventsRead, role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.ReadLog(s.Context(), c, symbolon.LogQuery{AppID: bank}, "")
			return err
		}},
		"ListDecisions": {scope: symbolon.ScopeEventsRead, role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.ListDecisions(s.Context(), c, bank, symbolon.DecisionQuery{})
			return err
		}},
		"GetDecision": {scope: symbolon.ScopeEventsRead, role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.GetDecision(s.Context(), c, bank, s.decided)
			return err
		}},
		"GetCensus": {scope: symbolon.ScopeDevicesRead, role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.GetCensus(s.Context(), c, bank)
			return err
		}},
	})
}
