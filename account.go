package symbolon

import "time"

// AccountLinkRequest asks for the way to a user's own page of devices.
type AccountLinkRequest struct {
	UserID   UserID     `json:"userId"`
	Factor   string     `json:"factor,omitempty" doc:"The second factor that was just passed, as an RFC 8176 name such as otp; without one the user may trust nothing"`
	AuthTime *time.Time `json:"authTime,omitempty" doc:"When the user authenticated; now where absent"`
	Origin   string     `json:"origin,omitempty" doc:"One of the app's own, whose proxy serves /account/ from here: there the page knows which device it is shown on. The service's own where absent"`
}

// AccountLink is an address that opens the page, once.
type AccountLink struct {
	URL       string    `json:"url" doc:"To redirect the user's browser to"`
	ExpiresAt time.Time `json:"expiresAt" doc:"A minute from now"`
}
