package symbolon

import "time"

// UserQuery asks for a page of an app's users that have devices, in order of id.
type UserQuery struct {
	AppID  AppID
	Prefix string // of the id
	After  UserID // the last one of the page before
	Limit  int    // 1 to 200
}

// MaxCounted is how many devices of one user a summary looks at: of more, those with the
// first key ids.
const MaxCounted = 500

// UserSummary is a user as a list shows them.
type UserSummary struct {
	UserID     UserID    `json:"userId"`
	Devices    int       `json:"devices" doc:"Of any status. Of more than 500, 500 are looked at for all that is said here"`
	Pending    int       `json:"pending" doc:"Of them, those that wait for approval"`
	Blocked    int       `json:"blocked" doc:"Of them, those that are blocked"`
	LastSeenAt time.Time `json:"lastSeenAt" doc:"The last valid proof of any of them, or a registration"`
	RiskScore  int       `json:"riskScore" doc:"The highest of their last scores"`
}

// UserPage is a page of users.
type UserPage struct {
	Items      []UserSummary `json:"items"`
	NextCursor string        `json:"nextCursor,omitempty" doc:"For the next page; absent after the last"`
}
