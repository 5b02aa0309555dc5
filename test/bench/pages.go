package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"time"

	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// browsers is how many clients ask for pages at once.
const browsers = 16

// site is an installation that answers, with somebody applying and an officer signed in.
type site struct {
	*world
	handler http.Handler
	url     string
	draft   string // its path
	one     string // a case's path
	cookies string
	listen  net.Listener
}

// openSite serves a database on loopback.
func openSite(ctx context.Context, w *world) (*site, error) {
	server, err := w.Server(false)
	if err != nil {
		return nil, err
	}
	s := &site{world: w, handler: server.Handler()}
	holder, token, err := w.draft(ctx, int(residents.Add(1)))
	if err != nil {
		return nil, err
	}
	ids, err := w.some(ctx)
	if err != nil {
		return nil, err
	}
	var session string
	err = w.DB.Write(ctx, "bench.session", func(ctx context.Context, tx *store.Tx) (err error) {
		session, err = w.Flow.People.Sessions().StartSession(ctx, tx, person.Arrival{Person: w.officer.Person, Method: person.ByDemo, Level: policy.High, Desk: true})
		return err
	})
	if err != nil {
		return nil, err
	}
	first := w.Flow.Docket.Releases.Current().Services[0]
	for _, one := range w.Flow.Docket.Releases.Current().Services {
		if one.Service == eventsID {
			first = one
		}
	}
	s.draft, s.one = "/apply/"+holder.Draft+"/"+first.Pages[1].File.Page, "/desk/cases/"+ids[0]
	s.cookies = "stoa-session=" + session + "; stoa-draft=" + token
	if s.listen, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	s.url = "http://" + s.listen.Addr().String()
	go func() { _ = server.HTTP().Serve(s.listen) }() // ends with the listener
	return s, nil
}

func (s *site) close() error { return s.listen.Close() }

// pages measures what a reader waits for: pages over loopback from another process, against a handler
// that answers with the same bytes; and how many a core makes, without the network.
func pages(ctx context.Context, o options, out io.Writer) error {
	w, err := large(ctx, o, 1000)
	if err != nil {
		return err
	}
	defer w.Close()
	s, err := openSite(ctx, w)
	if err != nil {
		return err
	}
	defer s.close()
	question, err := s.get(s.draft, "")
	if err != nil {
		return err
	}
	fixed := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(question)
	}))
	defer fixed.Close()
	list := []struct{ name, path, encoding string }{
		{"home", "/", ""}, {"service page", "/services/" + eventsID, ""}, {"question page", s.draft, ""},
		{"question page, compressed (brotli)", s.draft, "br"}, {"queue page", "/desk/cases", ""}, {"case page", s.one, ""},
	}
	bare := fmt.Sprintf("bare net/http handler, %d bytes", len(question))
	over := []subject{{bare, "", func() (result, error) { return ask(ctx, job{fixed.URL, "", "", browsers, o.each}) }}}
	inside := []subject{{"printing alone, ten questions with errors", "", func() (result, error) { return printing(ctx, o) }}}
	for _, p := range list {
		over = append(over, subject{p.name, bare, func() (result, error) {
			return ask(ctx, job{s.url + p.path, s.cookies, p.encoding, browsers, o.each})
		}})
		inside = append(inside, subject{p.name, "", func() (result, error) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
			return load(1, o.each, func(int, int) error { _, err := s.get(p.path, p.encoding); return err })
		}})
	}
	results, err := interleave(o.rounds, over)
	if err != nil {
		return err
	}
	table(out, fmt.Sprintf("Pages over loopback, %d clients in another process", browsers), results)
	if results, err = interleave(o.rounds, inside); err != nil {
		return err
	}
	table(out, "Pages from one core, whole: who asks, the database, judging, printing; no network", results)
	return nil
}

// get asks the handler itself.
func (s *site) get(path, encoding string) ([]byte, error) {
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Cookie", s.cookies)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		return nil, fmt.Errorf("%s answered %d", path, w.Code)
	}
	return w.Body.Bytes(), nil
}

// job is what the generator in the other process does.
type job struct {
	URL, Cookies, Encoding string
	Clients                int
	Each                   time.Duration
}

// loadCommand makes this program the generator.
const loadCommand = "generate-load"

// ask lets another process ask.
func ask(ctx context.Context, j job) (r result, err error) {
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	in, err := json.Marshal(j)
	if err != nil {
		return r, err
	}
	cmd := exec.CommandContext(ctx, self, loadCommand)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
	outcome, err := cmd.Output()
	if err != nil {
		return r, fmt.Errorf("asking for %s: %w", j.URL, err)
	}
	return r, json.Unmarshal(outcome, &r)
}

// generate is the other process.
func generate(in io.Reader, out io.Writer) error {
	var j job
	if err := json.NewDecoder(in).Decode(&j); err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: j.Clients, DisableCompression: true}}
	r, err := load(j.Clients, j.Each, func(int, int) error {
		req, err := http.NewRequest("GET", j.URL, nil)
		if err != nil {
			return err
		}
		req.Header.Set("Cookie", j.Cookies)
		req.Header.Set("Accept-Encoding", j.Encoding)
		answer, err := client.Do(req)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("%s answered %s", j.URL, answer.Status)
		}
		_, err = io.Copy(io.Discard, answer.Body)
		return err
	})
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(r)
}
