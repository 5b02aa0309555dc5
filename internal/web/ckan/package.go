package ckan

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"stoa/internal/catalogue"
)

// uuid is the id of something that has a name: the same for ever, of the form that clients expect (RFC 9562, version 8).
func uuid(kind, name string) string {
	h := sha256.Sum256([]byte("stoa/ckan/" + kind + "/" + name))
	h[6], h[8] = h[6]&0x0f|0x80, h[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

func resourceID(dataset, format string) string { return uuid("resource", dataset+"."+format) }

// stamp is a moment as CKAN writes it: UTC, without saying so.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000") }

// pack is a dataset as package_show gives it.
func (c *call) pack(d catalogue.Dataset) members {
	newest := d.Versions[0]
	resources := c.resources(d)
	tags := []any{}
	for _, t := range c.tags(d) {
		tags = append(tags, tag(t))
	}
	groups := []any{}
	for _, t := range d.Themes {
		groups = append(groups, c.group(t))
	}
	extras := []any{members{"key": "frequency", "value": d.Frequency}, members{"key": "rows", "value": fmt.Sprint(newest.Rows)}}
	if !d.From.IsZero() {
		extras = append(extras, members{"key": "temporal_start", "value": d.From.String()}, members{"key": "temporal_end", "value": d.Until.String()})
	}
	return members{
		"id": uuid("package", d.ID), "name": d.ID, "title": c.say(d.Title), "notes": c.say(d.Summary), "url": d.URL, "version": fmt.Sprint(newest.Number),
		"type": "dataset", "state": "active", "private": false, "isopen": true,
		"author": c.say(d.Owner.Name), "author_email": d.Owner.Email, "maintainer": c.say(d.Owner.Name), "maintainer_email": d.Owner.Email,
		"creator_user_id": nil, "license_id": d.Licence.ID, "license_title": d.Licence.Title, "license_url": d.Licence.URI,
		"metadata_created": stamp(d.Issued), "metadata_modified": stamp(newest.At),
		"num_resources": len(resources), "num_tags": len(tags), "resources": resources, "tags": tags, "groups": groups, "extras": extras,
		"organization": c.organizationOf(d.Owner), "owner_org": uuid("organization", d.Owner.ID),
		"relationships_as_subject": []any{}, "relationships_as_object": []any{},
	}
}

// resources are the files of the newest version.
func (c *call) resources(d catalogue.Dataset) (list []members) {
	newest := d.Versions[0]
	for i, f := range newest.Files {
		var size, mimetype any
		if f.Bytes > 0 {
			size = f.Bytes
		}
		if m := catalogue.MediaType(f.Format); m != "" {
			mimetype = m
		}
		list = append(list, members{
			"id": resourceID(d.ID, f.Format), "package_id": uuid("package", d.ID), "name": catalogue.FormatTitle(f.Format), "description": "", "position": i,
			"format": formatName(f.Format), "mimetype": mimetype, "mimetype_inner": nil, "size": size, "hash": f.SHA256, "url": f.URL, "url_type": nil,
			"resource_type": "file", "state": "active", "datastore_active": f.Format == "csv", "cache_url": nil, "cache_last_updated": nil,
			"created": stamp(d.Issued), "last_modified": stamp(newest.At), "metadata_modified": stamp(newest.At),
		})
	}
	return list
}

// formatName is a format as facets count it: a compressed CSV is a CSV in a gzip file.
func formatName(id string) string {
	if id == "csv.gz" {
		return "GZ"
	}
	return strings.ToUpper(id)
}

// tags are a dataset's keywords in the reader's language, or in the place's own.
func (c *call) tags(d catalogue.Dataset) []string {
	for _, language := range append([]string{c.r.P.Tag()}, c.r.Place.File.Languages...) {
		if words := d.Keywords[language]; len(words) > 0 {
			words = slices.Clone(words)
			slices.Sort(words)
			return slices.Compact(words)
		}
	}
	return nil
}

func tag(name string) members {
	return members{"id": uuid("tag", name), "name": name, "display_name": name, "state": "active", "vocabulary_id": nil}
}

// find is a dataset by its id or name.
func (c *call) find(id string) (catalogue.Dataset, error) {
	all, err := c.data()
	if err != nil {
		return catalogue.Dataset{}, err
	}
	for _, d := range all.Datasets {
		if d.ID == id || uuid("package", d.ID) == id {
			return d, nil
		}
	}
	return catalogue.Dataset{}, notFound("Not found")
}

func packageList(c *call) (any, error) {
	all, err := c.data()
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, d := range all.Datasets {
		names = append(names, d.ID)
	}
	slices.Sort(names)
	return paged(c.given, names, 0)
}

// paged is the part of a list that limit and offset ask for; without a limit, up to most, 0 for all.
func paged[T any](p params, list []T, most int) ([]T, error) {
	limit, err := p.natural("limit", most)
	if err != nil {
		return nil, err
	}
	offset, err := p.natural("offset", 0)
	if err != nil {
		return nil, err
	}
	list = list[min(offset, len(list)):]
	if limit > 0 || p.text("limit") != "" {
		list = list[:min(limit, len(list))]
	}
	return list, nil
}

func packageShow(c *call) (any, error) {
	id, err := c.given.must("id")
	if err != nil {
		return nil, err
	}
	d, err := c.find(id)
	if err != nil {
		return nil, err
	}
	return c.pack(d), nil
}

// newestFirst are all datasets, those that were published last first.
func (c *call) newestFirst() ([]catalogue.Dataset, error) {
	all, err := c.data()
	if err != nil {
		return nil, err
	}
	list := slices.Clone(all.Datasets)
	slices.SortStableFunc(list, func(a, b catalogue.Dataset) int {
		return cmp.Or(b.Versions[0].At.Compare(a.Versions[0].At), cmp.Compare(a.ID, b.ID))
	})
	return list, nil
}

func packagesWithResources(c *call) (any, error) {
	list, err := c.newestFirst()
	if err != nil {
		return nil, err
	}
	page, err := c.given.natural("page", 0)
	if err != nil {
		return nil, err
	}
	limit, err := c.given.natural("limit", 0)
	if err != nil {
		return nil, err
	}
	if page > 0 && limit > 0 {
		list = list[min((page-1)*limit, len(list)):]
	}
	if list, err = paged(c.given, list, 0); err != nil {
		return nil, err
	}
	return c.packs(list), nil
}

func (c *call) packs(list []catalogue.Dataset) []members {
	out := make([]members, len(list))
	for i, d := range list {
		out[i] = c.pack(d)
	}
	return out
}

func packageAutocomplete(c *call) (any, error) {
	q, err := c.given.must("q")
	if err != nil {
		return nil, err
	}
	all, err := c.data()
	if err != nil {
		return nil, err
	}
	limit, err := c.given.natural("limit", 10)
	if err != nil {
		return nil, err
	}
	found := []members{}
	for _, d := range all.Datasets {
		title := c.say(d.Title)
		for _, match := range [][2]string{{"name", d.ID}, {"title", title}} {
			if strings.Contains(strings.ToLower(match[1]), strings.ToLower(q)) && len(found) < limit {
				found = append(found, members{"name": d.ID, "title": title, "match_field": match[0], "match_displayed": match[1]})
				break
			}
		}
	}
	return found, nil
}

// resource finds a resource by its id, with its dataset.
func (c *call) resource(id string) (members, catalogue.Dataset, error) {
	all, err := c.data()
	if err != nil {
		return nil, catalogue.Dataset{}, err
	}
	for _, d := range all.Datasets {
		for _, r := range c.resources(d) {
			if r["id"] == id {
				return r, d, nil
			}
		}
	}
	return nil, catalogue.Dataset{}, notFound("Resource was not found.")
}

func resourceShow(c *call) (any, error) {
	id, err := c.given.must("id")
	if err != nil {
		return nil, err
	}
	r, _, err := c.resource(id)
	if err != nil {
		return nil, err
	}
	return r, nil
}
