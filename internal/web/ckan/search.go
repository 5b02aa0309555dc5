package ckan

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"stoa/internal/catalogue"
)

const (
	rowsUsual  = 10
	rowsMost   = 1000
	facetUsual = 50
)

// exactFields are those that filters and facets know.
func (c *call) exactFields(d catalogue.Dataset) map[string][]string {
	f := map[string][]string{
		"name": {d.ID}, "id": {uuid("package", d.ID)}, "organization": {d.Owner.ID}, "owner_org": {uuid("organization", d.Owner.ID)},
		"license_id": {d.Licence.ID}, "tags": c.tags(d), "groups": nil, "res_format": nil, "state": {"active"}, "type": {"dataset"}, "dataset_type": {"dataset"},
		"private": {"false"}, "capacity": {"public"}, "isopen": {"true"}, "frequency": {d.Frequency},
	}
	for _, t := range d.Themes {
		f["groups"] = append(f["groups"], themeName(t))
	}
	for _, file := range d.Versions[0].Files {
		f["res_format"] = append(f["res_format"], formatName(file.Format))
	}
	return f
}

func (c *call) document(d catalogue.Dataset, now time.Time) document {
	doc := document{exact: map[string][]string{}, now: now, at: map[string]time.Time{"metadata_created": d.Issued, "metadata_modified": d.Versions[0].At}}
	for field, values := range c.exactFields(d) {
		doc.exact[field] = []string{}
		for _, v := range values {
			doc.exact[field] = append(doc.exact[field], strings.ToLower(v))
		}
	}
	var groups []string
	for _, t := range d.Themes {
		groups = append(groups, themeName(t), c.themeTitle(t))
	}
	doc.texts = map[string]string{
		"title": c.say(d.Title), "notes": c.say(d.Summary), "name": strings.ReplaceAll(d.ID, "-", " "), "tags": strings.Join(c.tags(d), " . "),
		"groups": strings.Join(groups, " . "), "organization": c.say(d.Owner.Name) + " . " + d.Owner.ID,
	}
	return doc
}

// hit is a dataset that was found.
type hit struct {
	catalogue.Dataset
	score float64
}

func packageSearch(c *call) (any, error) {
	rows, err := c.given.natural("rows", rowsUsual)
	if err != nil {
		return nil, err
	}
	start, err := c.given.natural("start", 0)
	if err != nil {
		return nil, err
	}
	hits, err := c.hits()
	if err != nil {
		return nil, err
	}
	sort, err := c.sort(hits)
	if err != nil {
		return nil, err
	}
	facets, search, err := c.facets(hits)
	if err != nil {
		return nil, err
	}
	page := hits[min(start, len(hits)):]
	page = page[:min(rows, rowsMost, len(page))]
	results := make([]members, len(page))
	for i, h := range page {
		results[i] = c.pack(h.Dataset)
	}
	return members{"count": len(hits), "results": results, "sort": sort, "facets": facets, "search_facets": search}, nil
}

// hits are the datasets that satisfy the query and all filters.
func (c *call) hits() (hits []hit, err error) {
	q, err := ask(c.given.text("q"))
	if err != nil {
		return nil, err
	}
	filters := append([]string{c.given.text("fq")}, c.given.list("fq_list")...)
	var must []question
	for _, f := range filters {
		one, err := ask(f)
		if err != nil {
			return nil, err
		}
		must = append(must, one)
	}
	all, err := c.data()
	if err != nil {
		return nil, err
	}
	for _, d := range all.Datasets {
		doc := c.document(d, all.Modified)
		if slices.ContainsFunc(must, func(f question) bool { return f(doc) == 0 }) {
			continue
		}
		if score := q(doc); score > 0 {
			hits = append(hits, hit{d, score})
		}
	}
	return hits, nil
}

const sortUsual = "score desc, metadata_modified desc"

// sort orders the hits as asked, and gives the order in words.
func (c *call) sort(hits []hit) (string, error) {
	asked := strings.TrimSpace(c.given.text("sort"))
	if asked == "" {
		asked = sortUsual
	}
	orders := map[string]func(a, b hit) int{
		"score":             func(a, b hit) int { return cmp.Compare(a.score, b.score) },
		"metadata_modified": func(a, b hit) int { return a.Versions[0].At.Compare(b.Versions[0].At) },
		"metadata_created":  func(a, b hit) int { return a.Issued.Compare(b.Issued) },
		"name":              func(a, b hit) int { return cmp.Compare(a.ID, b.ID) },
		"title_string": func(a, b hit) int {
			return cmp.Compare(strings.ToLower(c.say(a.Title)), strings.ToLower(c.say(b.Title)))
		},
	}
	orders["relevance"], orders["title"] = orders["score"], orders["title_string"]
	var by []func(a, b hit) int
	for _, part := range strings.Split(asked, ",") {
		words := strings.Fields(part)
		if len(words) == 0 || len(words) > 2 || orders[words[0]] == nil || len(words) == 2 && words[1] != "asc" && words[1] != "desc" {
			return "", searchQuery(`Invalid "sort" parameter`)
		}
		order := orders[words[0]]
		if len(words) == 2 && words[1] == "desc" {
			ascending := order
			order = func(a, b hit) int { return ascending(b, a) }
		}
		by = append(by, order)
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		for _, order := range by {
			if o := order(a, b); o != 0 {
				return o
			}
		}
		return cmp.Compare(a.ID, b.ID)
	})
	return asked, nil
}

// facets count the values of the fields that are asked for, over all hits.
func (c *call) facets(hits []hit) (members, members, error) {
	facets, search := members{}, members{}
	wanted, err := c.given.yes("facet", true)
	if err != nil || !wanted {
		return facets, search, err
	}
	least, err := c.given.natural("facet.mincount", 1)
	if err != nil {
		return nil, nil, err
	}
	most := facetUsual
	if text := c.given.text("facet.limit"); strings.HasPrefix(text, "-") {
		most = len(hits) * rowsMost // a negative number: all
	} else if most, err = c.given.natural("facet.limit", facetUsual); err != nil {
		return nil, nil, err
	}
	for _, field := range c.given.list("facet.field") {
		counts := map[string]int{}
		for _, h := range hits {
			values := slices.Clone(c.exactFields(h.Dataset)[field])
			slices.Sort(values)
			for _, v := range slices.Compact(values) {
				counts[v]++
			}
		}
		type counted struct {
			name string
			n    int
		}
		var list []counted
		for name, n := range counts {
			if n >= least && name != "" {
				list = append(list, counted{name, n})
			}
		}
		slices.SortFunc(list, func(a, b counted) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.name, b.name)) })
		list = list[:min(most, len(list))]
		plain, items := members{}, []any{}
		for _, v := range list {
			plain[v.name] = v.n
			items = append(items, members{"name": v.name, "display_name": c.display(field, v.name), "count": v.n})
		}
		facets[field], search[field] = plain, members{"title": field, "items": items}
	}
	return facets, search, nil
}

// display is the title of a facet's value.
func (c *call) display(field, name string) string {
	switch field {
	case "groups":
		return c.themeTitle(strings.ToUpper(name))
	case "organization":
		for _, a := range c.loaded.Bodies {
			if a.ID == name {
				return c.say(a.Name)
			}
		}
	case "license_id":
		for _, d := range c.loaded.Datasets {
			if d.Licence.ID == name {
				return d.Licence.Title
			}
		}
	}
	return name
}

// resourceSearch finds files by their fields: all of the conditions must hold.
func resourceSearch(c *call) (any, error) {
	conditions := c.given.list("query")
	if len(conditions) == 0 {
		return nil, invalid("query", "Missing value")
	}
	all, err := c.data()
	if err != nil {
		return nil, err
	}
	type condition struct{ field, text string }
	var must []condition
	for _, q := range conditions {
		field, text, ok := strings.Cut(q, ":")
		if !ok {
			return nil, invalid("query", "Must be <field>:<value> pair(s)")
		}
		switch field {
		case "name", "description", "format", "url", "hash", "mimetype", "resource_type", "id", "package_id":
		default:
			return nil, invalid("query", `Field "`+field+`" not recognised in resource_search.`)
		}
		must = append(must, condition{field, strings.ToLower(strings.TrimSpace(text))})
	}
	found := []members{}
	for _, d := range all.Datasets {
		for _, r := range c.resources(d) {
			if !slices.ContainsFunc(must, func(m condition) bool {
				is, _ := r[m.field].(string)
				return !strings.Contains(strings.ToLower(is), m.text)
			}) {
				found = append(found, r)
			}
		}
	}
	count := len(found)
	if by := c.given.text("order_by"); by != "" {
		if len(found) > 0 {
			if _, known := found[0][by].(string); !known {
				return nil, invalid("order_by", `Field "`+by+`" not recognised in resource_search.`)
			}
		}
		slices.SortStableFunc(found, func(a, b members) int {
			x, _ := a[by].(string)
			y, _ := b[by].(string)
			return cmp.Compare(x, y)
		})
	}
	if found, err = paged(c.given, found, 0); err != nil {
		return nil, err
	}
	return members{"count": count, "results": found}, nil
}
