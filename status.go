package symbolon

import "time"

// ServiceStatus is how the service is set up and how it fares. No secret is in it.
type ServiceStatus struct {
	Surroundings

	PublicURL string    `json:"publicUrl" doc:"Issuer of tickets and tokens, and base of links"`
	At        time.Time `json:"at" doc:"When it was looked at"`

	Checks      []Check      `json:"checks" doc:"What has to hold so that the service can decide, and what should"`
	UnsealedLag Duration     `json:"unsealedLag" doc:"The age of the oldest event that waited to be sealed, as this process saw it last"`
	SignIn      AdminSignIn  `json:"adminSignIn" doc:"How admins get in beside their passwords"`
	SigningKeys []SigningKey `json:"signingKeys" doc:"Those that verify device tokens now, as the JWKS has them"`
	Issuers     []AppIssuers `json:"issuers" doc:"Apps that take tokens of OIDC issuers"`
}

// Surroundings is what the program knows of itself, its database and its files.
type Surroundings struct {
	Version   string         `json:"version"`
	Go        string         `json:"go" doc:"The version of Go that it was built with"`
	StartedAt time.Time      `json:"startedAt"`
	Database  DatabaseStatus `json:"database"`
	Places    []PlaceFile    `json:"places" doc:"The files that tell where an address is; those that are set"`
}

// DatabaseStatus is what the service knows of its database.
type DatabaseStatus struct {
	Kind    string `json:"kind" enum:"SQLite,PostgreSQL"`
	Version string `json:"version,omitempty" doc:"Of SQLite or PostgreSQL; absent where it does not answer"`
	Schema  int64  `json:"schema,omitempty" doc:"The version of the schema"`
	Size    int64  `json:"size,omitempty" doc:"Bytes"`
	OK      bool   `json:"ok" doc:"It answers"`
	Detail  string `json:"detail,omitempty" doc:"What is wrong, in words"`
}

// PlaceFile is a file of places, as it was last read.
type PlaceFile struct {
	Kind     string    `json:"kind" enum:"city,asn,anonymous"`
	File     string    `json:"file" doc:"Its name, without its folder"`
	Holds    string    `json:"holds" doc:"What it is, and how much of it"`
	BuiltAt  time.Time `json:"builtAt" doc:"When its maker made it; of a list, when it was last written"`
	LoadedAt time.Time `json:"loadedAt" doc:"When the service read it"`
	AgeDays  int       `json:"ageDays" doc:"Whole days since builtAt"`
	Old      bool      `json:"old,omitempty" doc:"It is out of date: fetch a new one"`
}

// PlacesOld is the age at which a file of places is out of date: their makers give new ones
// every week or month, and networks move.
const PlacesOld = 45 * Day

// AdminSignIn tells how admins get in beside their passwords.
type AdminSignIn struct {
	Passkeys bool       `json:"passkeys" doc:"The public address is one that browsers keep passkeys for"`
	OIDC     *AdminOIDC `json:"oidc,omitempty" doc:"The provider that admins may sign in at; absent for none"`
}

// AdminOIDC names the provider that admins may sign in at.
type AdminOIDC struct {
	Issuer   string `json:"issuer"`
	Label    string `json:"label,omitempty" doc:"What its button says"`
	ClientID string `json:"clientId"`
}

// Check is something that has to hold, and whether it does.
type Check struct {
	Name   string `json:"name" enum:"database,writes,sealing,publicUrl,places,adminApp"`
	Health string `json:"health" enum:"ok,warn,fail"`
	Detail string `json:"detail" doc:"In words"`
}

// SigningKey is a key of device tokens.
type SigningKey struct {
	ID      string    `json:"kid"`
	Alg     string    `json:"alg" doc:"RFC 7518, RFC 8037"`
	From    time.Time `json:"from" doc:"When it begins to sign"`
	Until   time.Time `json:"until" doc:"When the next one takes its place"`
	Current bool      `json:"current,omitempty" doc:"It signs now"`
}

// AppIssuers is how many issuers an app lists.
type AppIssuers struct {
	AppID AppID `json:"appId"`
	Count int   `json:"count"`
}
