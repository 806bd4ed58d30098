package server

import (
	"context"

	"github.com/symbolon-id/symbolon"
)

// allApps stands for no app in particular: the credentials of admins on all of them.
const allApps symbolon.AppID = ""

// credentialList is all credentials of an app, or of admins on all apps.
type credentialList struct {
	Items []symbolon.Credential `json:"items"`
}

type (
	inCredential struct {
		App        symbolon.AppID        `path:"app" doc:"The app's id"`
		Credential symbolon.CredentialID `path:"credential" doc:"The credential's id"`
	}
	inAdminCredential struct {
		Credential symbolon.CredentialID `path:"credential" doc:"The credential's id"`
	}
	createAdminCredentialInput struct{ Body symbolon.NewCredential }
)

func (s *Server) createCredential(ctx context.Context, c symbolon.Caller, in *inAppWith[symbolon.NewCredential]) (symbolon.IssuedCredential, error) {
	return s.registry.CreateCredential(ctx, c, in.App, in.Body)
}

func (s *Server) listCredentials(ctx context.Context, c symbolon.Caller, in *inApp) (credentialList, error) {
	items, err := s.registry.ListCredentials(ctx, c, in.App)
	return credentialList{append([]symbolon.Credential{}, items...)}, err
}

func (s *Server) revokeCredential(ctx context.Context, c symbolon.Caller, in *inCredential) (symbolon.Credential, error) {
	return s.registry.RevokeCredential(ctx, c, in.App, in.Credential)
}

func (s *Server) createAdminCredential(ctx context.Context, c symbolon.Caller, in *createAdminCredentialInput) (symbolon.IssuedCredential, error) {
	return s.registry.CreateCredential(ctx, c, allApps, in.Body)
}

func (s *Server) listAdminCredentials(ctx context.Context, c symbolon.Caller, _ *struct{}) (credentialList, error) {
	items, err := s.registry.ListCredentials(ctx, c, allApps)
	return credentialList{append([]symbolon.Credential{}, items...)}, err
}

func (s *Server) revokeAdminCredential(ctx context.Context, c symbolon.Caller, in *inAdminCredential) (symbolon.Credential, error) {
	return s.registry.RevokeCredential(ctx, c, allApps, in.Credential)
}
