package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

// accountPolicy lets the page do nothing but load its own script and style and call us.
const accountPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// accountPage is the page of /account/{app}, in every language that it has.
type accountPage struct {
	page      *template.Template
	assets    assets
	words     map[string]map[string]string // by language and name
	languages []string
	matcher   language.Matcher
}

// readAccount panics where a file is not as the build makes it: they are part of the program.
func readAccount(files fs.FS) *accountPage {
	p := &accountPage{assets: readAssets(files)}
	p.page = template.Must(template.New("account").Parse(mustRead(files, "index.html")))
	if err := json.Unmarshal([]byte(mustRead(files, "words.json")), &p.words); err != nil {
		panic(fmt.Sprintf("server: the words of the account page: %v", err))
	}
	p.languages = []string{"en"} // for who speaks none of them
	for name := range p.words {
		if name != "en" {
			p.languages = append(p.languages, name)
		}
	}
	tags := make([]language.Tag, len(p.languages))
	for i, name := range p.languages {
		tags[i] = language.Make(name)
	}
	p.matcher = language.NewMatcher(tags)
	return p
}

// accountView is what the page shows. It stands without a script; with one, the list is
// drawn in its place.
type accountView struct {
	Language, Direction, Base string
	App                       string
	AppID                     symbolon.AppID
	Service                   string // its public URL
	Back                      string
	Words                     map[string]string
	Problem                   string
	Devices                   []accountDevice
}

type accountDevice struct {
	Name  string
	Lines []string
}

// showAccount shows the user of the page's session their devices.
func (s *Server) showAccount(w http.ResponseWriter, r *http.Request) {
	app := symbolon.AppID(r.PathValue("app"))
	if err := s.enterAccount(r, app); err != nil {
		s.refuse(w, r, err)
		return
	}
	x := exchangeOf(r.Context())
	c, err := s.registry.AccountCaller(app, x.from.origin, accountSecret(r, app), x.at)
	var list symbolon.DevicePage
	if err == nil {
		list, err = s.registry.MyDevices(r.Context(), c, app, registry.Self{})
	}
	if err != nil {
		s.showAccountProblem(w, r, err)
		return
	}
	view := s.accountView(r, app)
	for _, d := range list.Items {
		view.Devices = append(view.Devices, view.device(d))
	}
	s.writeAccount(w, r, http.StatusOK, view)
}

// showAccountProblem says in the person's words that the visit is over; anything else is
// refused as everywhere.
func (s *Server) showAccountProblem(w http.ResponseWriter, r *http.Request, err error) {
	if !errors.Is(err, symbolon.ErrUnauthenticated) {
		s.refuse(w, r, err)
		return
	}
	view := s.accountView(r, symbolon.AppID(r.PathValue("app")))
	view.Problem = view.Words["ended"]
	s.writeAccount(w, r, http.StatusUnauthorized, view)
}

func (s *Server) accountView(r *http.Request, app symbolon.AppID) accountView {
	x, p := exchangeOf(r.Context()), s.account
	_, i := language.MatchStrings(p.matcher, r.Header.Get("Accept-Language"))
	v := accountView{Language: p.languages[i], Direction: "ltr", Base: ".", AppID: app, Service: s.registry.PublicURL(), App: string(app), Words: p.words[p.languages[i]]}
	if v.Language == "ar" {
		v.Direction = "rtl"
	}
	if strings.HasSuffix(r.URL.Path, "/enter") {
		v.Base = ".."
	}
	if name, home, err := s.registry.AccountApp(r.Context(), app, x.at); err == nil {
		v.App, v.Back = name, home
	}
	return v
}

func (v accountView) device(d symbolon.Device) accountDevice {
	say := func(word, when string) string { return strings.ReplaceAll(v.Words[word], "{when}", when) }
	out := accountDevice{Name: d.Name}
	add := func(line string) { out.Lines = append(out.Lines, line) }
	if d.LastUsedAt == nil {
		add(v.Words["neverUsed"])
	} else {
		add(say("lastUsed", moment(*d.LastUsedAt)))
	}
	switch {
	case d.Status == symbolon.StatusBlocked:
		add(v.Words["blocked"])
		add(v.Words["blockedHelp"])
	case d.Status == symbolon.StatusPending:
		add(v.Words["pending"])
	case d.Trust != nil && d.Trust.Active && d.Trust.EndsAt == nil:
		add(v.Words["trustedAlways"])
	case d.Trust != nil && d.Trust.Active:
		add(say("trustedUntil", moment(*d.Trust.EndsAt)))
	}
	add(say("firstSeen", moment(d.CreatedAt)))
	return out
}

// moment is a time as every language can read it: without a script nobody knows the zone.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func (s *Server) writeAccount(w http.ResponseWriter, r *http.Request, status int, v accountView) {
	var page bytes.Buffer
	if err := s.account.page.Execute(&page, v); err != nil {
		s.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", accountPolicy)
	w.Header().Add("Vary", "Accept-Language")
	w.WriteHeader(status)
	if _, err := page.WriteTo(w); err != nil {
		s.log.LogAttrs(r.Context(), slog.LevelDebug, "the page did not reach its reader", slog.String("error", err.Error()))
	}
}
