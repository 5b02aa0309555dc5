package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// pocketBase is the version that is measured.
const pocketBase = "v0.31.0"

// peerProgram is PocketBase with the durability that we have: its own default does not wait for the disk.
const peerProgram = `package main

import (
	"log"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase"
)

func main() {
	app := pocketbase.NewWithConfig(pocketbase.Config{HideStartBanner: true, DBConnect: func(path string) (*dbx.DB, error) {
		return dbx.Open("sqlite", path+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(ON)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-32000)")
	}})
	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
`

// peers measures, in one run, a submission here and one record with validation in others' programs, all with full durability. The
// record is asked for over loopback by this process; the submission is a call, whose form was read before: that is to our advantage,
// and what it does (35 rows, rules, fee, books, log, letter) to theirs.
func peers(ctx context.Context, o options, out io.Writer) error {
	var all []*peer
	for _, one := range []struct {
		name  string
		start func(ctx context.Context, o options) (*peer, error)
	}{{"PocketBase " + pocketBase, pocket}, {"Strapi " + strapi, startStrapi}, {"Directus " + directus, startDirectus}} {
		p, err := one.start(ctx, o)
		if err != nil {
			fmt.Fprintf(out, "\n%s could not be had: %v\n", one.name, err)
			continue
		}
		defer func() { _ = p.end() }()
		p.name = one.name
		all = append(all, p)
	}
	if len(all) == 0 {
		return nil
	}
	w, err := fresh(ctx, o, "")
	if err != nil {
		return err
	}
	defer w.Close()
	var subjects []subject
	clients := []int{1, 16, 64}
	for _, n := range clients {
		limit := fmt.Sprintf("%s: one record, %d clients", all[0].name, n)
		for _, p := range all {
			subjects = append(subjects, subject{fmt.Sprintf("%s: one record, %d clients", p.name, n), "", func() (result, error) {
				return costing(p.group(), func() (result, error) { return load(n, o.each, func(int, int) error { return p.create() }) })
			}})
		}
		subjects = append(subjects, subject{fmt.Sprintf("a submission, %d clients", n), limit, func() (result, error) { return w.submissions(ctx, n, o.each) }})
	}
	results, err := interleave(o.rounds, subjects)
	if err != nil {
		return err
	}
	table(out, "Beside others, SQLite, every answer waits for the disk; the limit is "+all[0].name, results)
	picture := plot{name: "peers", title: "Submissions here, and single records elsewhere", across: "clients at once", up: "in a second"}
	for k := range len(all) + 1 {
		l := line{name: "a submission here (35 rows)"}
		if k < len(all) {
			l.name = all[k].name + ", one record"
		}
		for i, n := range clients {
			l.points = append(l.points, point{float64(n), results[i*(len(all)+1)+k].median().rate()})
		}
		picture.lines = append(picture.lines, l)
	}
	if err := picture.write(o.plots); err != nil {
		return err
	}
	return reads(ctx, o, out, all)
}

// reads measures one record read again and again by the API, ours too, which starts only now: it would be in the way of the others.
func reads(ctx context.Context, o options, out io.Writer, all []*peer) error {
	here, err := startHere(ctx, o)
	if err != nil {
		return err
	}
	defer func() { _ = here.end() }()
	const readers = 16
	var subjects []subject
	for _, p := range append(all, here) {
		subjects = append(subjects, subject{p.name, all[0].name, func() (result, error) {
			return costing(p.group(), func() (result, error) { return load(readers, o.each, func(int, int) error { return p.read() }) })
		}})
	}
	results, err := interleave(o.rounds, subjects)
	if err != nil {
		return err
	}
	table(out, fmt.Sprintf("One record read by the API, %d clients; the limit is %s", readers, all[0].name), results)
	return starts(out, append(all, here))
}

// starts tells how long each takes from its start, on data that it has, to its first answer, and its memory then, idle.
func starts(out io.Writer, all []*peer) error {
	fmt.Fprintf(out, "\nStarted again on what they stored\n\n| | start to the first record read | memory, idle |\n|---|---:|---:|\n")
	for _, p := range all {
		took, err := p.again()
		if err != nil {
			return fmt.Errorf("starting %s again: %w", p.name, err)
		}
		time.Sleep(2 * time.Second) // what starts is not idle yet
		idle, err := memory(p.cmd.Process.Pid)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "| %s | %s | %d MB |\n", p.name, short(took), idle)
	}
	return nil
}

func pocket(ctx context.Context, o options) (*peer, error) {
	program, err := buildPeer(ctx, o)
	if err != nil {
		return nil, err
	}
	return startPeer(ctx, o, program)
}

// buildPeer makes the program outside the repository, from the module proxy.
func buildPeer(ctx context.Context, o options) (string, error) {
	dir := filepath.Join(o.dir, "pocketbase")
	program := filepath.Join(dir, "peer")
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(peerProgram), 0o644); err != nil {
		return "", err
	}
	for _, args := range [][]string{{"mod", "init", "peer"}, {"get", "github.com/pocketbase/pocketbase@" + pocketBase}, {"mod", "tidy"}, {"build", "-trimpath", "-o", program, "."}} {
		if args[1] == "init" {
			if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
				continue
			}
		}
		cmd := exec.CommandContext(ctx, "go", args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "CGO_ENABLED=0")
		if text, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("go %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(text))
		}
	}
	return program, nil
}

// peer is a program of others that runs, with a collection to which records are added.
type peer struct {
	name    string
	url     string
	program []string // what is called, with its arguments
	dir     string   // where
	env     []string // with what
	cmd     *exec.Cmd
	http    *http.Client

	path, token string // where records go
	record      map[string]any
	one         string // a record that is there
}

// start starts the program, which ends with this process.
func (p *peer) start(ctx context.Context) error {
	p.cmd = exec.CommandContext(ctx, p.program[0], p.program[1:]...)
	p.cmd.Dir, p.cmd.Env, p.cmd.SysProcAttr = p.dir, p.env, &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return p.cmd.Start()
}

// again ends the program and starts it on the data that it has; it answers with the time until a record could be read.
func (p *peer) again() (time.Duration, error) {
	if err := p.end(); err != nil {
		return 0, err
	}
	p.http.CloseIdleConnections()
	begun := time.Now()
	if err := p.start(context.Background()); err != nil {
		return 0, err
	}
	err := p.awake(time.Minute, p.read)
	return time.Since(begun), err
}

// first stores a record and keeps where it is to be read: by the id that the program says.
func (p *peer) first(id func(answer map[string]any) any) error {
	var answer map[string]any
	if err := p.ask("POST", p.path, p.token, p.record, &answer); err != nil {
		return err
	}
	p.one = fmt.Sprint(p.path, "/", id(answer))
	return p.read()
}

func (p *peer) read() error { return p.ask("GET", p.one, p.token, nil, nil) }

// group are the processes that do the work.
func (p *peer) group() []int { return []int{p.cmd.Process.Pid} }

// awake answers once a program does, within a time.
func (p *peer) awake(within time.Duration, ask func() error) (err error) {
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if err = ask(); err == nil {
			return nil
		}
		if time.Since(begun) > within {
			return errors.Join(err, p.end())
		}
	}
}

// port is an address on loopback that nobody uses.
func port() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func startPeer(ctx context.Context, o options, program string) (p *peer, err error) {
	addr, err := port()
	if err != nil {
		return nil, err
	}
	data, err := os.MkdirTemp(o.dir, "pocketbase-data-")
	if err != nil {
		return nil, err
	}
	const mail, word = "bench@peer.example", "bench-on-loopback"
	if text, err := exec.CommandContext(ctx, program, "superuser", "upsert", mail, word, "--dir", data).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, text)
	}
	p = newPeer(addr)
	p.path = "/api/collections/notices/records"
	p.record = map[string]any{"name": "Ida Green", "email": "ida@example.com", "people": 120, "day": "2027-03-01 12:00:00.000Z"}
	p.program = []string{program, "serve", "--http", addr, "--dir", data}
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	var token struct{ Token string }
	err = p.awake(30*time.Second, func() error {
		return p.ask("POST", "/api/collections/_superusers/auth-with-password", "", map[string]any{"identity": mail, "password": word}, &token)
	})
	if err != nil {
		return nil, err
	}
	open := ""
	err = p.ask("POST", "/api/collections", token.Token, map[string]any{"name": "notices", "type": "base", "createRule": &open, "viewRule": &open, "fields": []map[string]any{
		{"name": "name", "type": "text", "required": true, "max": 200}, {"name": "email", "type": "email", "required": true},
		{"name": "people", "type": "number", "min": 1, "max": 499}, {"name": "day", "type": "date", "required": true},
	}}, nil)
	if err == nil {
		err = p.first(func(answer map[string]any) any { return answer["id"] })
	}
	if err != nil {
		return nil, errors.Join(err, p.end())
	}
	return p, nil
}

func newPeer(addr string) *peer {
	return &peer{url: "http://" + addr, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: time.Minute}}
}

func (p *peer) create() error { return p.ask("POST", p.path, p.token, p.record, nil) }

func (p *peer) ask(method, path, token string, body, into any) error {
	var text []byte
	var err error
	if body != nil {
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	r, err := http.NewRequest(method, p.url+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", token)
	answer, err := p.http.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode/100 != 2 {
		err = fmt.Errorf("%s answered %s: %s", path, answer.Status, said)
	}
	if err == nil && into != nil {
		err = json.Unmarshal(said, into)
	}
	return err
}

// end ends it; that it is gone already is no news.
func (p *peer) end() error {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	}
	return nil
}
