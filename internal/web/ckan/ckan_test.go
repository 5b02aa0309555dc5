package ckan_test

import (
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// These tests follow CKAN's published documentation: "API guide" (making requests, errors, the reference of
// ckan.logic.action.get) and "DataStore extension" (datastore_search, datastore_info). Each names what the documentation says.

func TestEveryAnswerIsTheEnvelope(t *testing.T) {
	p := planted(t)
	// "The response is a JSON dictionary with three keys": success, result, help. Without a version in the address, the latest.
	for _, path := range []string{"/api/3/action/site_read", "/api/action/site_read"} {
		s := p.do(httptest.NewRequest("GET", path, nil))
		if !ok[bool](s) || !strings.Contains(s.Help, "/api/3/action/help_show?name=site_read") {
			t.Errorf("%s: %s %s", path, s.Result, s.Help)
		}
		if s.header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: scripts of other sites may not read it", path)
		}
	}
	if help := ok[string](p.get("help_show", "name", "package_list")); !strings.Contains(help, "names of the site's datasets") {
		t.Errorf("help: %q", help)
	}
	p.get("help_show", "name", "nothing").fails(404, "Not Found Error", "message")
	if code, body := raw(t, p.handler, httptest.NewRequest("GET", "/api/3", nil)); code != 200 || strings.TrimSpace(body) != `{"version":3}` {
		t.Errorf("/api/3: %d %s", code, body)
	}
	// "To call the CKAN API, post a JSON dictionary"; GET works alike.
	if a, b := ok[[]string](p.get("package_list")), ok[[]string](p.post("package_list", object{})); !slices.Equal(a, b) || len(a) != 3 {
		t.Errorf("GET gives %v, POST %v", a, b)
	}
	has(t, "status_show", ok[object](p.get("status_show")), "ckan_version site_title site_url site_description locale_default extensions error_emails_to")
}

func TestErrorsAsDocumented(t *testing.T) {
	p := planted(t)
	p.get("package_show").fails(409, "Validation Error", "id")
	p.post("package_show", object{"id": ""}).fails(409, "Validation Error", "id")
	p.get("package_show", "id", "nothing").fails(404, "Not Found Error", "message")
	p.get("resource_show", "id", "nothing").fails(404, "Not Found Error", "message")
	p.get("organization_show", "id", "nothing").fails(404, "Not Found Error", "message")
	p.get("group_show", "id", "nothing").fails(404, "Not Found Error", "message")
	p.get("tag_show", "id", "nothing").fails(404, "Not Found Error", "message")
	p.get("no_such_action").fails(400, "Bad Request", "message")
	p.get("package_list", "limit", "-1").fails(409, "Validation Error", "limit")
	p.get("package_list", "limit", "many").fails(409, "Validation Error", "limit")
	// Nothing can be changed, whoever asks: "Authorization Error".
	for _, action := range []string{"package_create", "package_update", "package_patch", "package_delete", "resource_create", "resource_delete", "organization_create",
		"group_update", "tag_delete", "datastore_create", "datastore_upsert", "datastore_delete", "user_create", "api_token_create", "dataset_purge", "follow_dataset", "package_owner_org_update", "bulk_update_private"} {
		p.post(action, object{"name": "x"}).fails(403, "Authorization Error", "message")
		p.get(action).fails(403, "Authorization Error", "message")
	}
	for _, body := range []string{"{", "[1]", `"text"`, "{} {}", "nonsense"} {
		r := httptest.NewRequest("POST", "/api/3/action/package_list", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		p.do(r).fails(400, "Bad Request", "message")
	}
	r := httptest.NewRequest("POST", "/api/3/action/package_show", strings.NewReader(`{"id": "trees"}`)) // as urllib posts
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if got := ok[object](p.do(r)); got["name"] != "trees" {
		t.Errorf("JSON that is called a form: %v", got["name"])
	}
	r = httptest.NewRequest("POST", "/api/3/action/package_show", strings.NewReader("id=trees"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if got := ok[object](p.do(r)); got["name"] != "trees" {
		t.Errorf("a form: %v", got["name"])
	}
}

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
var stampForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$`)

func TestPackagesAndResources(t *testing.T) {
	p := planted(t)
	if got := ok[[]string](p.get("package_list", "limit", "1", "offset", "1")); !slices.Equal(got, []string{listed}) {
		t.Errorf("the second name: %v", got)
	}
	d := ok[object](p.get("package_show", "id", listed))
	has(t, "package_show", d, `author author_email creator_user_id id isopen license_id license_title license_url maintainer maintainer_email metadata_created metadata_modified
		name notes num_resources num_tags organization owner_org private state title type url version extras groups relationships_as_object relationships_as_subject resources tags`)
	if !uuidForm.MatchString(d["id"].(string)) || !stampForm.MatchString(d["metadata_modified"].(string)) {
		t.Errorf("id %v, modified %v", d["id"], d["metadata_modified"])
	}
	has(t, "organization", d["organization"].(object), "id name title type description image_url created is_organization approval_status state")
	has(t, "group", d["groups"].([]any)[0].(object), "id name title display_name description image_display_url")
	has(t, "tag", d["tags"].([]any)[0].(object), "id name display_name state vocabulary_id")
	if byID := ok[object](p.post("package_show", object{"id": d["id"]})); byID["name"] != listed {
		t.Errorf("by its id: %v", byID["name"])
	}
	for _, r := range d["resources"].([]any) {
		r := r.(object)
		has(t, "resource", r, `cache_last_updated cache_url created datastore_active description format hash id last_modified metadata_modified mimetype mimetype_inner name package_id
			position resource_type size state url url_type`)
		one := ok[object](p.get("resource_show", "id", r["id"].(string)))
		if one["url"] != r["url"] || one["package_id"] != d["id"] || !strings.HasPrefix(r["url"].(string), base+"/data/"+listed+"/v/1/") {
			t.Errorf("resource: %v", one)
		}
	}
	// "current_package_list_with_resources … sorted most-recently-modified first"
	all := ok[[]object](p.get("current_package_list_with_resources", "limit", "2"))
	if names(all) != orphaned+" "+listed {
		t.Errorf("newest first: %s", names(all))
	}
	if page := ok[[]object](p.get("current_package_list_with_resources", "limit", "2", "page", "2")); names(page) != counted {
		t.Errorf("second page: %s", names(page))
	}
	found := ok[object](p.get("resource_search", "query", "format:CSV", "query", "url:trees"))
	has(t, "resource_search", found, "count results")
	if n := found["results"].([]any); len(n) != 1 || n[0].(object)["format"] != "CSV" {
		t.Errorf("resource_search: %v", found)
	}
	p.get("resource_search").fails(409, "Validation Error", "query")
	p.get("resource_search", "query", "nothing").fails(409, "Validation Error", "query")
	p.get("resource_search", "query", "colour:red").fails(409, "Validation Error", "query")
	if got := ok[[]object](p.get("package_autocomplete", "q", "tre")); names(got) != orphaned {
		t.Errorf("autocomplete: %v", got)
	}
}

func TestOrganisationsGroupsTagsLicences(t *testing.T) {
	p := planted(t)
	list := ok[[]string](p.get("organization_list"))
	if !slices.Contains(list, "planning") || !slices.Contains(list, "greenvale") {
		t.Errorf("organization_list: %v", list)
	}
	whole := ok[[]object](p.get("organization_list", "all_fields", "true", "sort", "package_count desc", "organizations", `["planning","police"]`))
	if names(whole) != "planning police" {
		t.Errorf("some organisations by number of datasets: %s", names(whole))
	}
	for _, o := range whole {
		has(t, "organization_list", o, "id name title display_name description image_url image_display_url package_count created is_organization type state approval_status num_followers")
	}
	p.get("organization_list", "sort", "colour").fails(409, "Validation Error", "sort")
	o := ok[object](p.get("organization_show", "id", "planning", "include_datasets", "true"))
	has(t, "organization_show", o, "id name title packages package_count extras users tags groups")
	if len(o["packages"].([]any)) != 1 {
		t.Errorf("datasets of planning: %v", o["packages"])
	}
	if o := ok[object](p.post("organization_show", object{"id": "planning", "include_datasets": false})); o["packages"] != nil {
		t.Error("datasets that were not asked for")
	}
	groups := ok[[]string](p.get("group_list"))
	slices.Sort(groups)
	if !slices.Equal(groups, []string{"econ", "gove", "heal"}) {
		t.Errorf("group_list: %v", groups)
	}
	g := ok[object](p.get("group_show", "id", "gove", "include_datasets", "true"))
	has(t, "group_show", g, "id name title display_name packages package_count type is_organization state")
	if len(g["packages"].([]any)) != 2 || len(ok[[]object](p.get("group_package_show", "id", "gove"))) != 2 {
		t.Errorf("datasets about government: %v", g["package_count"])
	}
	tags := ok[[]string](p.get("tag_list", "query", "money"))
	if !slices.Equal(tags, []string{"money"}) {
		t.Errorf("tag_list: %v", tags)
	}
	has(t, "tag_list", ok[[]object](p.get("tag_list", "all_fields", "true"))[0], "id name display_name state vocabulary_id")
	tag := ok[object](p.get("tag_show", "id", "money", "include_datasets", "true"))
	if len(tag["packages"].([]any)) != 1 {
		t.Errorf("tag_show: %v", tag)
	}
	p.get("tag_list", "vocabulary_id", "x").fails(404, "Not Found Error", "message")
	for _, l := range ok[[]object](p.get("license_list")) {
		has(t, "license_list", l, "id title url status family maintainer is_generic domain_content domain_data domain_software od_conformance osd_conformance")
	}
}

func TestPackageSearch(t *testing.T) {
	p := planted(t)
	search := func(pairs ...string) object { t.Helper(); return ok[object](p.get("package_search", pairs...)) }
	found := func(pairs ...string) string {
		t.Helper()
		var list []object
		for _, r := range search(pairs...)["results"].([]any) {
			list = append(list, r.(object))
		}
		return names(list)
	}
	has(t, "package_search", search(), "count results facets search_facets sort")
	everything := strings.Join([]string{orphaned, listed, counted}, " ") // "score desc, metadata_modified desc"
	for q, want := range map[string]string{
		"": everything, "*:*": everything, "*": everything,
		"food": listed, "FOOD businesses": listed, "restaurants": listed, "tree": orphaned, "nothing": "",
		"name:trees": orphaned, "name:tree*": orphaned, "title:food": listed, `"food businesses"`: listed, `"businesses food"`: "",
		"food OR trees": orphaned + " " + listed, "food AND trees": "", "food trees": "", "-trees": listed + " " + counted, "NOT trees AND NOT food": counted,
		"(food OR trees) AND name:trees": orphaned, "organization:planning": orphaned, "tags:money": counted, "tags:(money OR hygiene)": listed + " " + counted,
		"groups:heal": listed, "res_format:csv": everything, "license_id:CC0-1.0": orphaned, `tags:"food safety"`: listed, "tags:food": "",
		"metadata_modified:[2000-01-01T00:00:00Z TO NOW]": everything, "metadata_modified:[* TO 2000-01-01]": "", "state:active": everything, "colour:red": "",
	} {
		got := strings.Fields(found("q", q))
		expect := strings.Fields(want)
		slices.Sort(got)
		slices.Sort(expect)
		if !slices.Equal(got, expect) {
			t.Errorf("q=%s: %v, want %v", q, got, expect)
		}
		if q != "" { // a filter query finds the same
			filtered := strings.Fields(found("fq", q))
			slices.Sort(filtered)
			if !slices.Equal(filtered, expect) {
				t.Errorf("fq=%s: %v, want %v", q, filtered, expect)
			}
		}
	}
	if got := found(); got != everything {
		t.Errorf("newest first: %s", got)
	}
	if got := found("sort", "name asc"); got != strings.Join([]string{counted, listed, orphaned}, " ") {
		t.Errorf("by name: %s", got)
	}
	if got := found("q", "food OR trees", "fq", "+organization:planning", "fq_list", `["-tags:money"]`); got != orphaned {
		t.Errorf("with filters: %s", got)
	}
	// "rows … upper limit 1000", "start: the offset in the complete result"; count is of all.
	page := search("rows", "1", "start", "1")
	if page["count"].(interface{ String() string }).String() != "3" || len(page["results"].([]any)) != 1 {
		t.Errorf("a page: %v of %v", len(page["results"].([]any)), page["count"])
	}
	if len(search("rows", "0")["results"].([]any)) != 0 {
		t.Error("rows=0 gives rows")
	}
	p.get("package_search", "rows", "-1").fails(409, "Validation Error", "rows")
	p.get("package_search", "start", "x").fails(409, "Validation Error", "start")
	p.get("package_search", "sort", "colour desc").fails(400, "Search Query Error", "message")
	for _, q := range []string{"(food", "food)", "name:", "OR", "food OR", "()", strings.Repeat("(", 100) + "a" + strings.Repeat(")", 100), strings.Repeat("a ", 3000), strings.Repeat("- ", 1000) + "a", ":", "a::"} {
		p.get("package_search", "q", q).fails(400, "Search Query Error", "message")
	}
	// "facet.field: the fields to facet upon", as a JSON list in an address or a list in JSON.
	for _, s := range []said{p.get("package_search", "facet.field", `["organization", "tags", "groups"]`, "facet.limit", "2", "rows", "0"),
		p.post("package_search", object{"facet.field": []string{"organization", "tags", "groups"}, "facet.limit": 2, "rows": 0})} {
		r := ok[object](s)
		org := r["search_facets"].(object)["organization"].(object)
		has(t, "search_facets", org, "title items")
		items := org["items"].([]any)
		has(t, "items", items[0].(object), "name display_name count")
		groups := r["facets"].(object)["groups"].(object)
		if len(items) != 2 || groups["gove"].(interface{ String() string }).String() != "2" || len(groups) != 2 {
			t.Errorf("facets: %v %v", items, groups)
		}
	}
	if r := search("facet.field", "organization", "facet", "false"); len(r["facets"].(object)) != 0 {
		t.Error("facets that were not wanted")
	}
}

func TestTextsInTheReadersLanguage(t *testing.T) {
	p := planted(t)
	r := httptest.NewRequest("GET", "/api/3/action/package_show?id="+listed+"&lang=ar", nil)
	d := ok[object](p.do(r))
	if d["title"] != "الأنشطة الغذائية" || !strings.Contains(p.do(r).header.Get("Vary"), "Accept-Language") {
		t.Errorf("in Arabic: %v", d["title"])
	}
}
