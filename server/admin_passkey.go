package server

import (
	"context"

	"github.com/symbolon-id/symbolon"
)

type (
	setupPasskeyInput struct{ Body symbolon.SetupPasskeyRequest }
	passkeySignIn     struct{ Body symbolon.PasskeyAnswer }
	addPasskeyInput   struct{ Body symbolon.NewPasskey }
	inPasskey         struct {
		Passkey string `path:"passkey" doc:"The passkey's id"`
	}
	renamePasskeyInput struct {
		Passkey string `path:"passkey" doc:"The passkey's id"`
		Body    symbolon.PasskeyPatch
	}
)

func (s *Server) signInWays(context.Context, symbolon.Caller, *struct{}) (symbolon.SignInWays, error) {
	return s.registry.SignInWays(), nil
}

func (s *Server) offerSetupPasskey(ctx context.Context, _ symbolon.Caller, in *setupPasskeyInput) (symbolon.PasskeyOptions, error) {
	x := exchangeOf(ctx)
	if err := s.portal.tries.take(x.address, x.began); err != nil {
		return symbolon.PasskeyOptions{}, err
	}
	return s.registry.OfferSetupPasskey(ctx, visitorOf(x), in.Body)
}

func (s *Server) offerPasskeySignIn(ctx context.Context, _ symbolon.Caller, _ *struct{}) (symbolon.PasskeyOptions, error) {
	return s.registry.OfferPasskeySignIn(ctx, visitorOf(exchangeOf(ctx)))
}

func (s *Server) signInByPasskey(ctx context.Context, _ symbolon.Caller, in *passkeySignIn) (*signedIn, error) {
	x := exchangeOf(ctx)
	if err := s.portal.sameOrigin(x.request); err != nil {
		return nil, err
	}
	if err := s.portal.arrivals.take(x.address, x.began); err != nil {
		return nil, err
	}
	admitted, err := s.registry.SignInByPasskey(ctx, visitorOf(x), in.Body)
	if err != nil {
		return nil, err
	}
	return s.letIn(admitted), nil
}

func (s *Server) offerConfirmation(ctx context.Context, c symbolon.Caller, _ *struct{}) (symbolon.PasskeyOptions, error) {
	return s.registry.OfferConfirmation(ctx, c)
}

func (s *Server) offerPasskey(ctx context.Context, c symbolon.Caller, _ *struct{}) (symbolon.PasskeyOptions, error) {
	return s.registry.OfferPasskey(ctx, c)
}

func (s *Server) addPasskey(ctx context.Context, c symbolon.Caller, in *addPasskeyInput) (symbolon.Passkey, error) {
	return s.registry.AddPasskey(ctx, c, in.Body)
}

func (s *Server) listPasskeys(ctx context.Context, c symbolon.Caller, _ *struct{}) (symbolon.PasskeyList, error) {
	return s.registry.ListPasskeys(ctx, c)
}

func (s *Server) renamePasskey(ctx context.Context, c symbolon.Caller, in *renamePasskeyInput) (symbolon.Passkey, error) {
	return s.registry.RenamePasskey(ctx, c, in.Passkey, in.Body)
}

func (s *Server) removePasskey(ctx context.Context, c symbolon.Caller, in *inPasskey) error {
	return s.registry.RemovePasskey(ctx, c, in.Passkey)
}
