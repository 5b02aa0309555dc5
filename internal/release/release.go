// Package release owns the definitions that have been in force. A draft and its case are judged by the
// definition under which they began: its sources are kept here for ever, under their hash, and compiled
// again when a case needs them. It stops before what definitions mean (package service).
package release

import (
	"container/list"
	"context"
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"sync"

	"stoa/internal/service"
	"stoa/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// kept is how many former definitions stay compiled in memory.
const kept = 64

// Releases hands out compiled definitions.
type Releases struct {
	mu      sync.RWMutex
	current *service.Jurisdiction
	inForce map[string]*service.Service // by service id
	taxes   map[string]*service.Tax     // in force, by tax id
	former  map[string]*list.Element    // by hash; holds a definition
	recent  *list.List
}

// definition is a service or a tax.
type definition struct {
	hash    string
	service *service.Service
	tax     *service.Tax
}

// New starts with nothing in force.
func New() *Releases {
	return &Releases{
		inForce: map[string]*service.Service{}, taxes: map[string]*service.Tax{}, former: map[string]*list.Element{}, recent: list.New(),
	}
}

// Any reports whether any definition is kept: the database answers, and something was published.
func (r *Releases) Any(ctx context.Context, tx *store.Tx) (bool, error) {
	hashes, err := store.Strings(ctx, tx, `SELECT hash FROM definition LIMIT 1`)
	if err != nil {
		return false, fmt.Errorf("looking for definitions: %w", err)
	}
	return len(hashes) > 0, nil
}

// Publish keeps the sources of every service and tax of a jurisdiction. Call Enforce after the commit.
func (r *Releases) Publish(ctx context.Context, tx *store.Tx, j *service.Jurisdiction) error {
	for _, s := range j.Services {
		if err := keep(ctx, tx, s.Hash, s.Service, s.Sources()); err != nil {
			return fmt.Errorf("keeping the definition of %s: %w", s.Service, err)
		}
	}
	for _, t := range j.Taxes {
		if err := keep(ctx, tx, t.Hash, taxPrefix+t.Tax, t.Sources()); err != nil {
			return fmt.Errorf("keeping the definition of the tax %s: %w", t.Tax, err)
		}
	}
	return nil
}

// taxPrefix stands before the id of a tax where that of a service would stand: no id of a service has a colon.
const taxPrefix = "tax:"

func keep(ctx context.Context, tx *store.Tx, hash, id string, sources map[string][]byte) error {
	n, err := tx.Exec(ctx, `INSERT INTO definition (hash, service, created) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING`,
		hash, id, store.Micros(tx.Now()))
	if err != nil || n == 0 {
		return err
	}
	for path, bytes := range sources {
		sum := sha256.Sum256(bytes)
		if _, err := tx.Exec(ctx, `INSERT INTO source (hash, bytes) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING`, sum[:], bytes); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO definition_source (definition, path, source) VALUES ($1, $2, $3)`, hash, path, sum[:]); err != nil {
			return err
		}
	}
	return nil
}

// Enforce makes a published jurisdiction the one that new drafts begin under.
func (r *Releases) Enforce(j *service.Jurisdiction) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.current = j
	clear(r.inForce)
	for _, s := range j.Services {
		r.inForce[s.Service] = s
		r.remember(definition{hash: s.Hash, service: s})
	}
	clear(r.taxes)
	for _, t := range j.Taxes {
		r.taxes[t.Tax] = t
		r.remember(definition{hash: t.Hash, tax: t})
	}
}

// remember keeps a compiled definition; r.mu is held.
func (r *Releases) remember(d definition) {
	if e, ok := r.former[d.hash]; ok {
		r.recent.MoveToFront(e)
		return
	}
	r.former[d.hash] = r.recent.PushFront(d)
	for r.recent.Len() > kept {
		last := r.recent.Back()
		delete(r.former, last.Value.(definition).hash)
		r.recent.Remove(last)
	}
}

// Current is the jurisdiction in force.
func (r *Releases) Current() *service.Jurisdiction {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.current
}

// InForce is the definition that a new draft of a service begins under.
func (r *Releases) InForce(id string) (*service.Service, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	s, ok := r.inForce[id]
	return s, ok
}

// TaxInForce is the definition that an assessment begins under now.
func (r *Releases) TaxInForce(id string) (*service.Tax, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	t, ok := r.taxes[id]
	return t, ok
}

// Get is the definition of a service with a hash, compiled from its kept sources if need be.
func (r *Releases) Get(ctx context.Context, tx *store.Tx, hash string) (*service.Service, error) {
	d, err := r.get(ctx, tx, hash)
	if err != nil {
		return nil, err
	}
	if d.service == nil {
		return nil, fmt.Errorf("definition %s is that of a tax", hash)
	}
	return d.service, nil
}

// Tax is the definition of a tax with a hash, compiled from its kept sources if need be.
func (r *Releases) Tax(ctx context.Context, tx *store.Tx, hash string) (*service.Tax, error) {
	d, err := r.get(ctx, tx, hash)
	if err != nil {
		return nil, err
	}
	if d.tax == nil {
		return nil, fmt.Errorf("definition %s is that of a service", hash)
	}
	return d.tax, nil
}

func (r *Releases) get(ctx context.Context, tx *store.Tx, hash string) (definition, error) {
	r.mu.Lock()
	if e, ok := r.former[hash]; ok {
		r.recent.MoveToFront(e)
		r.mu.Unlock()
		return e.Value.(definition), nil
	}
	r.mu.Unlock()
	sources, id, err := r.sources(ctx, tx, hash)
	if err != nil {
		return definition{}, err
	}
	j, problems := service.LoadPinned(sources)
	if len(problems) > 0 {
		return definition{}, fmt.Errorf("definition %s no longer compiles: %v", hash, problems[0])
	}
	d := definition{hash: hash}
	for _, s := range j.Services {
		if s.Service == id && s.Hash == hash {
			d.service = s
		}
	}
	for _, t := range j.Taxes {
		if taxPrefix+t.Tax == id && t.Hash == hash {
			d.tax = t
		}
	}
	if d.service == nil && d.tax == nil {
		return d, fmt.Errorf("definition %s: its sources give another hash", hash)
	}
	r.mu.Lock()
	r.remember(d)
	r.mu.Unlock()
	return d, nil
}

func (r *Releases) sources(ctx context.Context, tx *store.Tx, hash string) (map[string][]byte, string, error) {
	var id string
	if err := tx.QueryRow(ctx, `SELECT service FROM definition WHERE hash = $1`, hash).Scan(&id); err != nil {
		return nil, "", fmt.Errorf("finding definition %s: %w", hash, err)
	}
	rows, err := tx.Query(ctx, `SELECT d.path, s.bytes FROM definition_source d JOIN source s ON s.hash = d.source WHERE d.definition = $1`, hash)
	if err != nil {
		return nil, "", fmt.Errorf("reading definition %s: %w", hash, err)
	}
	defer rows.Close()
	all := map[string][]byte{}
	for rows.Next() {
		var path string
		var bytes []byte
		if err := rows.Scan(&path, &bytes); err != nil {
			return nil, "", fmt.Errorf("reading definition %s: %w", hash, err)
		}
		all[path] = bytes
	}
	return all, id, rows.Err()
}
