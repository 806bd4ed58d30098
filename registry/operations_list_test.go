package registry_test

import (
	"maps"

	"github.com/symbolon-id/symbolon"
)

func init() {
	maps.Copy(operations, map[string]operation{
		"ListUsers": {scope: symbolon.ScopeDevicesRead, role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.ListUsers(s.Context(), c, symbolon.UserQuery{AppID: bank})
			return err
		}},
		"RelatedDevices": {scope: symbolon.ScopeDevicesRead, role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.RelatedDevices(s.Context(), c, bank, s.phone.id)
			return err
		}},
	})
}
