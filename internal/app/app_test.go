package app

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"

	"stoa/internal/cases"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/service/scaffold"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/jurisdictions"
)

// lines is a log that tests can wait on.
type lines struct {
	mu   sync.Mutex
	all  bytes.Buffer
	more chan struct{}
}

func newLines() *lines { return &lines{more: make(chan struct{}, 1)} }

// Write implements io.Writer.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.more <- struct{}{}:
	default:
	}
	return l.all.Write(p)
}

// next waits for a line with the text, takes the log up to it, and returns it.
func (l *lines) next(t *testing.T, text string) string {
	t.Helper()
	for {
		l.mu.Lock()
		for l.all.Len() > 0 {
			line, err := l.all.ReadString('\n')
			if err == nil && strings.Contains(line, text) {
				l.mu.Unlock()
				return line
			}
		}
		l.mu.Unlock()
		select {
		case <-l.more:
		case <-t.Context().Done():
			t.Fatalf("%q was never logged", text)
		}
	}
}

func open(t *testing.T, c Config, demo bool, log *slog.Logger) *App {
	t.Helper()
	a, err := Open(t.Context(), c, demo, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// town is a folder as a newcomer begins it.
func town(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "town")
	if err := scaffold.Jurisdiction(dir, "My Town", storetest.Start.Year()); err != nil {
		t.Fatal(err)
	}
	if err := scaffold.Service(dir, "skip-permit"); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestChangedFilesComeIntoForce edits the folder of a running installation: what has problems is refused
// with the list, and the former files stay.
func TestChangedFilesComeIntoForce(t *testing.T) {
	dir, log := town(t), newLines()
	a := open(t, Config{Data: t.TempDir(), URL: "https://services.example"}, false, slog.New(slog.NewTextHandler(log, nil)))
	files := func() fs.FS { return os.DirFS(dir) }
	if problems, err := a.Publish(t.Context(), files()); len(problems) > 0 || err != nil {
		t.Fatal(problems, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Work(ctx, files) }()
	hash := func() string {
		s, ok := a.Flow.Docket.Releases.InForce("skip-permit")
		if !ok {
			t.Fatal("the service is not in force")
		}
		return s.Hash
	}
	path := filepath.Join(dir, "services", "skip-permit.yaml")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	first := hash()
	write(string(good) + "\nnonsense: true\nmore_nonsense: 1\n")
	line := log.next(t, "the former ones stay in force")
	for _, part := range []string{"skip-permit.yaml:", "nonsense", "more_nonsense", "count=2"} {
		if !strings.Contains(line, part) {
			t.Errorf("the log does not say %q: %s", part, line)
		}
	}
	if hash() != first || len(a.Problems()) != 2 {
		t.Errorf("a broken file came into force; problems: %q", a.Problems())
	}
	write(string(good) + "\n# better\n")
	log.next(t, "changed files are in force")
	if hash() == first || len(a.Problems()) != 0 {
		t.Errorf("the mended file is not in force; problems: %q", a.Problems())
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("work ended with %v", err)
	}
}

// TestFilesThatCouldNotBeKeptAreTriedAgain asks what becomes of a change that the database refused.
func TestFilesThatCouldNotBeKeptAreTriedAgain(t *testing.T) {
	log := newLines()
	a := open(t, Config{Data: t.TempDir(), URL: "https://services.example"}, false, slog.New(slog.NewTextHandler(log, nil)))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if a.reload(ctx, os.DirFS(town(t))) {
		t.Error("what failed for no fault of the files was the last word")
	}
	log.next(t, "could not be put in force")
	if !a.reload(t.Context(), os.DirFS(town(t))) || a.Flow.Docket.Releases.Current() == nil {
		t.Error("the second try is not in force")
	}
}

func TestFingerprint(t *testing.T) {
	dir := town(t)
	w := watcher{files: func() fs.FS { return os.DirFS(dir) }}
	if !w.changed() || w.changed() {
		t.Error("a folder changes once by being there")
	}
	extra := filepath.Join(dir, "services", "x.yaml")
	if err := os.WriteFile(extra, []byte("x"), 0o600); err != nil || !w.changed() {
		t.Errorf("a new file is not noticed: %v", err)
	}
	if err := os.Remove(extra); err != nil || !w.changed() || w.changed() {
		t.Errorf("a removed file is not noticed: %v", err)
	}
}

// TestGreenvalePassesItsOwnExamples is `stoa check` on the sample.
func TestGreenvalePassesItsOwnExamples(t *testing.T) {
	j, problems := Check(t.Context(), jurisdictions.Greenvale())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, s := range j.Services {
		if len(s.Examples) == 0 {
			t.Errorf("%s has no worked example", s.Service)
		}
	}
	if len(j.Services) != 5 {
		t.Errorf("%d services", len(j.Services))
	}
}

// TestExplainSaysWhatTheExamplesExpect puts each worked example of the sample through `stoa explain`.
func TestExplainSaysWhatTheExamplesExpect(t *testing.T) {
	j, problems := service.Load(jurisdictions.Greenvale())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	explained := 0
	for _, s := range j.Services {
		done := 0
		for i := range s.Examples {
			e := &s.Examples[i]
			if !usable(e) || len(e.Lookups) > 0 || e.At.Hour() != 12 || done == 2 { // each explanation reads the whole folder
				continue
			}
			done++
			explained++
			answers, err := yaml.Marshal(e.Answers)
			if err != nil {
				t.Fatal(err)
			}
			x, err := Explain(t.Context(), jurisdictions.Greenvale(), s.Service, answers, e.Submitted.String(), "en")
			if err != nil {
				t.Fatalf("%s, %q: %v", s.Service, e.Name, err)
			}
			if !x.Ready || len(x.Problems) > 0 || x.Definition != s.Hash || x.On != e.Submitted.String() {
				t.Errorf("%s, %q: %+v", s.Service, e.Name, x)
			}
			if e.Expect.State != "" && x.State != e.Expect.State || e.Expect.Due != nil && x.Due != e.Expect.Due.String() {
				t.Errorf("%s, %q: then %s, due %s; want %s, %s", s.Service, e.Name, x.State, x.Due, e.Expect.State, e.Expect.Due)
			}
			if e.Expect.Fee != nil && e.Expect.Fee.Sign() != 0 && (x.Fee == nil || !strings.Contains(strings.ReplaceAll(x.Fee.Value, ",", ""), e.Expect.Fee.String())) {
				t.Errorf("%s, %q: fee %+v, want %s", s.Service, e.Name, x.Fee, e.Expect.Fee)
			}
			var out strings.Builder
			x.Print(&out)
			if !strings.Contains(out.String(), s.Service+", as of "+x.On) || x.Fee != nil && !strings.Contains(out.String(), x.Fee.Value) {
				t.Errorf("printed:\n%s", out.String())
			}
		}
	}
	if explained < 3 {
		t.Errorf("only %d examples were explained", explained)
	}
}

func TestExplainRefusesWhatItCannotRead(t *testing.T) {
	files := os.DirFS(town(t))
	for want, in := range map[string][3]string{
		"no service": {"nothing", "{}", ""},
		"answers":    {"skip-permit", "[", ""},
		"the day":    {"skip-permit", "{}", "yesterday"},
	} {
		if _, err := Explain(t.Context(), files, in[0], []byte(in[1]), in[2], ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	x, err := Explain(t.Context(), files, "skip-permit", []byte("{}"), "2026-03-02", "")
	if err != nil || x.Ready || len(x.Problems) == 0 {
		t.Errorf("nothing answered: %+v, %v", x, err)
	}
}

// counted counts rows.
func counted(t *testing.T, a *App) string {
	t.Helper()
	var all []string
	err := a.DB.Read(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
		for _, table := range []string{"cases", "person", "person_role", "draft", "record", "notification", "job"} {
			var n int
			if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM `+table).Scan(&n); err != nil {
				return err
			}
			all = append(all, fmt.Sprint(table, "=", n))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}

// TestTheDemoIsSeededOnce fills the sample, and starts it a second time on the same data.
func TestTheDemoIsSeededOnce(t *testing.T) {
	config := Config{Data: t.TempDir(), URL: "http://127.0.0.1:1"}
	told := 0
	seed := func(a *App) {
		t.Helper()
		if err := a.SeedDemo(t.Context(), jurisdictions.Greenvale(), 20, func(done, of int) { told = max(told, done) }); err != nil {
			t.Fatal(err)
		}
	}
	a, err := Open(t.Context(), config, true, quiet())
	if err != nil {
		t.Fatal(err)
	}
	seed(a)
	before := counted(t, a)
	if told < 10 {
		t.Errorf("told of %d cases; %s", told, before)
	}
	err = a.DB.Read(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
		var organisations []string
		for _, o := range a.Flow.Docket.Releases.Current().File.Organisations {
			organisations = append(organisations, o.ID)
		}
		open, err := a.Flow.Docket.Cases.HowMany(ctx, tx, cases.Query{Organisations: organisations}, 100)
		if err != nil {
			return err
		}
		ended, err := a.Flow.Docket.Cases.HowMany(ctx, tx, cases.Query{Organisations: organisations, Closed: true}, 100)
		if open+ended < 10 || ended == 0 {
			t.Errorf("%d open cases, %d ended", open, ended)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	told = 0
	a = open(t, config, true, quiet())
	seed(a)
	if after := counted(t, a); after != before || told != 0 {
		t.Errorf("the second start made rows: %s, before %s", after, before)
	}
	if !a.Clock.fixed.IsZero() {
		t.Error("the clock stands still")
	}
}

func TestAddStaff(t *testing.T) {
	config := Config{Data: t.TempDir()}
	if _, err := AddStaff(t.Context(), config, "Ada", "ada@town.example", policy.Grant{Role: "king", Organisation: "x"}, false); err == nil || !strings.Contains(err.Error(), `there is no role "king"`) {
		t.Errorf("an unknown role: %v", err)
	}
	g := policy.Grant{Role: policy.Administrator, Organisation: "council"}
	for range 2 {
		link, err := AddStaff(t.Context(), config, "Ada", "ada@town.example", g, false)
		if err != nil || !strings.HasPrefix(link, "/invitation/") {
			t.Fatal(link, err)
		}
	}
	a := open(t, config, false, quiet())
	err := a.DB.Read(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
		all, err := a.Flow.People.Staff(ctx, tx)
		if len(all) != 1 || all[0].Name != "Ada" || len(all[0].Grants) != 1 || all[0].Grants[0] != g {
			t.Errorf("staff: %+v", all)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	for _, name := range []string{"keys", "stoa.db"} {
		info, err := os.Stat(filepath.Join(config.Data, name))
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s may be read by others: %v, %v", name, info.Mode(), err)
		}
	}
}
