package storetest

import (
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

var admins = []story{
	{"an admin is read as they were put, by id and by login", func(t *testing.T, w *world) {
		a := w.admin(t, "mia")
		equal(t, "version", a.Version, int64(1))
		a.Name, a.DisabledAt, a.LastSignInAt, a.Password = "Mia M.", at(start.Add(time.Hour)), at(start.Add(time.Minute)), ""
		a.Grants = []symbolon.Grant{{Role: symbolon.RoleAdmin}}
		a, err := w.store.PutAdmin(w.ctx, a)
		must(t, err)
		for _, replica := range w.Replicas {
			byID, err := replica.GetAdmin(w.ctx, a.ID)
			must(t, err)
			byLogin, err := replica.GetAdminByLogin(w.ctx, "mia")
			must(t, err)
			equal(t, "by id", byID, a)
			equal(t, "by login", byLogin, a)
		}
		_, err = w.store.GetAdmin(w.ctx, "adm_nobody")
		fails(t, err, symbolon.ErrNotFound)
		_, err = w.store.GetAdminByLogin(w.ctx, "MIA")
		fails(t, err, symbolon.ErrNotFound)
	}},
	{"an admin of a provider is found by who they are there, and is there once", func(t *testing.T, w *world) {
		w.admin(t, "noa") // who is nobody's there
		a := newAdmin("mia")
		a.External, a.Epoch = &symbolon.External{Issuer: "https://id.example", Subject: "auth0|1"}, 7
		a, err := w.store.PutAdmin(w.ctx, a)
		must(t, err)
		for _, replica := range w.Replicas {
			got, err := replica.GetAdminByExternal(w.ctx, *a.External)
			must(t, err)
			equal(t, "by who they are there", got, a)
		}
		for _, other := range []symbolon.External{{}, {Issuer: "https://id.example"}, {Issuer: "https://other.example", Subject: "auth0|1"}} {
			_, err = w.store.GetAdminByExternal(w.ctx, other)
			fails(t, err, symbolon.ErrNotFound)
		}
		again := newAdmin("ada")
		again.External = a.External
		_, err = w.store.PutAdmin(w.ctx, again)
		fails(t, err, symbolon.ErrConflict)
		a.External, a.Epoch = nil, 8
		a, err = w.store.PutAdmin(w.ctx, a)
		must(t, err)
		got, err := w.store.GetAdmin(w.ctx, a.ID)
		must(t, err)
		equal(t, "who they are without the provider", got, a)
	}},
	{"passkeys are found by their credential, change by use, and go one by one or with their admin", func(t *testing.T, w *world) {
		mia, noa := w.admin(t, "mia"), w.admin(t, "noa")
		first, second := newPasskey(mia.ID, "pk_1", start), newPasskey(mia.ID, "pk_2", start.Add(time.Second))
		for _, p := range []symbolon.Passkey{first, second, newPasskey(noa.ID, "pk_3", start)} {
			must(t, w.store.PutPasskey(w.ctx, p))
		}
		first.Name, first.Document, first.LastUsedAt = "Laptop", []byte(`{"count":2}`), at(start.Add(time.Hour))
		must(t, w.store.PutPasskey(w.ctx, first))
		got, err := w.Replicas[1].GetPasskey(w.ctx, first.Credential)
		must(t, err)
		equal(t, "passkey", got, first)
		list, err := w.store.ListPasskeys(w.ctx, mia.ID)
		must(t, err)
		equal(t, "of mia", list, []symbolon.Passkey{second, first})

		taken := newPasskey(noa.ID, "pk_4", start)
		taken.Credential = first.Credential
		fails(t, w.store.PutPasskey(w.ctx, taken), symbolon.ErrConflict)
		fails(t, w.store.PutPasskey(w.ctx, newPasskey("adm_nobody", "pk_5", start)), symbolon.ErrNotFound)
		fails(t, w.store.TakePasskey(w.ctx, mia.ID, "pk_3"), symbolon.ErrNotFound)
		must(t, w.store.TakePasskey(w.ctx, mia.ID, "pk_2"))
		_, err = w.store.GetPasskey(w.ctx, second.Credential)
		fails(t, err, symbolon.ErrNotFound)
		must(t, w.store.TakePasskey(w.ctx, mia.ID, ""))
		list, err = w.store.ListPasskeys(w.ctx, mia.ID)
		must(t, err)
		equal(t, "of mia after all", len(list), 0)
		must(t, w.store.TakeAdmin(w.ctx, noa.ID))
		_, err = w.store.GetPasskey(w.ctx, []byte("credential of pk_3"))
		fails(t, err, symbolon.ErrNotFound)
	}},
	{"a session notes the device that it showed", func(t *testing.T, w *world) {
		a := w.admin(t, "mia")
		s := newAdminSession(a.ID, "ses_1", start)
		must(t, w.store.PutAdminSession(w.ctx, s))
		s.DeviceID = "dev_1"
		must(t, w.store.BindAdminSession(w.ctx, s.ID, s.DeviceID))
		got, err := w.Replicas[1].GetAdminSession(w.ctx, s.Hash)
		must(t, err)
		equal(t, "session", got, s)
		must(t, w.store.TakeAdminSession(w.ctx, a.ID, s.ID))
		fails(t, w.store.BindAdminSession(w.ctx, s.ID, s.DeviceID), symbolon.ErrNotFound)
		must(t, w.store.PutAdminSession(w.ctx, s)) // as it is put back under another secret
		got, err = w.store.GetAdminSession(w.ctx, s.Hash)
		must(t, err)
		equal(t, "session that was put back", got, s)
	}},
	{"a login is one admin's, and a change is made to what was read", func(t *testing.T, w *world) {
		a := w.admin(t, "mia")
		_, err := w.store.PutAdmin(w.ctx, newAdmin("mia"))
		fails(t, err, symbolon.ErrConflict)
		other := w.admin(t, "noa")
		other.Login = "mia"
		_, err = w.store.PutAdmin(w.ctx, other)
		fails(t, err, symbolon.ErrConflict)
		_, err = w.store.PutAdmin(w.ctx, a)
		must(t, err)
		_, err = w.store.PutAdmin(w.ctx, a) // as it was before
		fails(t, err, symbolon.ErrStale)
	}},
	{"admins come in order of login, a page at a time", func(t *testing.T, w *world) {
		for _, login := range []string{"noa", "a@b.example", "mia"} {
			w.admin(t, login)
		}
		var logins []string
		for after := ""; ; after = logins[len(logins)-1] {
			page, err := w.store.ListAdmins(w.ctx, after, 2)
			must(t, err)
			for _, a := range page {
				logins = append(logins, a.Login)
			}
			if len(page) < 2 {
				break
			}
		}
		equal(t, "logins", logins, []string{"a@b.example", "mia", "noa"})
	}},
	{"a session is found by its secret's hash, is seen later and later, and stays ended", func(t *testing.T, w *world) {
		a := w.admin(t, "mia")
		s := newAdminSession(a.ID, "ses_1", start)
		must(t, w.store.PutAdminSession(w.ctx, s))
		s.LastSeenAt, s.AuthenticatedAt = start.Add(time.Minute), start.Add(time.Second)
		must(t, w.store.SeeAdminSession(w.ctx, s.ID, s.LastSeenAt, s.AuthenticatedAt))
		must(t, w.store.SeeAdminSession(w.ctx, s.ID, start, start)) // from before, and late
		got, err := w.Replicas[1].GetAdminSession(w.ctx, s.Hash)
		must(t, err)
		equal(t, "session", got, s)
		_, err = w.store.GetAdminSession(w.ctx, []byte("another"))
		fails(t, err, symbolon.ErrNotFound)
		must(t, w.store.TakeAdminSession(w.ctx, a.ID, s.ID))
		fails(t, w.store.SeeAdminSession(w.ctx, s.ID, s.LastSeenAt, s.AuthenticatedAt), symbolon.ErrNotFound)
		equal(t, "sessions after one was ended and seen", w.adminSessions(t, a.ID), []string(nil))
		fails(t, w.store.PutAdminSession(w.ctx, newAdminSession("adm_nobody", "ses_2", start)), symbolon.ErrNotFound)
	}},
	{"sessions end one by one, all at once, or with their admin", func(t *testing.T, w *world) {
		mia, noa := w.admin(t, "mia"), w.admin(t, "noa")
		for i, id := range []string{"ses_1", "ses_2", "ses_3"} {
			must(t, w.store.PutAdminSession(w.ctx, newAdminSession(mia.ID, id, start.Add(time.Duration(i)*time.Second))))
		}
		must(t, w.store.PutAdminSession(w.ctx, newAdminSession(noa.ID, "ses_4", start)))
		equal(t, "of mia", w.adminSessions(t, mia.ID), []string{"ses_3", "ses_2", "ses_1"})
		fails(t, w.store.TakeAdminSession(w.ctx, mia.ID, "ses_4"), symbolon.ErrNotFound)
		must(t, w.store.TakeAdminSession(w.ctx, mia.ID, "ses_2"))
		equal(t, "of mia without one", w.adminSessions(t, mia.ID), []string{"ses_3", "ses_1"})
		must(t, w.store.TakeAdminSession(w.ctx, mia.ID, ""))
		equal(t, "of mia after all", w.adminSessions(t, mia.ID), []string(nil))
		equal(t, "of noa", w.adminSessions(t, noa.ID), []string{"ses_4"})
		must(t, w.store.TakeAdmin(w.ctx, noa.ID))
		equal(t, "of noa, who is gone", w.adminSessions(t, noa.ID), []string(nil))
		fails(t, w.store.TakeAdmin(w.ctx, noa.ID), symbolon.ErrNotFound)
	}},
	{"what ended or was idle for long is forgotten, a few at a time", func(t *testing.T, w *world) {
		a := w.admin(t, "mia")
		for i, id := range []string{"ended", "idle", "live"} {
			s := newAdminSession(a.ID, id, start)
			s.ExpiresAt = start.Add([]time.Duration{time.Hour, 9 * time.Hour, 9 * time.Hour}[i])
			s.LastSeenAt = start.Add([]time.Duration{2 * time.Hour, 0, 2 * time.Hour}[i])
			must(t, w.store.PutAdminSession(w.ctx, s))
		}
		now := start.Add(2 * time.Hour)
		for _, want := range []int{1, 1, 0} {
			n, err := w.store.PruneAdminSessions(w.ctx, now, now.Add(-time.Hour), 1)
			must(t, err)
			equal(t, "forgotten", n, want)
		}
		equal(t, "left", w.adminSessions(t, a.ID), []string{"live"})
	}},
}

func newAdmin(login string) symbolon.Admin {
	return symbolon.Admin{
		ID: symbolon.NewAdminID(), Login: login, Name: "Someone", CreatedAt: start, UpdatedAt: start,
		Grants: []symbolon.Grant{{AppID: acme, Role: symbolon.RoleOperator}}, Password: "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA",
	}
}

func newPasskey(admin symbolon.AdminID, id string, created time.Time) symbolon.Passkey {
	return symbolon.Passkey{ID: id, AdminID: admin, Name: "Key", CreatedAt: created, Credential: []byte("credential of " + id), Document: []byte(`{"count":1}`)}
}

func (w *world) admin(t *testing.T, login string) symbolon.Admin {
	t.Helper()
	a, err := w.store.PutAdmin(w.ctx, newAdmin(login))
	must(t, err)
	return a
}

func newAdminSession(admin symbolon.AdminID, id string, created time.Time) symbolon.AdminSession {
	return symbolon.AdminSession{
		ID: id, AdminID: admin, Method: symbolon.SignInPassword, IPAddress: "192.0.2.7", UserAgent: "Firefox", CreatedAt: created,
		LastSeenAt: created, AuthenticatedAt: created, ExpiresAt: created.Add(symbolon.AdminSessionLife), Hash: []byte("hash of " + id),
	}
}

func (w *world) adminSessions(t *testing.T, id symbolon.AdminID) (ids []string) {
	t.Helper()
	list, err := w.store.ListAdminSessions(w.ctx, id)
	must(t, err)
	for _, s := range list {
		ids = append(ids, s.ID)
	}
	return ids
}
