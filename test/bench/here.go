package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// startHere starts our own demo as a process like the others', and finds a record in it that everybody may read by the API: a row of
// a published dataset, asked for by its first column.
func startHere(ctx context.Context, o options) (*peer, error) {
	program := filepath.Join(o.dir, "stoa")
	if built, err := exec.CommandContext(ctx, "go", "build", "-o", program, "./cmd/stoa").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building: %w\n%s", err, built)
	}
	addr, err := port()
	if err != nil {
		return nil, err
	}
	data, err := os.MkdirTemp(o.dir, "stoa-data-")
	if err != nil {
		return nil, err
	}
	p := newPeer(addr)
	p.name, p.program = "Stoa's demo", []string{program, "demo", "--addr", addr, "--data", data, "--cases", "50"}
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	if err := p.awake(5*time.Minute, func() error { return p.ask("GET", "/readyz", "", nil, nil) }); err != nil {
		return nil, err
	}
	if p.one, err = p.row(); err != nil {
		return nil, errors.Join(err, p.end())
	}
	return p, nil
}

// row is the address of one row of the first dataset that has any.
func (p *peer) row() (string, error) {
	const api = "/api/3/action/"
	var list struct{ Result []string }
	if err := p.ask("GET", api+"package_list", "", nil, &list); err != nil {
		return "", err
	}
	for _, name := range list.Result {
		var set struct {
			Result struct{ Resources []struct{ ID string } }
		}
		if err := p.ask("GET", api+"package_show?id="+name, "", nil, &set); err != nil {
			return "", err
		}
		for _, r := range set.Result.Resources {
			var rows struct {
				Result struct {
					Fields  []struct{ ID string }
					Records []map[string]any
				}
			}
			err := p.ask("GET", api+"datastore_search?limit=1&resource_id="+r.ID, "", nil, &rows)
			if err != nil || len(rows.Result.Records) == 0 || len(rows.Result.Fields) == 0 {
				continue // a file that is no table
			}
			first := rows.Result.Fields[0].ID
			filter, err := json.Marshal(map[string]any{first: rows.Result.Records[0][first]})
			return api + "datastore_search?limit=1&resource_id=" + r.ID + "&filters=" + url.QueryEscape(string(filter)), err
		}
	}
	return "", errors.New("no dataset of the demo has rows")
}
