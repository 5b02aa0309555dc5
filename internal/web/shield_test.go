package web_test

import (
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"stoa/internal/policy"
	"stoa/internal/web"
)

// sender sends forms of which two an hour are free to a network without a session.
type sender struct {
	t    *testing.T
	f    fixture
	now  time.Time
	from string
	got  []url.Values // what reached the form
}

func shielded(t *testing.T) *sender {
	s := &sender{t: t, now: time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC), from: "192.0.2.1:1"}
	s.f = serve(t, web.Config{FormsPerHour: 2}, web.Route{Method: "POST", Pattern: "/x/{of}", Area: web.Public, Action: policy.ServiceRead, Shield: true,
		Handle: func(w http.ResponseWriter, r *web.Request) error {
			if err := r.ReadForm(); err != nil {
				return err
			}
			s.got = append(s.got, r.PostForm)
			return r.Send(w, "text/plain", "", []byte("ok"))
		}})
	s.f.Outside.Now = func() time.Time { return s.now }
	return s
}

func (s *sender) post(path string, fields url.Values, cookies ...*http.Cookie) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.RemoteAddr = s.from
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return s.f.do(r)
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// asked sends forms until one is answered by the question, and gives what the question's own form sends.
func (s *sender) asked(path string, fields url.Values) url.Values {
	s.t.Helper()
	for range 3 {
		w := s.post(path, fields)
		if w.Code != http.StatusTooManyRequests {
			continue
		}
		out := url.Values{}
		for _, m := range hiddenField.FindAllStringSubmatch(w.Body.String(), -1) {
			out.Add(m[1], m[2])
		}
		if !strings.Contains(w.Body.String(), `action="`+path+`"`) || w.Header().Get("Retry-After") == "" {
			s.t.Fatal(w.Header(), w.Body)
		}
		return out
	}
	s.t.Fatal("nothing is asked")
	return nil
}

// solved is the answer that a browser finds.
func solved(puzzle string) string {
	for n := 0; ; n++ {
		answer := strconv.Itoa(n)
		if sum := sha256.Sum256([]byte(puzzle + ":" + answer)); sum[0] == 0 && sum[1] == 0 && sum[2] < 128 {
			return answer
		}
	}
}

func answered(fields url.Values) url.Values {
	_, puzzle, _ := strings.Cut(fields.Get("shield"), ".")
	out := url.Values{}
	for name, values := range fields {
		out[name] = values
	}
	out.Set("shield-answer", solved(puzzle))
	return out
}

// TestAFormBeyondTheFreeOnesShowsAProof: by the puzzle, once, for this form, this network and an hour; what was typed arrives.
func TestAFormBeyondTheFreeOnesShowsAProof(t *testing.T) {
	s := shielded(t)
	typed := url.Values{"text": {"It is \"loud\""}, "many": {"a", "b"}}
	question := s.asked("/x/1", typed)
	if len(s.got) != 2 {
		t.Fatalf("%d forms arrived before anything was asked", len(s.got))
	}
	proof := answered(question)
	proof["text"] = typed["text"] // the browser undoes what the page escapes
	wrong := answered(question)
	wrong.Set("shield-answer", "0"+proof.Get("shield-answer"))
	for name, try := range map[string]func() *httptest.ResponseRecorder{
		"no answer": func() *httptest.ResponseRecorder { return s.post("/x/1", question) },
		"a number that solves nothing": func() *httptest.ResponseRecorder {
			n, err := strconv.Atoi(proof.Get("shield-answer"))
			if err != nil {
				t.Fatal(err)
			}
			none := answered(question)
			none.Set("shield-answer", strconv.Itoa(n+1))
			return s.post("/x/1", none)
		},
		"a number written": func() *httptest.ResponseRecorder { return s.post("/x/1", wrong) },
		"another form":     func() *httptest.ResponseRecorder { return s.post("/x/2", proof) },
		"another network": func() *httptest.ResponseRecorder {
			s.from = "198.51.100.7:1"
			defer func() { s.from = "192.0.2.1:1" }()
			s.post("/x/1", typed)
			s.post("/x/1", typed)
			s.got = s.got[:len(s.got)-2]
			return s.post("/x/1", proof)
		},
		"another's signature": func() *httptest.ResponseRecorder {
			forged := answered(url.Values{"shield": {strings.Repeat("A", 43) + "." + strings.Repeat("B", 43)}})
			return s.post("/x/1", forged)
		},
	} {
		if w := try(); w.Code != http.StatusTooManyRequests || len(s.got) != 2 {
			t.Errorf("%s: status %d, %d forms arrived", name, w.Code, len(s.got))
		}
	}
	if w := s.post("/x/1", proof); w.Code != 200 || len(s.got) != 3 || s.got[2].Get("text") != typed.Get("text") || len(s.got[2]["many"]) != 2 {
		t.Fatalf("the proof is refused: %d, %v", w.Code, s.got)
	}
	if w := s.post("/x/1", proof); w.Code != http.StatusTooManyRequests || len(s.got) != 3 {
		t.Errorf("a proof is taken twice: %d", w.Code)
	}
	old := answered(s.asked("/x/3", typed))
	s.now = s.now.Add(61 * time.Minute)
	s.post("/x/3", typed) // the two of the new hour
	s.post("/x/3", typed)
	if w := s.post("/x/3", old); w.Code != http.StatusTooManyRequests {
		t.Errorf("a proof of an hour ago: %d", w.Code)
	}
}

// TestWithoutScriptsOneWaitsForOnesTurn: not before, and a network's turns come one after the other.
func TestWithoutScriptsOneWaitsForOnesTurn(t *testing.T) {
	s := shielded(t)
	typed := url.Values{"text": {"hello"}}
	first, second := s.asked("/x/1", typed), s.asked("/x/1", typed)
	s.now = s.now.Add(10 * time.Second)
	early := s.post("/x/1", first)
	if early.Code != http.StatusTooManyRequests || !strings.Contains(early.Body.String(), first.Get("shield")) || early.Header().Get("Retry-After") != "5" {
		t.Fatalf("pressed too early: %d %s %s", early.Code, early.Header(), early.Body)
	}
	s.now = s.now.Add(5 * time.Second)
	if w := s.post("/x/1", first); w.Code != 200 {
		t.Errorf("after the wait: %d", w.Code)
	}
	if w := s.post("/x/1", first); w.Code == 200 {
		t.Error("a turn is taken twice")
	}
	last := second
	for range 20 { // many who only wait stand in one line
		last = s.asked("/x/1", typed)
	}
	s.now = s.now.Add(60 * time.Second)
	if w := s.post("/x/1", last); w.Code == 200 {
		t.Error("twenty who came at once wait no longer than one")
	}
	s.now = s.now.Add(60 * time.Second)
	if w := s.post("/x/1", last); w.Code != 200 {
		t.Errorf("somebody waits longer than two minutes: %d", w.Code)
	}
}

// TestWhoIsSignedInIsAskedNothing: they have limits of their own.
func TestWhoIsSignedInIsAskedNothing(t *testing.T) {
	s := shielded(t)
	for range 5 {
		if w := s.post("/x/1", url.Values{}, &http.Cookie{Name: "stoa-session", Value: "asha"}); w.Code != 200 {
			t.Fatalf("status %d", w.Code)
		}
	}
}
