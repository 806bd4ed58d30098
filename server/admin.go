package server

import (
	"context"

	"github.com/symbolon-id/symbolon"
)

type (
	inAdmin struct {
		Admin symbolon.AdminID `path:"admin" doc:"The admin's id"`
	}
	createAdminInput struct{ Body symbolon.NewAdmin }
	updateAdminInput struct {
		Admin   symbolon.AdminID `path:"admin" doc:"The admin's id"`
		IfMatch string           `header:"If-Match" doc:"The ETag of the version to change; any where absent"`
		Body    adminPatch
	}
	listAdminsInput struct {
		After string `query:"cursor" doc:"The nextCursor of the page before"`
		Limit int    `query:"limit" minimum:"1" maximum:"200" doc:"Items on a page; 50 where absent"`
	}
	inAdminSession struct {
		Admin   symbolon.AdminID `path:"admin" doc:"The admin's id"`
		Session string           `path:"session" doc:"The session's id"`
	}
)

// adminPage is a page of admins in the order of their logins.
type adminPage struct {
	Items      []symbolon.Admin `json:"items"`
	NextCursor string           `json:"nextCursor,omitempty" doc:"For the next page; absent after the last"`
}

// adminSessionList is an admin's sessions that count now.
type adminSessionList struct {
	Items []symbolon.AdminSession `json:"items"`
}

func (s *Server) createSetupLink(ctx context.Context, c symbolon.Caller, _ *struct{}) (symbolon.Invitation, error) {
	return s.registry.SetupLink(ctx, c)
}

func (s *Server) createAdmin(ctx context.Context, c symbolon.Caller, in *createAdminInput) (symbolon.InvitedAdmin, error) {
	return s.registry.CreateAdmin(ctx, c, in.Body)
}

func (s *Server) listAdmins(ctx context.Context, c symbolon.Caller, in *listAdminsInput) (adminPage, error) {
	limit := or(in.Limit, 50)
	admins, err := s.registry.ListAdmins(ctx, c, in.After, limit)
	page := adminPage{Items: append([]symbolon.Admin{}, admins...)}
	if len(admins) == limit {
		page.NextCursor = admins[limit-1].Login
	}
	return page, err
}

func (s *Server) getAdmin(ctx context.Context, c symbolon.Caller, in *inAdmin) (*versioned[symbolon.Admin], error) {
	a, err := s.registry.GetAdmin(ctx, c, in.Admin)
	return newVersioned(a.Version, a), err
}

func (s *Server) updateAdmin(ctx context.Context, c symbolon.Caller, in *updateAdminInput) (*versioned[symbolon.Admin], error) {
	version, err := ifMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	a, err := s.registry.UpdateAdmin(ctx, c, in.Admin, symbolon.AdminPatch(in.Body), version)
	return newVersioned(a.Version, a), err
}

func (s *Server) removeAdmin(ctx context.Context, c symbolon.Caller, in *inAdmin) error {
	return s.registry.RemoveAdmin(ctx, c, in.Admin)
}

func (s *Server) inviteAdmin(ctx context.Context, c symbolon.Caller, in *inAdmin) (symbolon.InvitedAdmin, error) {
	return s.registry.InviteAdmin(ctx, c, in.Admin)
}

func (s *Server) listAdminSessions(ctx context.Context, c symbolon.Caller, in *inAdmin) (adminSessionList, error) {
	items, err := s.registry.ListAdminSessions(ctx, c, in.Admin)
	return adminSessionList{items}, err
}

func (s *Server) endAdminSession(ctx context.Context, c symbolon.Caller, in *inAdminSession) error {
	return s.registry.EndAdminSession(ctx, c, in.Admin, in.Session)
}
