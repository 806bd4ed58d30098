package registry_test

import (
	"maps"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

func init() {
	maps.Copy(operations, map[string]operation{
		"ListAdmins": {role: symbolon.RoleAdmin, reach: allApps, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.ListAdmins(s.Context(), c, "", 0)
			return err
		}},
		"GetAdmin": {role: symbolon.RoleAdmin, reach: allApps, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.GetAdmin(s.Context(), c, s.colleague)
			return err
		}},
		"CreateAdmin": {role: symbolon.RoleAdmin, reach: allApps, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.CreateAdmin(s.Context(), c, symbolon.NewAdmin{Login: "another", Grants: []symbolon.Grant{{Role: symbolon.RoleViewer}}})
			return err
		}},
		"UpdateAdmin": {role: symbolon.RoleAdmin, reach: allApps, call: func(s scene, c symbolon.Caller) error {
			name := "Another"
			_, err := s.reg.UpdateAdmin(s.Context(), c, s.colleague, symbolon.AdminPatch{Name: &name}, registry.AnyVersion)
			return err
		}},
		"RemoveAdmin": {role: symbolon.RoleAdmin, reach: allApps, call: func(s scene, c symbolon.Caller) error {
			return s.reg.RemoveAdmin(s.Context(), c, s.colleague)
		}},
		"InviteAdmin": {role: symbolon.RoleAdmin, reach: allApps, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.InviteAdmin(s.Context(), c, s.colleague)
			return err
		}},
		"ListAdminSessions": {role: symbolon.RoleAdmin, reach: allApps, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.ListAdminSessions(s.Context(), c, s.colleague)
			return err
		}},
		"EndAdminSession": {role: symbolon.RoleAdmin, reach: allApps, call: func(s scene, c symbolon.Caller) error {
			return s.reg.EndAdminSession(s.Context(), c, s.colleague, "ses_1")
		}},
		"SetupLink": {role: symbolon.RoleAdmin, reach: allApps, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.SetupLink(s.Context(), c)
			return err
		}},
		"ThisSession": {person: true, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.ThisSession(s.Context(), c)
			return err
		}},
		"OwnTicket": {person: true, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.OwnTicket(s.Context(), c)
			return err
		}},
		"OwnDevice": {person: true, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.OwnDevice(s.Context(), c)
			return err
		}},
		"ShowDevice": {person: true, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.ShowDevice(s.Context(), c, symbolon.DeviceProof{Proof: "no JWS"})
			return err
		}},
		"Status": {role: symbolon.RoleViewer, reach: allApps, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.Status(s.Context(), c)
			return err
		}},
		"Confirm": {person: true, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.Confirm(s.Context(), c, symbolon.ConfirmRequest{Password: goodPassword})
			return err
		}},
		"ChangePassword": {person: true, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.ChangePassword(s.Context(), c, goodPassword)
			return err
		}},
		"ListPasskeys": {person: true, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.ListPasskeys(s.Context(), c)
			return err
		}},
		"OfferPasskey": {person: true, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.OfferPasskey(s.Context(), c)
			return err
		}},
		"AddPasskey": {person: true, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.AddPasskey(s.Context(), c, symbolon.NewPasskey{Name: "Laptop"})
			return err
		}},
		"RenamePasskey": {person: true, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.RenamePasskey(s.Context(), c, "pk_1", symbolon.PasskeyPatch{Name: "Laptop"})
			return err
		}},
		"RemovePasskey": {person: true, call: func(s scene, c symbolon.Caller) error {
			return s.reg.RemovePasskey(s.Context(), c, "pk_1")
		}},
		"OfferConfirmation": {person: true, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.OfferConfirmation(s.Context(), c)
			return err
		}},
		"BeginProviderConfirm": {person: true, call: func(s scene, c symbolon.Caller) error {
			_, err := s.reg.BeginProviderConfirm(s.Context(), c)
			return err
		}},
	})
}
