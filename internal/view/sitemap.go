package view

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// sitemaps keeps the list of pages for a while: it is long, it changes slowly, and anybody may ask for it.
type sitemaps struct {
	mu    sync.Mutex
	until time.Time
	of    *service.Jurisdiction
	pages []string
}

const sitemapKept = time.Minute

// Pages are the paths of all pages that are for everybody and worth finding, in order.
func (c Catalogues) Pages(ctx context.Context, r Reader) ([]string, error) {
	m := &c.maps
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of == c.place() && c.now().Before(m.until) {
		return m.pages, nil
	}
	pages, err := c.sitemapPaths(ctx, Reader{P: r.P}) // as a stranger sees them, whoever asks
	if err != nil {
		return nil, err
	}
	m.of, m.until, m.pages = c.place(), c.now().Add(sitemapKept), pages
	return pages, nil
}

func (c Catalogues) sitemapPaths(ctx context.Context, r Reader) ([]string, error) {
	j := c.place()
	paths := []string{"/", "/services", "/registers", "/notices", "/verify", "/algorithms", "/commitments", "/taxes", "/contact", "/accessibility", "/privacy", "/cookies"}
	if c.Log.Public != nil {
		paths = append(paths, "/log")
	}
	for _, s := range j.Services {
		paths = append(paths, "/services/"+s.Service)
	}
	for _, t := range j.File.Topics {
		paths = append(paths, "/topics/"+t.ID)
	}
	for _, t := range j.File.LifeEvents {
		paths = append(paths, "/life-events/"+t.ID)
	}
	for _, t := range j.Taxes {
		paths = append(paths, "/taxes/"+t.Tax)
	}
	for _, a := range c.Open().Algorithms(r) {
		paths = append(paths, "/algorithms/"+url.PathEscape(a.ID))
	}
	for _, part := range []func(context.Context, Reader) ([]string, error){c.sitemapRecords, c.sitemapMoney} {
		more, err := part(ctx, r)
		if err != nil {
			return nil, err
		}
		paths = append(paths, more...)
	}
	if c.Datasets != nil {
		data, err := c.Data(ctx, r)
		if err != nil {
			return nil, err
		}
		paths = append(paths, "/data")
		for _, d := range data.Datasets {
			paths = append(paths, strings.TrimPrefix(d.URL, c.Site.URL))
			for _, v := range d.Versions {
				paths = append(paths, strings.TrimPrefix(v.URL, c.Site.URL))
			}
		}
	}
	return paths, nil
}

// sitemapRecords are the public registers with their records, and the notices that are open.
func (c Catalogues) sitemapRecords(ctx context.Context, r Reader) (paths []string, err error) {
	err = c.read(ctx, "Sitemap", func(ctx context.Context, tx *store.Tx) error {
		paths = nil
		for _, reg := range sortedKeys(c.place().Registers) {
			if !c.place().Registers[reg].Public || policy.Can(r.Actor, policy.LicenceRead, policy.Thing{Kind: "register", ID: reg, Public: true}) != nil {
				continue
			}
			base := "/registers/" + reg
			paths = append(paths, base)
			numbers, err := c.Docket.Records.Numbers(ctx, tx, reg)
			if err != nil {
				return err
			}
			for _, number := range sortedKeys(numbers) {
				if number != "" {
					paths = append(paths, base+"/"+url.PathEscape(number))
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	notices, err := c.Notices(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, n := range notices {
		paths = append(paths, "/notices/"+n.Case)
	}
	return slices.Clip(paths), nil
}

// sitemapMoney is where the money goes: each budget with its lines, contracts and grants. Single payments are found from there.
func (c Catalogues) sitemapMoney(ctx context.Context, r Reader) (paths []string, err error) {
	if len(c.place().Budgets) == 0 || c.Money.Spend == nil {
		return nil, nil
	}
	paths = []string{"/money", "/money/about", "/money/contracts", "/money/grants", "/money/payments", "/money/suppliers", "/money/income"}
	for _, b := range c.place().Budgets {
		at := "/money/budget/" + url.PathEscape(b.Budget)
		paths = append(paths, at)
		for _, l := range b.Lines {
			paths = append(paths, at+"/"+url.PathEscape(l.ID))
		}
	}
	for kind, base := range map[string]string{"contract": "/money/contracts/", "grant": "/money/grants/"} {
		for before := ""; ; {
			list, next, err := c.Spending().Commitments(ctx, r, CommitmentAsk{Kind: kind, Before: before})
			if err != nil {
				return nil, err
			}
			for _, l := range list {
				paths = append(paths, base+url.PathEscape(l.Number))
			}
			if before = next; before == "" {
				break
			}
		}
	}
	slices.Sort(paths)
	return paths, nil
}
