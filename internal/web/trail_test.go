package web_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/web"
)

// followed is what the edge does with a trail, which the store's own tests follow to standbys.
type followed struct {
	from     string
	current  bool
	pinned   bool
	looked   bool
	position string
}

func (f *followed) begin(ctx context.Context, from string, current bool) (context.Context, web.Trail) {
	f.from, f.current, f.pinned = from, current, false
	return ctx, web.Trail{Current: func() { f.pinned = true }, Again: func() bool { return f.looked && !f.pinned },
		Position: func(context.Context) string { return f.position }, Unknown: "-", Keep: time.Minute}
}

func TestTheBrowserBringsItsPositionAlong(t *testing.T) {
	ok := func(w http.ResponseWriter, r *web.Request) error { return r.Send(w, "text/plain", "", []byte("ok")) }
	shared := func(w http.ResponseWriter, r *web.Request) error {
		return r.Share(w, "text/plain", web.ForSeconds, []byte("ok"))
	}
	current := route("/current", web.Public, ok)
	current.Current = true
	f := serve(t, web.Config{URL: "https://testham.example"}, route("/page", web.Public, ok), current, route("/account", web.Account, ok), route("/desk", web.Desk, ok),
		route("/data", web.System, ok), route("/shared", web.Public, shared),
		web.Route{Method: "POST", Pattern: "/form", Area: web.Public, Action: policy.ServiceRead, Handle: ok})
	trail := &followed{position: "m.2"}
	f.Trail = trail.begin
	officer, holder := &http.Cookie{Name: "__Host-stoa-session", Value: "olu"}, &http.Cookie{Name: "__Host-stoa-session", Value: "asha"}
	brought := &http.Cookie{Name: "__Host-stoa-seen", Value: "m.1"}
	for _, c := range []struct {
		path    string
		current bool
		told    bool
		who     *http.Cookie
	}{
		{"/page", false, true, holder}, {"/current", true, true, holder}, {"/account", false, true, holder}, {"/desk", true, true, officer},
		{"/data", false, false, holder}, {"/shared", false, false, holder},
	} {
		w := f.get(c.path, c.who, brought)
		set := w.Header().Get("Set-Cookie")
		if w.Code != 200 || trail.from != "m.1" || trail.current != c.current || (set != "") != c.told {
			t.Errorf("%s: %d, brought %q, current %v, told %q", c.path, w.Code, trail.from, trail.current, set)
		}
		for _, part := range []string{"__Host-stoa-seen=m.2", "Path=/", "Max-Age=60", "HttpOnly", "Secure", "SameSite=Lax"} {
			if c.told && !strings.Contains(set, part) {
				t.Errorf("%s: %q does not say %s", c.path, set, part)
			}
		}
	}
	r := httptest.NewRequest("POST", "/form", nil)
	r.AddCookie(brought)
	if f.do(r); !trail.current {
		t.Error("a standby may answer to what was sent")
	}
	trail.position = ""
	if set := f.get("/page", brought).Header().Get("Set-Cookie"); set != "" {
		t.Errorf("nothing is new, and the browser is told %q", set)
	}
}

// What a standby could not do, the primary is asked for: that nothing was found too, which may only not have arrived yet.
func TestAnErrorIsNotSaidOnAStandbysWord(t *testing.T) {
	trail := &followed{looked: true}
	asked := 0
	there := func(w http.ResponseWriter, r *web.Request) error {
		if asked++; !trail.pinned {
			return fault.NewNotFound("")
		}
		return r.Send(w, "text/plain", "", []byte("ok"))
	}
	nowhere := func(http.ResponseWriter, *web.Request) error { asked++; return fault.NewNotFound("") }
	half := func(w http.ResponseWriter, r *web.Request) error {
		asked++
		_, _ = w.Write([]byte("half"))
		return fault.NewNotFound("")
	}
	f := serve(t, web.Config{}, route("/there", web.Public, there), route("/nowhere", web.Public, nowhere), route("/half", web.Public, half))
	f.Trail = trail.begin
	if w := f.get("/there"); w.Code != 200 || asked != 2 {
		t.Errorf("%d after %d times", w.Code, asked)
	}
	asked = 0
	if w := f.get("/nowhere"); w.Code != 404 || asked != 2 {
		t.Errorf("%d after %d times", w.Code, asked)
	}
	asked, trail.looked = 0, false
	if w := f.get("/nowhere"); w.Code != 404 || asked != 1 {
		t.Errorf("the primary's word: %d after %d times", w.Code, asked)
	}
	asked, trail.looked = 0, true
	func() {
		defer func() {
			if recover() != http.ErrAbortHandler || asked != 1 {
				t.Errorf("half an answer was asked for %d times", asked)
			}
		}()
		f.get("/half")
	}()
}

// What is still being answered when its head has gone may store more: the browser is told that nothing is known.
func TestAnAnswerThatGoesOn(t *testing.T) {
	parts := func(w http.ResponseWriter, r *web.Request) error {
		return web.Stream(r, w, "text/plain", "", func(w io.Writer) error { _, err := io.WriteString(w, "part"); return err })
	}
	f := serve(t, web.Config{}, route("/parts", web.Public, parts))
	f.Trail = (&followed{position: "m.2"}).begin
	if set := f.get("/parts").Header().Get("Set-Cookie"); !strings.HasPrefix(set, "stoa-seen=-;") {
		t.Errorf("told %q", set)
	}
}
