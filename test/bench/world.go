package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"strings"

	"stoa/internal/app"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store/storetest"
	"stoa/internal/view"
	"stoa/jurisdictions"
)

// world is an installation with Greenvale in force.
type world struct {
	*app.App
	officer policy.Actor // of the licensing office
}

// open opens an installation in a folder; database is "" for SQLite there.
func open(ctx context.Context, dir, database string) (*world, error) {
	config := app.Config{Data: dir, Database: app.Secret(database), URL: "http://127.0.0.1"}
	// The log is written as in production, but nowhere.
	a, err := app.Open(ctx, config, false, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		return nil, err
	}
	w := &world{App: a}
	problems, err := a.Publish(ctx, jurisdictions.Greenvale())
	if err == nil && len(problems) > 0 {
		err = fmt.Errorf("the sample has %d problems, the first: %s", len(problems), problems[0])
	}
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	grants := []policy.Grant{{Role: policy.Officer, Organisation: licensing}}
	id, err := a.Flow.AddStaff(ctx, app.System, flow.AddStaff{Name: "Olu Officer", Email: "officer@greenvale.example", Language: "en", Grants: grants})
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	w.officer = policy.Actor{Person: id, Name: "Olu Officer", Grants: grants}
	return w, nil
}

// licensing is the organisation with the largest queue.
const (
	licensing = "licensing"
	eventsID  = "temporary-event-notice"
	ahead     = 42 // days from an application to its event
)

// fresh opens an installation in a new folder.
func fresh(ctx context.Context, o options, database string) (*world, error) {
	dir, err := os.MkdirTemp(o.dir, "world-")
	if err != nil {
		return nil, err
	}
	return open(ctx, dir, database)
}

// reader is the officer at a page.
func (w *world) reader() (view.Reader, error) {
	words, err := i18n.Load()
	if err != nil {
		return view.Reader{}, err
	}
	return view.Reader{Actor: w.officer, P: words.For("en")}, nil
}

// fair are the answers of Greenvale's first worked example of an event, given today by somebody.
func (w *world) fair(n int) (process.Typed, error) {
	s, ok := w.Flow.Docket.Releases.InForce(eventsID)
	if !ok {
		return process.Typed{}, fmt.Errorf("the sample has no service %s", eventsID)
	}
	example := s.Examples[0]
	day, err := s.Jurisdiction.Calendar.DateOf(w.Clock.Now()).AddDays(ahead)
	if err != nil {
		return process.Typed{}, err
	}
	answers := map[string]any{}
	for id, v := range example.Answers {
		if strings.HasSuffix(id, "_date") {
			v = day.String()
		}
		answers[id] = v
	}
	// Everybody at a place of their own: the law allows a place only so many events in a year.
	answers["place"] = map[string]any{"label": fmt.Sprintf("Field %d behind Orchard Lane", n)}
	who := resident(n)
	answers[s.Applicant.Name], answers[s.Applicant.Email] = who.Name, who.Email
	return process.TypedFrom(s, answers), nil
}

// draft starts an application that is ready to be sent, and returns who holds it.
func (w *world) draft(ctx context.Context, n int) (policy.Actor, string, error) {
	typed, err := w.fair(n)
	if err != nil {
		return policy.Actor{}, "", err
	}
	id, token, err := w.Flow.StartDraft(ctx, policy.Actor{}, flow.StartDraft{Service: eventsID, Language: "en", Typed: typed})
	return policy.Actor{Draft: id}, token, err
}

// submit sends a draft.
func (w *world) submit(ctx context.Context, holder policy.Actor) (flow.Submitted, error) {
	done, err := w.Flow.Submit(ctx, holder, flow.Submit{Draft: holder.Draft, Declared: true})
	var not *flow.NotReady
	if errors.As(err, &not) {
		return done, fmt.Errorf("the example cannot be sent today: %v", problems(not.Draft.Judged, not.Draft.Service))
	}
	return done, err
}

func problems(j *process.Judgement, _ *service.Service) (all []string) {
	for _, e := range j.Errors {
		all = append(all, e.Path+" "+e.Key)
	}
	for _, e := range j.Eligibility {
		if e.Holds == nil || !*e.Holds {
			all = append(all, "not eligible: "+e.Rule.Otherwise.In("en"))
		}
	}
	return all
}

var (
	given  = strings.Fields("Amina Oliver Grace Mateo Hana George Zainab Lucas Freya Idris Chloe Rahul Isla Tomas Nadia Harry Mei Samuel Layla Ewan")
	family = strings.Fields("Okafor Hughes Silva Whitlock Haddad Brennan Kowalski Ahmed Fletcher Moreau Osei Tanaka Doyle Rossi Mansour Clarke Petrov Lindqvist Yusuf Hart")
)

// resident is the nth of many people; names repeat, addresses do not.
func resident(n int) person.Details {
	g, f := given[n%len(given)], family[n/len(given)%len(family)]
	return person.Details{Name: g + " " + f, Email: fmt.Sprintf("%s.%s.%d@example.org", strings.ToLower(g), strings.ToLower(f), n)}
}

// server is the PostgreSQL to measure on: the one that was named, or the tests' throw-away one, which
// does not sync; ok is false where the machine has none.
func server(o options) (at string, stop func() error, ok bool, err error) {
	if o.postgres == "none" {
		return "", nil, false, nil
	}
	if o.postgres != "" {
		return o.postgres, func() error { return nil }, true, nil
	}
	c, err := storetest.StartCluster()
	if errors.Is(err, storetest.ErrNoPostgres) {
		return "", nil, false, nil
	}
	if err != nil {
		return "", nil, false, err
	}
	return c.URL, c.Stop, true, nil
}

// database makes a new database on a server.
func database(ctx context.Context, server, name string) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	db, err := sql.Open("pgx", server)
	if err != nil {
		return "", err
	}
	_, err = db.ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
	u.Path = "/" + name
	return u.String(), errors.Join(err, db.Close())
}
