// Package ckan answers CKAN's Action API, version 3, over the datasets that are published here, so that programs written for
// CKAN find and read them.
//
// It reads only: whatever would change something is refused. It knows no rows and no files; package view has both. The
// contract is CKAN's published documentation ("API guide", "DataStore extension"); ckan_test.go holds this package against
// it.
package ckan

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"

	"stoa/internal/catalogue"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
)

// API is the interface with what it needs.
type API struct {
	View  *view.View
	Words *i18n.Bundle
}

// Routes are the interface's addresses: with the version in them, and without, as some clients ask.
func Routes(a *API) (routes []web.Route) {
	for _, base := range []string{"/api/3", "/api"} {
		for _, method := range []string{"GET", "POST"} {
			routes = append(routes, web.Route{Method: method, Pattern: base + "/action/{action}", Area: web.System, Action: policy.DataRead, Handle: a.act})
		}
		routes = append(routes, web.Route{Method: "GET", Pattern: base, Area: web.System, Action: policy.DataRead, Handle: a.version})
	}
	return routes
}

// follows is the version of CKAN whose documentation this package follows; clients ask for it.
const follows = "2.11.0"

func (a *API) version(w http.ResponseWriter, r *web.Request) error {
	return answer(w, r, http.StatusOK, members{"version": 3})
}

type members = map[string]any

// call is one request.
type call struct {
	*API
	ctx    context.Context
	r      *web.Request
	reader view.Reader
	given  params
	loaded *catalogue.Catalogue
}

// action is something that can be asked. Its help is what help_show says.
type action struct {
	do   func(*call) (any, error)
	help string
}

func actions() map[string]action {
	return map[string]action{
		"site_read":                           {siteRead, "Return True: anybody may read this site."},
		"status_show":                         {statusShow, "Return a dictionary with information about the site's configuration."},
		"help_show":                           {helpShow, "Return the help string for a particular API action. name: the action."},
		"package_list":                        {packageList, "Return a list of the names of the site's datasets. limit, offset (optional)."},
		"package_show":                        {packageShow, "Return the metadata of a dataset and its resources. id: the id or name of the dataset."},
		"package_search":                      {packageSearch, "Searches for datasets satisfying given search criteria. q, fq, fq_list, rows, start, sort, facet, facet.field, facet.limit, facet.mincount (optional)."},
		"package_autocomplete":                {packageAutocomplete, "Return a list of datasets that match a string in name or title. q: the string; limit (optional)."},
		"current_package_list_with_resources": {packagesWithResources, "Return a list of the site's datasets and their resources, sorted most-recently-modified first. limit, offset, page (optional)."},
		"resource_show":                       {resourceShow, "Return the metadata of a resource. id: the id of the resource."},
		"resource_search":                     {resourceSearch, "Searches for resources in public datasets. query: field:term, or a list of them; order_by, limit, offset (optional)."},
		"organization_list":                   {organizationList, "Return a list of the names of the site's organizations. sort, limit, offset, organizations, all_fields (optional)."},
		"organization_show":                   {organizationShow, "Return the details of an organization. id: its id or name; include_datasets (optional)."},
		"group_list":                          {groupList, "Return a list of the names of the site's groups, which are themes. sort, limit, offset, groups, all_fields (optional)."},
		"group_show":                          {groupShow, "Return the details of a group. id: its id or name; include_datasets (optional)."},
		"group_package_show":                  {groupPackageShow, "Return the datasets of a group. id: its id or name; limit (optional)."},
		"tag_list":                            {tagList, "Return a list of the site's tags. query, all_fields (optional)."},
		"tag_show":                            {tagShow, "Return the details of a tag and all its datasets. id: the name or id of the tag; include_datasets (optional)."},
		"license_list":                        {licenseList, "Return the list of licenses available for datasets on the site."},
		"datastore_search":                    {datastoreSearch, "Search a DataStore resource. resource_id: its id; filters, q, distinct, limit (at most 32000), offset, fields, sort, include_total, records_format (optional)."},
		"datastore_info":                      {datastoreInfo, "Returns detailed metadata about a resource: its fields and how many rows there are. id: its id."},
		"datastore_search_sql":                {noSQL, "Not available here: ask with datastore_search."},
	}
}

// writes are the names of actions that would change something.
var writes = regexp.MustCompile(`_(create|update|patch|delete|purge|upsert|revise|reorder|revert|invite|upload|submit|add|remove|set|clear|generate|follow|unfollow)(_|$)|^(follow|unfollow|dataset_purge|bulk_update)_|^(member|package|resource|user)_(create|delete)`)

// act answers /api/3/action/{action}.
func (a *API) act(w http.ResponseWriter, r *web.Request) error {
	name := r.PathValue("action")
	c := &call{API: a, ctx: r.Context(), r: r, reader: view.Reader{Actor: r.Actor, P: r.P}}
	result, err := c.result(name)
	out := members{"help": r.URLOf("/api/3/action/help_show?name=" + name)}
	if err == nil {
		out["success"], out["result"] = true, result
		return answer(w, r, http.StatusOK, out)
	}
	var e *apiError
	if !errors.As(err, &e) {
		if fault.KindOf(err) != fault.NotFound {
			return err
		}
		e = notFound("Not found")
	}
	out["success"], out["error"] = false, e.body
	return answer(w, r, e.status, out)
}

func (c *call) result(name string) (any, error) {
	do, known := actions()[name]
	if !known {
		if writes.MatchString(name) {
			return nil, denied("Action " + name + " requires an authenticated user")
		}
		return nil, badRequest("Action name not known: " + name)
	}
	var err error
	if c.given, err = read(c.r); err != nil {
		return nil, err
	}
	return do.do(c)
}

// data is the catalogue, read once for a request.
func (c *call) data() (*catalogue.Catalogue, error) {
	if c.loaded == nil {
		all, err := c.View.Catalogues(c.Words).Data(c.ctx, c.reader)
		if err != nil {
			return nil, err
		}
		c.loaded = &all
	}
	return c.loaded, nil
}

// say is a text in the reader's language.
func (c *call) say(t i18n.Text) string { return t.In(c.r.P.Tag(), c.r.Place.File.Languages...) }

// answer writes JSON that scripts of any site may read.
func answer(w http.ResponseWriter, r *web.Request, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fault.NewInternal("writing an answer", err)
	}
	w.Header().Add("Vary", "Accept-Language")
	w.Header().Add("Vary", "Cookie") // the language is chosen by either
	return r.ShareAs(w, status, "application/json;charset=utf-8", web.ForSeconds, body)
}

func siteRead(*call) (any, error) { return true, nil }

func statusShow(c *call) (any, error) {
	return members{
		"ckan_version": follows, "site_title": c.say(i18n.Text(c.r.Place.File.Name.By)), "site_description": "", "site_url": c.r.URLOf(""),
		"error_emails_to": nil, "locale_default": c.r.Place.File.Languages[0], "extensions": []string{"datastore"},
	}, nil
}

func helpShow(c *call) (any, error) {
	name, err := c.given.must("name")
	if err != nil {
		return nil, err
	}
	a, known := actions()[name]
	if !known {
		return nil, notFound("Action function not found")
	}
	return a.help, nil
}
