package ckan

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"stoa/internal/catalogue"
	"stoa/internal/service"
)

// Organisations are public bodies, groups are themes, tags are keywords.

func (c *call) organizationOf(a catalogue.Agent) members {
	return members{
		"id": uuid("organization", a.ID), "name": a.ID, "title": c.say(a.Name), "type": "organization", "description": "", "image_url": "",
		"created": stamp(c.since()), "is_organization": true, "approval_status": "approved", "state": "active",
	}
}

// since is when the first dataset was published: bodies and themes have no day of their own.
func (c *call) since() time.Time {
	if c.loaded == nil {
		return time.Time{}
	}
	return c.loaded.Issued
}

func themeName(id string) string { return strings.ToLower(id) }

func (c *call) themeTitle(id string) string {
	if c.loaded != nil {
		for _, t := range c.loaded.Themes {
			if t.ID == id {
				return c.say(t.Title)
			}
		}
	}
	return catalogue.ThemeTitle(id)
}

func (c *call) group(theme string) members {
	title := c.themeTitle(theme)
	return members{"id": uuid("group", theme), "name": themeName(theme), "title": title, "display_name": title, "description": "", "image_display_url": ""}
}

// wholeGroup is a group as group_show gives it.
func (c *call) wholeGroup(theme string) members {
	g := c.group(theme)
	for k, v := range (members{"type": "group", "image_url": "", "created": stamp(c.since()), "is_organization": false, "approval_status": "approved", "state": "active"}) {
		g[k] = v
	}
	return g
}

// body is something that datasets are gathered under.
type body struct {
	name, title string
	id          string
	whole       members
	datasets    []catalogue.Dataset
}

func (c *call) organizations() ([]body, error) {
	all, err := c.data()
	if err != nil {
		return nil, err
	}
	var list []body
	for _, a := range all.Bodies {
		b := body{name: a.ID, title: c.say(a.Name), id: uuid("organization", a.ID), whole: c.organizationOf(a)}
		for _, d := range all.Datasets {
			if d.Owner.ID == a.ID {
				b.datasets = append(b.datasets, d)
			}
		}
		list = append(list, b)
	}
	return list, nil
}

func (c *call) groups() ([]body, error) {
	all, err := c.data()
	if err != nil {
		return nil, err
	}
	var list []body
	for _, t := range all.Themes {
		b := body{name: themeName(t.ID), title: c.themeTitle(t.ID), id: uuid("group", t.ID), whole: c.wholeGroup(t.ID)}
		for _, d := range all.Datasets {
			if slices.Contains(d.Themes, t.ID) {
				b.datasets = append(b.datasets, d)
			}
		}
		list = append(list, b)
	}
	return list, nil
}

func organizationList(c *call) (any, error) {
	return c.listBodies((*call).organizations, "organizations")
}

func groupList(c *call) (any, error) { return c.listBodies((*call).groups, "groups") }

func (c *call) listBodies(of func(*call) ([]body, error), only string) (any, error) {
	list, err := of(c)
	if err != nil {
		return nil, err
	}
	if names := c.given.list(only); len(names) > 0 {
		list = slices.DeleteFunc(list, func(b body) bool { return !slices.Contains(names, b.name) })
	}
	field, way, _ := strings.Cut(strings.TrimSpace(cmp.Or(c.given.text("sort"), "title asc")), " ")
	orders := map[string]func(a, b body) int{
		"name":          func(a, b body) int { return cmp.Compare(a.name, b.name) },
		"title":         func(a, b body) int { return cmp.Compare(a.title, b.title) },
		"package_count": func(a, b body) int { return cmp.Compare(len(a.datasets), len(b.datasets)) },
	}
	orders["packages"] = orders["package_count"]
	order := orders[field]
	if order == nil || way != "" && way != "asc" && way != "desc" {
		return nil, invalid("sort", "Cannot sort by field `"+field+"`")
	}
	slices.SortStableFunc(list, func(a, b body) int {
		if way == "desc" {
			a, b = b, a
		}
		return cmp.Or(order(a, b), cmp.Compare(a.name, b.name))
	})
	if list, err = paged(c.given, list, 0); err != nil {
		return nil, err
	}
	whole, err := c.given.yes("all_fields", false)
	if err != nil {
		return nil, err
	}
	if !whole {
		names := []string{}
		for _, b := range list {
			names = append(names, b.name)
		}
		return names, nil
	}
	out := []members{}
	for _, b := range list {
		out = append(out, b.counted())
	}
	return out, nil
}

// counted is a body with what lists and its own page say besides.
func (b body) counted() members {
	for k, v := range (members{"display_name": b.title, "image_display_url": "", "package_count": len(b.datasets), "num_followers": 0}) {
		b.whole[k] = v
	}
	return b.whole
}

func organizationShow(c *call) (any, error) { return c.showBody((*call).organizations) }

func groupShow(c *call) (any, error) { return c.showBody((*call).groups) }

func (c *call) findBody(of func(*call) ([]body, error)) (body, error) {
	id, err := c.given.must("id")
	if err != nil {
		return body{}, err
	}
	list, err := of(c)
	if err != nil {
		return body{}, err
	}
	for _, b := range list {
		if b.name == id || b.id == id {
			return b, nil
		}
	}
	return body{}, notFound("Not found")
}

func (c *call) showBody(of func(*call) ([]body, error)) (any, error) {
	b, err := c.findBody(of)
	if err != nil {
		return nil, err
	}
	with, err := c.given.yes("include_datasets", false)
	if err != nil {
		return nil, err
	}
	out := b.counted()
	for _, empty := range []string{"extras", "users", "tags", "groups"} {
		out[empty] = []any{}
	}
	if with {
		out["packages"] = c.packs(b.datasets[:min(len(b.datasets), rowsMost)])
	}
	return out, nil
}

func groupPackageShow(c *call) (any, error) {
	b, err := c.findBody((*call).groups)
	if err != nil {
		return nil, err
	}
	list, err := paged(c.given, b.datasets, rowsMost)
	if err != nil {
		return nil, err
	}
	return c.packs(list), nil
}

// allTags are the keywords of all datasets with the datasets that have them.
func (c *call) allTags() (names []string, of map[string][]catalogue.Dataset, err error) {
	all, err := c.data()
	if err != nil {
		return nil, nil, err
	}
	of = map[string][]catalogue.Dataset{}
	for _, d := range all.Datasets {
		for _, t := range c.tags(d) {
			if of[t] == nil {
				names = append(names, t)
			}
			of[t] = append(of[t], d)
		}
	}
	slices.Sort(names)
	return names, of, nil
}

func tagList(c *call) (any, error) {
	names, _, err := c.allTags()
	if err != nil {
		return nil, err
	}
	if c.given.text("vocabulary_id") != "" {
		return nil, notFound("could not find vocabulary \"" + c.given.text("vocabulary_id") + "\"")
	}
	if q := strings.ToLower(c.given.text("query")); q != "" {
		names = slices.DeleteFunc(names, func(n string) bool { return !strings.Contains(strings.ToLower(n), q) })
	}
	whole, err := c.given.yes("all_fields", false)
	if err != nil || !whole {
		return append([]string{}, names...), err
	}
	out := []members{}
	for _, n := range names {
		out = append(out, tag(n))
	}
	return out, nil
}

func tagShow(c *call) (any, error) {
	id, err := c.given.must("id")
	if err != nil {
		return nil, err
	}
	names, of, err := c.allTags()
	if err != nil {
		return nil, err
	}
	with, err := c.given.yes("include_datasets", false)
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		if n != id && uuid("tag", n) != id {
			continue
		}
		out := tag(n)
		if with {
			out["packages"] = c.packs(of[n])
		}
		return out, nil
	}
	return nil, notFound("Not found")
}

func licenseList(*call) (any, error) {
	list := []members{}
	for _, l := range service.Licences() {
		list = append(list, members{
			"id": l.ID, "title": l.Title, "url": l.URL, "status": "active", "family": "", "maintainer": "", "is_generic": "False",
			"domain_content": "True", "domain_data": "True", "domain_software": "False", "od_conformance": "approved", "osd_conformance": "not reviewed",
		})
	}
	return list, nil
}
