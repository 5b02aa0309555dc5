package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// directus is the version that is measured.
const directus = "11.1.0"

// startDirectus installs it from npm outside the repository and starts it. Its SQLite keeps a rollback journal with
// synchronous=FULL, which is SQLite's own default. Records are written with its administrator's token, whose rights it looks up
// once: to its advantage.
func startDirectus(ctx context.Context, o options) (*peer, error) {
	dir := filepath.Join(o.dir, "directus")
	if err := install(ctx, dir, []string{"directus@" + directus, "sqlite3"}, "sqlite3", "isolated-vm"); err != nil {
		return nil, err
	}
	addr, err := port()
	if err != nil {
		return nil, err
	}
	data, err := os.MkdirTemp(o.dir, "directus-data-")
	if err != nil {
		return nil, err
	}
	host, number, _ := strings.Cut(addr, ":")
	const token = "bench-on-loopback"
	set := append(os.Environ(), "DB_CLIENT=sqlite3", "DB_FILENAME="+filepath.Join(data, "data.db"), "SECRET=bench-on-loopback-only", "HOST="+host, "PORT="+number,
		"ADMIN_EMAIL=bench@example.com", "ADMIN_PASSWORD="+token, "ADMIN_TOKEN="+token, "TELEMETRY=false", "LOG_LEVEL=error", "RATE_LIMITER_ENABLED=false",
		"STORAGE_LOCAL_ROOT="+filepath.Join(data, "uploads"), "EXTENSIONS_PATH="+filepath.Join(data, "extensions"), "NODE_ENV=production")
	cli := filepath.Join(dir, "node_modules", "directus", "cli.js")
	first := exec.CommandContext(ctx, "node", cli, "bootstrap")
	first.Dir, first.Env = data, set
	if text, err := first.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("directus bootstrap: %w: %s", err, text[max(0, len(text)-600):])
	}
	p := newPeer(addr)
	p.path, p.token = "/items/notices", "Bearer "+token
	p.record = map[string]any{"name": "Ida Green", "email": "ida@example.com", "people": 120, "day": "2027-03-01"}
	p.dir, p.env, p.program = data, set, []string{"node", cli, "start"}
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	field := func(name, kind, rule string, value any) map[string]any {
		return map[string]any{"field": name, "type": kind, "schema": map[string]any{"is_nullable": false},
			"meta": map[string]any{"required": true, "validation": map[string]any{name: map[string]any{rule: value}}}}
	}
	notices := map[string]any{"collection": "notices", "schema": map[string]any{}, "meta": map[string]any{}, "fields": []map[string]any{
		{"field": "id", "type": "integer", "schema": map[string]any{"is_primary_key": true, "has_auto_increment": true}},
		field("name", "string", "_nempty", true), field("email", "string", "_regex", "^[^@]+@[^@]+$"), field("people", "integer", "_between", []int{1, 499}), field("day", "date", "_nnull", true),
	}}
	if err := p.awake(time.Minute, func() error { return p.ask("POST", "/collections", p.token, notices, nil) }); err != nil {
		return nil, err
	}
	if err := p.first(identified("id")); err != nil {
		return nil, errors.Join(err, p.end())
	}
	return p, nil
}
