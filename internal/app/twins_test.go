package app

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"stoa/internal/flow"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/web"
	"stoa/jurisdictions"
)

// twins is one installation asked the same before and after rows were added that none of those who ask may see.
type twins struct {
	t      *testing.T
	a      *App
	web    http.Handler
	routes []web.Route
	asking []asking
	number string // of the hidden case
	ids    []string
}

// asking is somebody, with the addresses they found by following links.
type asking struct {
	name, token string
	paths       []string
}

const (
	hiddenService = "food-business-registration"
	hiddenKeeper  = "environmental-health"
	away          = "licensing"
	absentNumber  = "FBR-2001-09999"
	absentID      = "01aaaaaaaaaaaaaaaaaaaaaaaa"
	secret        = "Zebedee Quux"
)

// TestWhatOneMayNotSeeChangesNothing asks every GET route in every role, with every parameter that links give and with searches
// and sorts, before and after a case, a draft and a person were added that the asker may not see: the answers are equal to
// the byte. And what is hidden is answered like what does not exist, under each of its numbers and ids.
func TestWhatOneMayNotSeeChangesNothing(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { hideFrom(t, Config{Data: t.TempDir(), URL: "http://twins.example"}, 24, 60) })
	if storetest.HasPostgres() {
		t.Run("postgres", func(t *testing.T) {
			url := storetest.PostgresURL(t, "LC_COLLATE 'C' LC_CTYPE 'C'")
			hideFrom(t, Config{Data: t.TempDir(), URL: "http://twins.example", Database: Secret(url)}, 24, 20)
		})
	}
}

func hideFrom(t *testing.T, c Config, cases, most int) {
	a := open(t, c, true, quiet())
	if err := a.SeedDemo(t.Context(), jurisdictions.Greenvale(), cases, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	a.Clock.Set(time.Now().Add(time.Hour).Truncate(time.Hour)) // stands still from here on
	w := &twins{t: t, a: a}
	w.enter()
	for range 2 { // the first time fills what is counted once, such as looks of today
		w.explore(most)
	}
	w.everything() // and what only these see for the first time
	before := w.everything()
	if told := differences(before, w.everything()); len(told) > 0 {
		t.Fatalf("%d answers are not the same twice, so that nothing is learnt of them, the first: %s", len(told), told[0])
	}
	w.hide()
	for _, told := range append(differences(before, w.everything()), w.absent()...) {
		t.Error(told)
	}
	if len(before) < 8*most {
		t.Errorf("only %d answers were compared", len(before))
	}
	w.leak()
	if len(differences(before, w.everything())) == 0 {
		t.Error("the pages changed for somebody who may see the case now, and the comparison did not notice")
	}
	if len(w.absent()) == 0 {
		t.Error("the case is open to somebody now, and asking for it by its names did not notice")
	}
}

// leak gives one of those who ask a role that sees what is hidden: both comparisons must notice, or they notice nothing.
func (w *twins) leak() {
	by := &w.asking[2]
	email := "twin-" + string(policy.Reader) + "@greenvale.example"
	_, err := w.a.Flow.AddStaff(w.t.Context(), System, flow.AddStaff{Email: email, Language: "en", Grants: []policy.Grant{{Role: policy.Reader, Organisation: hiddenKeeper}}})
	w.must(err)
	w.a.Flow.Site.Demo = true
	by.token, err = w.a.Flow.DemoSignIn(w.t.Context(), policy.Actor{}, email)
	w.must(err)
	w.a.Flow.Site.Demo = false
}

// differences are the answers that are not as they were.
func differences(before, after map[string]string) (told []string) {
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if after[key] != before[key] {
			told = append(told, key+" tells of what is hidden:\n"+difference(before[key], after[key]))
		}
	}
	return told
}

// enter signs everybody in: a stranger, a resident, every role in another organisation, and an administrator of the one that
// keeps what is hidden. Then the demonstration is over, whose mailbox everybody reads.
func (w *twins) enter() {
	ctx := w.t.Context()
	w.asking = []asking{{name: "visitor"}}
	resident := w.a.Flow.Docket.Releases.Current().Demo.Residents[0].Email
	w.sign("resident", resident)
	for _, role := range policy.Roles() {
		at := away
		if role == policy.Administrator {
			at = hiddenKeeper
		}
		email := "twin-" + string(role) + "@greenvale.example"
		_, err := w.a.Flow.AddStaff(ctx, System, flow.AddStaff{Name: "Twin " + string(role), Email: email, Language: "en", Grants: []policy.Grant{{Role: role, Organisation: at}}})
		w.must(err)
		w.sign(string(role)+" of "+at, email)
	}
	w.a.Demo, w.a.Flow.Site.Demo, w.a.View.Site.Demo = false, false, false
	server, err := w.a.Server(false)
	w.must(err)
	w.web, w.routes = server.Handler(), server.Routes()
}

func (w *twins) sign(name, email string) {
	token, err := w.a.Flow.DemoSignIn(w.t.Context(), policy.Actor{}, email)
	w.must(err)
	w.asking = append(w.asking, asking{name: name, token: token})
}

func (w *twins) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// hide adds a case with messages and files of a new person, and a draft, kept by an organisation that none of those who ask
// reads for.
func (w *twins) hide() {
	ctx := w.t.Context()
	s, _ := w.a.Flow.Docket.Releases.InForce(hiddenService)
	e := s.Examples[0]
	typed := process.TypedFrom(s, e.Answers)
	for key, values := range typed.Fields {
		for i, v := range values {
			if strings.Contains(v, "@") {
				typed.Fields[key][i] = "zebedee.quux@hidden.example"
			}
		}
	}
	start := func() string {
		draft, _, err := w.a.Flow.StartDraft(ctx, policy.Actor{}, flow.StartDraft{Service: hiddenService, Language: "en", Typed: typed})
		w.must(err)
		return draft
	}
	draft, open := start(), start()
	done, err := w.a.Flow.Submit(ctx, policy.Actor{Draft: draft}, flow.Submit{Draft: draft, Declared: true})
	w.must(err)
	who, err := w.a.Flow.KnowResident(ctx, System, person.Details{Name: secret, Email: "zebedee.quux@hidden.example"}, "en")
	w.must(err)
	w.must(w.a.Flow.WriteMessage(ctx, policy.Actor{Person: who, Name: secret}, flow.WriteMessage{Case: done.Case, Text: "Quuxly yours", Key: "hidden-message"}))
	w.must(w.a.DB.Read(ctx, "twins", func(ctx context.Context, tx *store.Tx) error {
		c, err := w.a.Flow.Docket.Cases.Get(ctx, tx, done.Case)
		if err == nil {
			w.number, w.ids = c.Number, []string{done.Case, open, who, c.Subject}
		}
		return err
	}))
}

// answer is what somebody gets: the status, the headers that mean something, and the page without what is drawn anew each time.
func (w *twins) answer(by asking, path string) (string, string) {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if by.token != "" {
		r.AddCookie(&http.Cookie{Name: "stoa-session", Value: by.token})
	}
	got := httptest.NewRecorder()
	w.web.ServeHTTP(got, r)
	body := got.Body.String()
	h := got.Header()
	return fmt.Sprintf("%d %s %s %s\n%s", got.Code, h.Get("Location"), h.Get("Content-Type"), h.Get("Cache-Control"), plain(body)), body
}

var drawn = []*regexp.Regexp{
	regexp.MustCompile(`name="form-key" value="[^"]*"`),
	regexp.MustCompile(`\b[a-z2-7]{16}\b`), // a request's id
}

func plain(body string) string {
	for _, re := range drawn {
		body = re.ReplaceAllString(body, "*")
	}
	return body
}

var hrefs = regexp.MustCompile(`href="(/[^"#]*)"`)

// explore follows links from where everybody may begin, so far as they lead, to at most a number of addresses of each kind.
func (w *twins) explore(most int) {
	for i := range w.asking {
		by := &w.asking[i]
		by.paths = nil
		seen, queue := map[string]bool{}, []string{"/", "/desk", "/account", "/services", "/registers", "/data", "/money", "/log"}
		for len(queue) > 0 && len(by.paths) < most {
			path := queue[0]
			queue = queue[1:]
			kind, _, _ := strings.Cut(path, "?")
			if seen[path] || livesBySelf[kind] != "" || strings.HasPrefix(kind, "/sign-") || strings.Contains(path, "lang=") {
				continue
			}
			seen[path] = true
			by.paths = append(by.paths, path)
			_, body := w.answer(*by, path)
			for _, m := range hrefs.FindAllStringSubmatch(body, -1) {
				queue = append(queue, strings.ReplaceAll(m[1], "&amp;", "&"))
			}
		}
	}
}

// asksFor are what is put behind an address that takes it: words that are hidden, and other orders.
var asksFor = []string{"", "?q=Zebedee", "?q=" + url.QueryEscape("zebedee.quux@hidden.example"), "?sort=oldest&page=2", "?all=1&state=open"}

// everything is every answer to everybody: each route without parameters, with what may stand behind it, and what links gave.
func (w *twins) everything() map[string]string {
	all := map[string]string{}
	for _, by := range w.asking {
		paths := slices.Clone(by.paths)
		for _, r := range w.routes {
			if r.Method != http.MethodGet || strings.Contains(r.Pattern, "{") || livesBySelf[r.Pattern] != "" {
				continue
			}
			for _, more := range asksFor {
				paths = append(paths, r.Pattern+more)
			}
		}
		for _, path := range paths {
			all[by.name+" "+path], _ = w.answer(by, path)
		}
	}
	return all
}

// livesBySelf are addresses whose answer is drawn anew each time or tells of the installation and not of rows.
var livesBySelf = map[string]string{
	"/desk/system":     "work that waits, by ids and without words: an administrator sees that there is more of it",
	"/desk/operations": "how much is done and waits, in numbers, for administrators",
}

// absent asks for what is hidden by each of its names, and for what does not exist by names of the same form.
func (w *twins) absent() (told []string) {
	asked := 0
	for _, by := range w.asking {
		for _, r := range w.routes {
			if r.Method != http.MethodGet || !strings.Contains(r.Pattern, "{") {
				continue
			}
			for _, name := range append([]string{w.number}, w.ids...) {
				nothing := absentID
				if name == w.number {
					nothing = absentNumber
				}
				hidden, _ := w.answer(by, named(r.Pattern, name))
				none, _ := w.answer(by, named(r.Pattern, nothing))
				asked++
				if strings.ReplaceAll(hidden, name, nothing) != none {
					told = append(told, fmt.Sprintf("%s: %s tells that %s exists:\n%s", by.name, r.Pattern, name, difference(none, hidden)))
				}
			}
		}
		if strings.HasPrefix(by.name, "administrator") {
			continue // may ask who may open a case, and so that it exists; the person sees that they asked
		}
		for _, path := range []string{"/desk/cases?q=", "/desk/cases?number=", "/search?q=", "/desk/registers?q=", "/registers?q=", "/desk/licences?q=", "/services?q=", "/desk/rights/who?number="} {
			hidden, _ := w.answer(by, path+w.number)
			none, _ := w.answer(by, path+absentNumber)
			if strings.ReplaceAll(hidden, w.number, absentNumber) != none {
				told = append(told, fmt.Sprintf("%s: %s tells that %s exists:\n%s", by.name, path, w.number, difference(none, hidden)))
			}
		}
	}
	if asked < 500 {
		w.t.Errorf("only %d addresses were asked for", asked)
	}
	return told
}

var parameter = regexp.MustCompile(`\{[^}]*\}`)

// known are parameters that name what everybody knows: behind them stands what is asked for.
var known = map[string]string{"{service}": hiddenService, "{action}": "grant", "{register}": "food-businesses"}

// named puts a name into an address where it names a thing.
func named(pattern, name string) string {
	return parameter.ReplaceAllStringFunc(strings.TrimSuffix(pattern, "{$}"), func(p string) string {
		if known[p] != "" && strings.Count(pattern, "{") > 1 {
			return known[p]
		}
		return name
	})
}

// difference is the first line in which two answers differ.
func difference(a, b string) string {
	left, right := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(left), len(right)) {
		if left[i] != right[i] {
			return "- " + short(left[i], right[i]) + "\n+ " + short(right[i], left[i])
		}
	}
	return fmt.Sprintf("%d lines and %d", len(left), len(right))
}

func short(s, other string) string {
	at := 0
	for at < len(s) && at < len(other) && s[at] == other[at] {
		at++
	}
	return s[max(0, at-120):min(len(s), at+160)]
}
