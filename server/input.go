package server

import "github.com/symbolon-id/symbolon"

// What the paths of most operations hold, without and with a body. Ids are taken as they
// are: the registry says which are good.
type (
	inApp struct {
		App symbolon.AppID `path:"app" doc:"The app's id"`
	}
	inAppWith[T any] struct {
		App  symbolon.AppID `path:"app" doc:"The app's id"`
		Body T
	}
	inDevice struct {
		App    symbolon.AppID    `path:"app" doc:"The app's id"`
		Device symbolon.DeviceID `path:"device" doc:"The device's id"`
	}
	inDeviceWith[T any] struct {
		App    symbolon.AppID    `path:"app" doc:"The app's id"`
		Device symbolon.DeviceID `path:"device" doc:"The device's id"`
		Body   T
	}
	inUser struct {
		App  symbolon.AppID  `path:"app" doc:"The app's id"`
		User symbolon.UserID `path:"user" doc:"The user's id, percent-encoded; . and .. as %2E and %2E%2E"`
	}
	inUserWith[T any] struct {
		App  symbolon.AppID  `path:"app" doc:"The app's id"`
		User symbolon.UserID `path:"user" doc:"The user's id, percent-encoded; . and .. as %2E and %2E%2E"`
		Body T
	}
)

// orZero is the body of an operation that needs none, or nothing where none came.
func orZero[T any](body *T) T {
	if body == nil {
		var none T
		return none
	}
	return *body
}

func contains[T comparable](list []T, want T) bool {
	for _, v := range list {
		if v == want {
			return true
		}
	}
	return false
}
