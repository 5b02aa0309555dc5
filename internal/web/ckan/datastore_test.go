package ckan_test

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

// csvOf is the id of the resource with the rows of a dataset.
func (p *portal) csvOf(id string) string {
	p.t.Helper()
	for _, r := range ok[object](p.get("package_show", "id", id))["resources"].([]any) {
		if r := r.(object); r["datastore_active"] == true {
			return r["id"].(string)
		}
	}
	p.t.Fatalf("%s has no rows to ask", id)
	return ""
}

type rowsSaid struct {
	ResourceID        string            `json:"resource_id"`
	Fields            []object          `json:"fields"`
	Records           json.RawMessage   `json:"records"`
	Total             *int              `json:"total"`
	TotalWasEstimated *bool             `json:"total_was_estimated"`
	Limit             int               `json:"limit"`
	Offset            int               `json:"offset"`
	IncludeTotal      bool              `json:"include_total"`
	Format            string            `json:"records_format"`
	Links             map[string]string `json:"_links"`
	Filters           object            `json:"filters"`
	Q                 any               `json:"q"`
}

func column(t testing.TB, r rowsSaid, name string) (all []any) {
	t.Helper()
	var rows []object
	if err := json.Unmarshal(r.Records, &rows); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		all = append(all, row[name])
	}
	return all
}

func TestDatastoreSearch(t *testing.T) {
	p := planted(t)
	id := p.csvOf(orphaned)
	ask := func(pairs ...string) rowsSaid {
		t.Helper()
		return ok[rowsSaid](p.get("datastore_search", append([]string{"resource_id", id}, pairs...)...))
	}
	r := ask()
	if r.ResourceID != id || *r.Total != 5 || *r.TotalWasEstimated || r.Limit != 100 || !r.IncludeTotal || r.Format != "objects" || r.Links["start"] == "" || r.Links["next"] == "" {
		t.Errorf("the answer: %+v", r)
	}
	// "fields: list of dictionaries" with id and type; _id is the row's number.
	types := map[string]any{}
	for _, f := range r.Fields {
		types[f["id"].(string)] = f["type"]
	}
	if want := (map[string]any{"_id": "int", "number": "int", "kind": "text", "height": "numeric", "planted": "date", "protected": "bool"}); !reflect.DeepEqual(types, want) {
		t.Errorf("fields: %v", types)
	}
	want := `[{"_id":1,"number":1,"kind":"Oak","height":12.5,"planted":"1980-03-01","protected":true},{"_id":2,"number":2,"kind":"Oak","height":9,"planted":"1999-11-20","protected":false}]`
	if got := ask("limit", "2"); string(got.Records) != want {
		t.Errorf("records:\n%s\nwant\n%s", got.Records, want)
	}
	if got := ask("limit", "1", "offset", "2", "fields", "kind,height"); string(got.Records) != `[{"kind":"Plane, London","height":null}]` || got.Offset != 2 {
		t.Errorf("a part: %s", got.Records)
	}
	for _, c := range []struct {
		pairs string
		kinds string
	}{
		{`filters={"kind":"Oak"}`, "Oak Oak"}, {`filters={"number":[1,4]}`, "Oak زيتون"}, {`filters={"protected":true}`, "Oak Silver birch"},
		{`filters={"height":null}`, "Plane, London"}, {`filters={"planted":"1999-11-20"}`, "Oak"}, {`filters={"kind":"Oak","protected":false}`, "Oak"},
		{"q=birch", "Silver birch"}, {"q=زيتون", "زيتون"}, {`q={"kind":"lon"}`, "Plane, London"}, {"q=nothing", ""},
		{"sort=height desc&limit=2", "Oak Oak"}, {"sort=kind, number desc&limit=2", "Oak Oak"}, {"sort=number desc&limit=1", "Silver birch"},
	} {
		values, err := url.ParseQuery(strings.ReplaceAll(c.pairs, ";", "%3B"))
		must(t, err)
		var pairs []string
		for k, v := range values {
			pairs = append(pairs, k, v[0])
		}
		var kinds []string
		for _, k := range column(t, ask(pairs...), "kind") {
			kinds = append(kinds, k.(string))
		}
		if got := strings.Join(kinds, " "); got != c.kinds {
			t.Errorf("%s: %s, want %s", c.pairs, got, c.kinds)
		}
	}
	// "distinct: return only distinct rows"
	if got := ask("fields", "kind", "distinct", "true"); len(column(t, got, "kind")) != 4 {
		t.Errorf("distinct: %s", got.Records)
	}
	if got := ask("include_total", "false"); got.Total != nil || got.IncludeTotal {
		t.Error("a total that was not wanted")
	}
	// "limit … upper limit 32000"; 0 gives none, and how many there are.
	if got := ask("limit", "1000000"); got.Limit != 32000 {
		t.Errorf("the greatest limit: %d", got.Limit)
	}
	if got := ask("limit", "0"); string(got.Records) != "[]" || *got.Total != 5 {
		t.Errorf("limit=0: %s of %d", got.Records, *got.Total)
	}
}

func TestDatastoreFormats(t *testing.T) {
	p := planted(t)
	id := p.csvOf(orphaned)
	for format, want := range map[string]string{
		"lists": `[["Plane, London",null],["زيتون",4.25]]`,
		"csv":   `"\"Plane, London\",\nزيتون,4.25\n"`,
		"tsv":   `"Plane, London\t\nزيتون\t4.25\n"`,
	} {
		r := ok[rowsSaid](p.post("datastore_search", object{"resource_id": id, "fields": []string{"kind", "height"}, "filters": object{"number": []int{3, 4}}, "records_format": format}))
		if string(r.Records) != want || r.Format != format {
			t.Errorf("%s: %s, want %s", format, r.Records, want)
		}
	}
	p.get("datastore_search", "resource_id", id, "records_format", "xml").fails(409, "Validation Error", "records_format")
}

func TestDatastorePages(t *testing.T) {
	p := planted(t)
	r := ok[rowsSaid](p.post("datastore_search", object{"resource_id": p.csvOf(orphaned), "limit": 2, "sort": "number", "filters": object{"number": []int{1, 2, 3, 4, 5}}}))
	var seen []any
	for range 10 {
		got := column(t, r, "number")
		if len(got) == 0 {
			break
		}
		seen = append(seen, got...)
		r = ok[rowsSaid](p.do(httptest.NewRequest("GET", r.Links["next"], nil)))
	}
	if len(seen) != 5 || seen[4] != 5.0 {
		t.Errorf("following the links gives %v", seen)
	}
	if r.Links["prev"] == "" {
		t.Error("no way back")
	}
}

func TestDatastoreErrors(t *testing.T) {
	p := planted(t)
	id := p.csvOf(orphaned)
	p.get("datastore_search").fails(409, "Validation Error", "resource_id")
	p.get("datastore_search", "resource_id", "nothing").fails(404, "Not Found Error", "message")
	p.get("datastore_info").fails(409, "Validation Error", "id")
	p.get("datastore_info", "id", "nothing").fails(404, "Not Found Error", "message")
	p.get("datastore_search_sql", "sql", `SELECT * FROM "`+id+`"`).fails(403, "Authorization Error", "message")
	for field, value := range map[string]string{"limit": "-1", "offset": "x", "distinct": "maybe", "include_total": "2", "fields": "kind,colour", "sort": "colour desc", "filters": `{"colour":"red"}`,
		"q": `{"colour":"red"}`} {
		p.get("datastore_search", "resource_id", id, field, value).fails(409, "Validation Error", field)
	}
	for _, filters := range []string{"nonsense", "[1]", `{"kind":`} {
		p.get("datastore_search", "resource_id", id, "filters", filters).fails(409, "Validation Error", "filters")
	}
	p.get("datastore_search", "resource_id", id, "sort", "kind sideways").fails(409, "Validation Error", "sort")
	for _, hostile := range []string{`kind"; DROP TABLE t; --`, `kind' OR 1=1`, "_id) UNION SELECT 1"} {
		p.get("datastore_search", "resource_id", id, "sort", hostile).fails(409, "Validation Error", "sort")
		p.get("datastore_search", "resource_id", id, "fields", hostile).fails(409, "Validation Error", "fields")
		if r := ok[rowsSaid](p.post("datastore_search", object{"resource_id": id, "filters": object{"kind": hostile}})); string(r.Records) != "[]" {
			t.Errorf("%s finds %s", hostile, r.Records)
		}
	}
}

func TestDatastoreInfo(t *testing.T) {
	p := planted(t)
	id := p.csvOf(orphaned)
	info := ok[struct {
		Meta   object   `json:"meta"`
		Fields []object `json:"fields"`
	}](p.post("datastore_info", object{"id": id}))
	if info.Meta["id"] != id || info.Meta["count"].(json.Number) != "5" || len(info.Fields) != 5 {
		t.Errorf("info: %+v", info)
	}
	for _, f := range info.Fields {
		has(t, "field", f, "id type schema")
	}
	if label := info.Fields[0]["info"].(object)["label"]; label != "Number" {
		t.Errorf("label: %v", label)
	}
	// A dataset's name is an alias of its rows.
	if r := ok[rowsSaid](p.get("datastore_search", "resource_id", orphaned)); *r.Total != 5 {
		t.Errorf("by the dataset's name: %d", *r.Total)
	}
}
