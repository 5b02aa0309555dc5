package site_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"stoa/internal/dataset"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/hook"
	"stoa/internal/job"
	"stoa/internal/ledger"
	"stoa/internal/opendata"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/shelf"
	"stoa/internal/store"
	"stoa/internal/tax"
	"stoa/internal/view"
)

var stoaItself = policy.Actor{System: true}

// dataTown is a town that publishes open data.
type dataTown struct {
	*town
	jobs *job.Runner
}

func publishing(t testing.TB) *dataTown {
	t.Helper()
	tn := open(t, true) // for its mailbox
	if err := tn.flow.DB.Migrate(t.Context(), ledger.Migrations(), tax.Migrations(), dataset.Migrations(), opendata.Migrations()); err != nil {
		t.Fatal(err)
	}
	files, err := shelf.Open(t.TempDir(), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	sets := dataset.New(dataset.Config{DB: tn.flow.DB, Shelf: files, Log: slog.New(slog.DiscardHandler)})
	t.Cleanup(func() {
		files.Wait()
		if err := sets.Close(); err != nil {
			t.Error(err)
		}
	})
	tn.flow.Datasets, tn.flow.States = sets, &opendata.States{Vault: tn.flow.People.Vault}
	tn.view.Datasets, tn.view.States = sets, tn.flow.States
	tn.flow.Hooks = hook.New(true, tn.clock.Now)
	d := &dataTown{tn, job.NewRunner(tn.flow.DB, slog.New(slog.DiscardHandler))}
	d.jobs.HandleTx(flow.TellJob, tn.flow.Data().Tell)
	d.jobs.Handle(flow.HookJob, tn.flow.Data().CallHook)
	return d
}

// publish publishes datasets now.
func (d *dataTown) publish(ids ...string) {
	d.t.Helper()
	for _, id := range ids {
		if fresh, err := d.flow.Data().Publish(d.t.Context(), stoaItself, flow.PublishDataset{Dataset: id}); err != nil || !fresh {
			states, _ := d.states()
			d.t.Fatalf("publishing %s: %v, %v; %+v", id, fresh, err, states[id])
		}
	}
}

func (d *dataTown) states() (all map[string]*opendata.State, err error) {
	err = d.flow.DB.Read(d.t.Context(), "states", func(ctx context.Context, tx *store.Tx) error {
		all, err = d.flow.States.All(ctx, tx)
		return err
	})
	return all, err
}

// staff is somebody with the rights they have.
func (d *dataTown) staff(email string) view.Reader {
	d.t.Helper()
	token, err := d.flow.DemoSignIn(d.t.Context(), policy.Actor{}, email)
	if err != nil {
		d.t.Fatal(err)
	}
	who, err := d.flow.Session(d.t.Context(), token)
	if err != nil {
		d.t.Fatal(err)
	}
	return view.Reader{Actor: who, P: d.flow.Words.For("en")}
}

// rewards publishes the wards again, with their rows changed.
func (d *dataTown) rewards(change *strings.Replacer) {
	d.t.Helper()
	d.clock.Advance(time.Hour)
	greenvale := os.DirFS("../../../jurisdictions/greenvale")
	rows, err := fs.ReadFile(greenvale, "datasets/wards.csv")
	if err != nil {
		d.t.Fatal(err)
	}
	j, problems := service.Load(beside{greenvale, fstest.MapFS{"datasets/wards.csv": {Data: []byte(change.Replace(string(rows)))}}})
	if len(problems) > 0 {
		d.t.Fatal(problems)
	}
	if err := d.flow.Publish(d.t.Context(), stoaItself, j); err != nil {
		d.t.Fatal(err)
	}
	d.publish("wards")
}

// beside is a folder with some files others.
type beside struct {
	fs.FS
	others fstest.MapFS
}

func (b beside) Open(name string) (fs.File, error) {
	if b.others[name] != nil {
		return b.others.Open(name)
	}
	return b.FS.Open(name)
}

// work does what jobs owe.
func (d *dataTown) work() {
	d.t.Helper()
	if _, err := d.jobs.RunDue(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

func (d *dataTown) mails() []view.Mail {
	d.t.Helper()
	mails, _, err := d.view.Demonstration().Mailbox(d.t.Context(), view.Reader{P: d.flow.Words.For("en")}, 1)
	if err != nil {
		d.t.Fatal(err)
	}
	return mails
}

// grew is the wards a year later: one row changed, one gone, one come.
var grew = strings.NewReplacer("W01,Market Square,ساحة السوق,GV1,5120", "W01,Market Square,ساحة السوق,GV1,5121", "W08,Orchard Side,جانب البستان", "W09,Hill Side,جانب التل")

func TestDataPages(t *testing.T) {
	d := publishing(t)
	d.publish("wards", "premises-licences", "business-properties")
	d.rewards(grew)
	b := d.browser()
	for path, says := range map[string][]string{
		"/data":                           {"Wards of Greenvale", "3 datasets", "Greenvale Licensing</a> (1)", "/data/catalog.ttl"},
		"/data?q=households":              {"Wards of Greenvale", "1 dataset", "best match"},
		"/data?theme=SOCI&format=geojson": {"Wards of Greenvale", "Take away"},
		"/data?q=zzzzqqq":                 {"Nothing found", "See all data", "Ask us"},
		"/data?q=wards&theme=HEAL":        {"Nothing found", "Found without the filters", "Wards of Greenvale"},
		"/data/wards":                     {"Creative Commons Zero", "Every year", "8 rows", "5,121", "1 of 1 checks pass", "sha256", "/data/wards/latest.csv", "@misc{wards-v2", "Ask a question"},
		"/data/wards/v/1":                 {"There is a newer one", "5,120", "sha256sum --check", "First version"},
		"/data/wards/v/2":                 {"1 row added · 1 row taken away · 1 row changed"},
		"/data/wards/v/2/diff":            {"Hill Side", "Orchard Side", "5,120", "5,121", "diff.csv?from=1"},
		"/data/wards/versions":            {"Version 1", "Version 2"},
		"/data/wards/questions":           {"Nobody has asked anything yet"},
		"/data/wards/follow":              {"/data/wards/feed.atom", "/sign-in?to=%2Fdata%2Fwards%2Ffollow"},
		"/data/follow":                    {"/data/feed.atom"},
		"/data/business-properties":       {"Numbers below 5 are not shown"},
		"/data/premises-licences":         {"Personal details of people are left out", "Licensing Act"},
	} {
		for _, lang := range []string{"en", "ar"} {
			a := b.get(path + map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "lang=" + lang)
			if a.status != 200 || strings.Count(a.body, "<h1") != 1 || !strings.Contains(a.body, `lang="`+lang+`"`) {
				t.Errorf("%s in %s: %d, %d level-1 headings", path, lang, a.status, strings.Count(a.body, "<h1"))
			}
			for _, word := range says {
				if lang == "en" && !strings.Contains(strings.NewReplacer("<bdi>", "", "</bdi>", "", "\u2068", "", "\u2069", "").Replace(a.body), word) {
					t.Errorf("%s does not say %q: %s", path, word, text(a.body))
				}
			}
		}
	}
}

// TestWhatIsNotThereIsNotFound and nothing that a stranger types is our mistake.
func TestWhatIsNotThereIsNotFound(t *testing.T) {
	d := publishing(t)
	d.publish("wards")
	b := d.browser()
	for _, path := range []string{"/data/none", "/data/wards/v/0", "/data/wards/v/2", "/data/wards/v/01", "/data/wards/v/-1", "/data/wards/v/1e0", "/data/wards/v/99999999999999999999",
		"/data/wards/v/1/diff", "/data/wards/v/1/diff?from=1", "/data/wards/v/1/diff?from=x", "/data/wards/v/1/diff.csv", "/data/wards/v/1/wards", "/data/wards/v/1/wards.exe",
		"/data/wards/v/1/wards.sqlite", "/data/wards/v/1/other.csv", "/data/wards/v/1/..%2f..%2fwards.csv", "/data/wards/v/1/wards.csv%00", "/data/none/v/1/none.csv", "/data/wards/latest.exe",
		"/data/wards/latest.", "/data/none/latest.csv", "/data/none/feed.atom", "/data/none/questions", "/data/none/follow", "/data/none/versions", "/data/wards%2Fv%2F1", "/data/premises-licences",
		"/data/%00", "/data/wards/v/2/schema.json", "/data/wards/v/x/schema.json", "/desk/questions/none"} {
		if a := b.get(path); a.status != 404 && !strings.HasPrefix(a.to, "/sign-in") {
			t.Errorf("%s: %d %s", path, a.status, a.to)
		}
	}
	for _, path := range []string{"/data?page=-1", "/data?page=99999999999999999999", "/data?sort=x", "/data?theme=%00", "/data?q=" + strings.Repeat("x", 5000), "/data?q=%ff%fe"} {
		if a := b.get(path); a.status != 200 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

func TestWithoutOpenDataThePagesSayNothing(t *testing.T) {
	b := open(t, false).browser()
	for path, status := range map[string]int{"/data": 200, "/data/wards": 404, "/data/wards/v/1": 404, "/data/wards/v/1/wards.csv": 404, "/data/feed.atom": 200, "/data/wards/feed.atom": 404,
		"/data/wards/versions": 404, "/data/wards/questions": 404, "/data/follow": 200} {
		if a := b.get(path); a.status != status {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

func TestDownloads(t *testing.T) {
	d := publishing(t)
	d.publish("wards")
	b := d.browser()
	get := func(path string, header ...string) answer {
		r := httptest.NewRequest("GET", path, nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		return b.do(r)
	}
	for ending, media := range map[string]string{"csv": "text/csv; charset=utf-8; header=present", "csv.gz": "application/gzip", "jsonl": "application/jsonl",
		"parquet": "application/vnd.apache.parquet", "geojson": "application/geo+json"} {
		path := "/data/wards/v/1/wards." + ending
		whole := get(path)
		sum := sha256.Sum256([]byte(whole.body))
		tag := `"` + hex.EncodeToString(sum[:]) + `"`
		h := whole.header
		if whole.status != 200 || len(whole.body) == 0 || h.Get("Content-Type") != media || h.Get("ETag") != tag || h.Get("Accept-Ranges") != "bytes" ||
			!strings.Contains(h.Get("Content-Disposition"), `filename="wards-v1.`+ending+`"`) || h.Get("Cache-Control") != "public, no-cache" || h.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %d, %d bytes, %v", path, whole.status, len(whole.body), h)
		}
		if a := get(path, "If-None-Match", tag); a.status != 304 || a.body != "" {
			t.Errorf("%s again: %d", path, a.status)
		}
		if a := get(path, "If-None-Match", `"other"`); a.status != 200 {
			t.Errorf("%s with another tag: %d", path, a.status)
		}
		size := len(whole.body)
		for _, at := range [][2]int{{0, 0}, {1, 7}, {size - 1, size - 1}, {0, size - 1}} {
			a := get(path, "Range", fmt.Sprintf("bytes=%d-%d", at[0], at[1]), "Accept-Encoding", "gzip")
			if a.status != 206 || a.body != whole.body[at[0]:at[1]+1] || a.header.Get("Content-Range") != fmt.Sprintf("bytes %d-%d/%d", at[0], at[1], size) || a.header.Get("Content-Encoding") != "" {
				t.Errorf("%s from %d to %d: %d, %v", path, at[0], at[1], a.status, a.header)
			}
		}
		if a := get(path, "Range", "bytes=3-", "If-Range", `"other"`); a.status != 200 || a.body != whole.body {
			t.Errorf("%s: a part of another file: %d", path, a.status)
		}
		if a := get(path, "Range", fmt.Sprintf("bytes=%d-", size)); a.status != 416 {
			t.Errorf("%s: behind the end: %d", path, a.status)
		}
		head := b.do(httptest.NewRequest("HEAD", path, nil))
		if head.status != 200 || head.body != "" || head.header.Get("Content-Length") != fmt.Sprint(size) || head.header.Get("ETag") != tag {
			t.Errorf("HEAD %s: %d, %d bytes, %v", path, head.status, len(head.body), head.header)
		}
	}
	plain, packed := get("/data/wards/v/1/wards.csv"), get("/data/wards/v/1/wards.csv", "Accept-Encoding", "br, gzip")
	z, err := gzip.NewReader(strings.NewReader(packed.body))
	if err != nil || packed.header.Get("Content-Encoding") != "gzip" || packed.header.Get("ETag") == plain.header.Get("ETag") || !strings.Contains(strings.Join(packed.header.Values("Vary"), ","), "Accept-Encoding") {
		t.Fatalf("%v, %v", err, packed.header)
	}
	if raw, err := io.ReadAll(z); err != nil || string(raw) != plain.body {
		t.Errorf("packed on the way it is another table: %v", err)
	}
	if a := get("/data/wards/latest.csv"); a.status != 302 || a.to != "/data/wards/v/1/wards.csv" {
		t.Errorf("the newest: %d %s", a.status, a.to)
	}
	var schema struct {
		Fields []struct{ Name, Title string }
	}
	if a := get("/data/wards/v/1/schema.json", "Accept-Language", "en"); json.Unmarshal([]byte(a.body), &schema) != nil || len(schema.Fields) != 9 || schema.Fields[4].Title != "People" {
		t.Errorf("schema: %s", a.body)
	}
}

// TestAVersionStaysAsItIs whatever comes after it, and can be told from its neighbour.
func TestAVersionStaysAsItIs(t *testing.T) {
	d := publishing(t)
	d.publish("wards")
	b := d.browser()
	before := b.get("/data/wards/v/1/wards.csv")
	d.rewards(grew)
	if after := b.get("/data/wards/v/1/wards.csv"); after.body != before.body || after.header.Get("ETag") != before.header.Get("ETag") {
		t.Error("version 1 is another one")
	}
	if a := b.get("/data/wards/latest.csv"); a.to != "/data/wards/v/2/wards.csv" {
		t.Errorf("the newest is %s", a.to)
	}
	rows, err := csv.NewReader(strings.NewReader(b.get("/data/wards/v/2/diff.csv").body)).ReadAll()
	if err != nil || len(rows) != 5 || rows[0][0] != "change" || len(rows[0]) != 10 {
		t.Fatalf("%v, %v", err, rows)
	}
	kinds := map[string]string{}
	for _, r := range rows[1:] {
		kinds[r[0]] = r[1] + " " + r[5]
	}
	for kind, says := range map[string]string{"added": "W09 4485", "removed": "W08 4485", "before": "W01 5120", "after": "W01 5121"} {
		if kinds[kind] != says {
			t.Errorf("%s: %q, want %q", kind, kinds[kind], says)
		}
	}
	if err := d.flow.Data().Withdraw(t.Context(), policy.Actor{Person: "p", Grants: []policy.Grant{{Role: policy.Supervisor, Organisation: "planning"}}},
		flow.WithdrawDataset{Dataset: "wards", Number: 1, Reason: "It named a person", Key: "k"}); err != nil {
		t.Fatal(err)
	}
	if a := b.get("/data/wards/v/1"); a.status != 200 || !strings.Contains(a.body, "It named a person") || strings.Contains(a.body, "Orchard") {
		t.Errorf("a withdrawn version: %d %s", a.status, text(a.body))
	}
	for path, status := range map[string]int{"/data/wards/v/1/wards.csv": 410, "/data/wards/v/2/wards.csv": 200, "/data/wards/v/2/diff": 404, "/data/wards/versions": 200, "/data/wards": 200} {
		if a := b.get(path); a.status != status {
			t.Errorf("%s: %d, want %d", path, a.status, status)
		}
	}
}

// TestFacetsCountWhatTheyFind: choosing a value finds as many datasets as it says, whatever else is chosen.
func TestFacetsCountWhatTheyFind(t *testing.T) {
	d := publishing(t)
	d.publish("wards", "premises-licences", "food-businesses", "business-properties", "premises-register")
	r := view.Reader{P: d.flow.Words.For("en")}
	find := func(q view.DataQuery) view.DataList {
		list, err := d.view.Data().Find(t.Context(), r, q)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	looked := 0
	for _, words := range []string{"", "food", "licence"} {
		for _, first := range find(view.DataQuery{Words: words}).Facets {
			for _, value := range first.Values {
				chosen := map[string]string{first.ID: value.Value}
				if got := find(view.DataQuery{Words: words, Chosen: chosen}).Found; got != value.Count {
					t.Errorf("%q, %v: said %d, found %d", words, chosen, value.Count, got)
				}
				for _, second := range find(view.DataQuery{Words: words, Chosen: chosen}).Facets {
					for _, other := range second.Values {
						both := map[string]string{first.ID: value.Value}
						both[second.ID] = other.Value
						if got := find(view.DataQuery{Words: words, Chosen: both}).Found; got != other.Count {
							t.Errorf("%q, %v: said %d, found %d", words, both, other.Count, got)
						}
						looked++
					}
				}
			}
		}
	}
	if looked < 100 {
		t.Errorf("only %d combinations were looked at", looked)
	}
}

func TestDataIsFoundByEverydayWords(t *testing.T) {
	d := publishing(t)
	d.publish("wards", "premises-licences", "food-businesses", "business-properties")
	for _, c := range []struct{ lang, words, first string }{
		{"en", "population", "wards"}, {"en", "councillors", "wards"}, {"en", "postcode_district", "wards"}, {"en", "premises licences", "premises-licences"},
		{"ar", "سكان", "wards"}, {"en", "restaurants food", "food-businesses"}, {"en", "populaton", "wards"},
	} {
		list, err := d.view.Data().Find(t.Context(), view.Reader{P: d.flow.Words.For(c.lang)}, view.DataQuery{Words: c.words})
		if err != nil || len(list.Lines) == 0 || list.Lines[0].ID != c.first {
			t.Errorf("%q finds %v, %v; want %s first", c.words, list.Lines, err, c.first)
		}
	}
}

// TestFeeds holds feeds to what RFC 4287 asks of every feed and entry.
func TestFeeds(t *testing.T) {
	d := publishing(t)
	d.publish("wards", "premises-licences")
	d.rewards(grew)
	type link struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	}
	b := d.browser()
	for path, most := range map[string]int{"/data/feed.atom": 3, "/data/wards/feed.atom": 2} {
		a := b.get(path)
		decoder := xml.NewDecoder(strings.NewReader(a.body))
		decoder.Strict = true
		var feed struct {
			XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
			ID      string   `xml:"http://www.w3.org/2005/Atom id"`
			Title   string   `xml:"http://www.w3.org/2005/Atom title"`
			Updated string   `xml:"http://www.w3.org/2005/Atom updated"`
			Author  []struct {
				Name string `xml:"http://www.w3.org/2005/Atom name"`
			} `xml:"http://www.w3.org/2005/Atom author"`
			Links   []link `xml:"http://www.w3.org/2005/Atom link"`
			Entries []struct {
				ID      string `xml:"http://www.w3.org/2005/Atom id"`
				Title   string `xml:"http://www.w3.org/2005/Atom title"`
				Updated string `xml:"http://www.w3.org/2005/Atom updated"`
				Links   []link `xml:"http://www.w3.org/2005/Atom link"`
			} `xml:"http://www.w3.org/2005/Atom entry"`
		}
		if err := decoder.Decode(&feed); err != nil || a.status != 200 || a.header.Get("Content-Type") != "application/atom+xml; charset=utf-8" {
			t.Fatalf("%s: %d, %v, %v", path, a.status, a.header, err)
		}
		self := ""
		for _, l := range feed.Links {
			if l.Rel == "self" {
				self = l.Href
			}
		}
		if feed.ID != "http://test"+path || self != "http://test"+path || feed.Title == "" || len(feed.Author) != 1 || feed.Author[0].Name == "" || len(feed.Entries) != most {
			t.Errorf("%s: %+v", path, feed)
		}
		seen, newest := map[string]bool{}, ""
		for i, e := range feed.Entries {
			if _, err := time.Parse(time.RFC3339, e.Updated); err != nil || e.ID == "" || seen[e.ID] || e.Title == "" || len(e.Links) == 0 || i > 0 && e.Updated > feed.Entries[i-1].Updated {
				t.Errorf("%s: %+v", path, e)
			}
			seen[e.ID] = true
			newest = max(newest, e.Updated)
			for _, l := range e.Links {
				if got := b.get(strings.TrimPrefix(l.Href, "http://test")); got.status != 200 {
					t.Errorf("%s leads to %s: %d", path, l.Href, got.status)
				}
			}
		}
		if feed.Updated != newest {
			t.Errorf("%s was updated %s, its newest entry %s", path, feed.Updated, newest)
		}
	}
}

func TestAQuestionIsAnsweredInPublic(t *testing.T) {
	d := publishing(t)
	d.publish("wards")
	for email, organisation := range map[string]string{"paula@test.example": "planning", "lena@test.example": "licensing"} {
		if _, err := d.flow.AddStaff(t.Context(), stoaItself, flow.AddStaff{Name: "Paula Planner", Email: email, Language: "en", Grants: []policy.Grant{{Role: policy.Officer, Organisation: organisation}}}); err != nil {
			t.Fatal(err)
		}
	}
	stranger, asker := d.browser(), d.browser()
	if a := stranger.get("/data/wards/ask"); a.status != 303 || !strings.HasPrefix(a.to, "/sign-in?to=%2Fdata%2Fwards%2Fask") {
		t.Errorf("a stranger asks: %d %s", a.status, a.to)
	}
	asker.signIn("curious@example.org")
	ask := func(words string) answer {
		return asker.post("/data/wards/ask", v("form-key", key(asker.get("/data/wards/ask").body), "text", words))
	}
	for _, bad := range []string{"", "   ", strings.Repeat("x", 2001)} {
		if a := ask(bad); a.status != 422 {
			t.Errorf("asking %.10q: %d", bad, a.status)
		}
	}
	form := v("form-key", key(asker.get("/data/wards/ask").body), "text", "Is W05 with the new homes?")
	for range 2 { // a form that comes twice asks once
		if a := asker.post("/data/wards/ask", form); a.status != 303 {
			t.Fatalf("asking: %d %s", a.status, text(a.body))
		}
	}
	if a := stranger.get("/data/wards/questions"); strings.Contains(a.body, "new homes") {
		t.Error("it is shown before anybody has looked at it")
	}
	paula, lena := d.staff("paula@test.example"), d.staff("lena@test.example")
	if waiting, _, err := d.view.Data().ToAnswer(t.Context(), lena); err != nil || len(waiting) != 0 {
		t.Errorf("another organisation sees %v, %v", waiting, err)
	}
	waiting, _, err := d.view.Data().ToAnswer(t.Context(), paula)
	if err != nil || len(waiting) != 1 || waiting[0].Text != "Is W05 with the new homes?" {
		t.Fatalf("the officer sees %v, %v", waiting, err)
	}
	keys := 0
	look := func(who view.Reader, do, text string) fault.Kind {
		keys++
		return fault.KindOf(d.flow.Data().LookAt(t.Context(), who.Actor, flow.LookAtQuestion{Question: waiting[0].ID, Do: do, Text: text, Key: fmt.Sprint("k", keys)}))
	}
	for _, who := range []view.Reader{lena, d.staff("curious@example.org"), {P: paula.P}} {
		if kind := look(who, flow.AnswerQuestion, "No"); kind != fault.Forbidden && kind != fault.Unauthenticated {
			t.Errorf("%s answers: %v", who.Actor.Name, kind)
		}
		if _, err := d.view.Data().ToLookAt(t.Context(), who, waiting[0].ID); err == nil {
			t.Errorf("%s looks at it", who.Actor.Name)
		}
	}
	for _, bad := range [][2]string{{"", ""}, {flow.AnswerQuestion, ""}, {flow.HideQuestion, ""}, {"erase", "x"}, {flow.AnswerQuestion, strings.Repeat("x", 2001)}} {
		if kind := look(paula, bad[0], bad[1]); kind != fault.Invalid {
			t.Errorf("%.20q: %v", bad, kind)
		}
	}
	must := func(do, text string) {
		t.Helper()
		keys++
		if err := d.flow.Data().LookAt(t.Context(), paula.Actor, flow.LookAtQuestion{Question: waiting[0].ID, Do: do, Text: text, Key: fmt.Sprint("k", keys)}); err != nil {
			t.Fatal(err)
		}
	}
	says := func(yes, no string) {
		t.Helper()
		body := stranger.get("/data/wards/questions").body
		if yes != "" && !strings.Contains(body, yes) || no != "" && strings.Contains(body, no) || strings.Contains(body, "curious") || strings.Contains(body, "Paula") {
			t.Errorf("want %q, not %q: %s", yes, no, text(body))
		}
	}
	must(flow.ShowQuestion, "")
	says("new homes", "Yes, since May.")
	must(flow.AnswerQuestion, "Yes, since May.")
	says("Yes, since May.", "")
	if a := stranger.get("/data/wards"); !strings.Contains(a.body, "Yes, since May.") {
		t.Error("the page of the data does not show the answer")
	}
	must(flow.HideQuestion, "It names a person.")
	says("It names a person.", "new homes")
	told := map[string]bool{}
	for _, m := range d.mails() {
		told[m.Title] = true
	}
	for _, title := range []string{"A question about your data: Wards of Greenvale", "Your question is shown: Wards of Greenvale", "Your question has been answered: Wards of Greenvale", "Your question is not shown: Wards of Greenvale"} {
		if !told[title] {
			t.Errorf("no mail says %q: %v", title, told)
		}
	}
	for i := range 12 {
		a := ask(fmt.Sprintf("Question %d?", i))
		if want := map[bool]int{true: 303, false: 422}[i < 9]; a.status != want {
			t.Errorf("question %d of the day: %d", i+2, a.status)
		}
	}
}

func TestSubscribersAreTold(t *testing.T) {
	d := publishing(t)
	d.publish("wards", "premises-licences")
	d.work()
	reader, all, stranger := d.browser(), d.browser(), d.browser()
	if a := stranger.post("/data/wards/follow", v("form-key", "s", "by", "mail")); a.status != 303 || !strings.HasPrefix(a.to, "/sign-in") {
		t.Errorf("a stranger subscribes: %d %s", a.status, a.to)
	}
	reader.signIn("reader@example.org")
	all.signIn("all@example.org")
	for range 2 {
		if a := reader.post("/data/wards/follow", v("form-key", key(reader.get("/data/wards/follow").body), "by", "mail")); a.status != 303 {
			t.Fatalf("subscribing: %d %s", a.status, text(a.body))
		}
	}
	for _, path := range []string{"/data/follow", "/data/wards/follow"} { // who follows all and one is told once
		if a := all.post(path, v("form-key", "a"+url.QueryEscape(path), "by", "mail")); a.status != 303 {
			t.Fatalf("subscribing to all: %d", a.status)
		}
	}
	if a := reader.get("/account/data"); !strings.Contains(a.body, "Wards of Greenvale") || strings.Count(a.body, `name="subscription"`) != 1 {
		t.Errorf("followed: %s", text(a.body))
	}
	mails := func() (to map[string]view.Mail, n int) {
		to = map[string]view.Mail{}
		for _, m := range d.mails() {
			if strings.HasPrefix(m.Title, "New data: ") {
				to[m.To] = m
				n++
			}
		}
		return to, n
	}
	d.rewards(grew)
	d.work()
	to, n := mails()
	m := to["reader@example.org"]
	if n != 2 || to["all@example.org"].Title == "" || m.Title != "New data: Wards of Greenvale, version 2" || !strings.Contains(m.Text, "Rows added: 1. Taken away: 1. Changed: 1.") {
		t.Fatalf("%d mails: %+v", n, to)
	}
	at := m.Text[strings.Index(m.Text, "http://test/unsubscribe/")+len("http://test"):]
	at, _, _ = strings.Cut(at, "\n")
	if a := stranger.get(at); a.status != 200 || !strings.Contains(a.body, "End the e-mails") {
		t.Errorf("opening the link: %d", a.status)
	}
	if a := stranger.post(at[:len(at)-1]+"x", v("List-Unsubscribe", "One-Click")); a.status == 200 {
		t.Errorf("a wrong pass ends it: %d", a.status)
	}
	if a := reader.get("/account/data"); !strings.Contains(a.body, "Wards of Greenvale") {
		t.Error("opening the link, or a wrong pass, has ended it")
	}
	r := httptest.NewRequest("POST", at, strings.NewReader("List-Unsubscribe=One-Click")) // as mail programs do: no cookies, no origin
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for range 2 {
		if a := d.browser().do(r.Clone(t.Context())); a.status != 200 {
			t.Errorf("ending it by one click: %d", a.status)
		}
	}
	d.rewards(strings.NewReplacer("5120", "5122"))
	d.work()
	if _, n := mails(); n != 3 {
		t.Errorf("%d mails, want one more, to the other one only", n)
	}
	line := all.get("/account/data").body
	id := strings.SplitN(strings.SplitN(line, `name="subscription" value="`, 2)[1], `"`, 2)[0]
	if a := reader.post("/account/data", v("form-key", "x", "subscription", id)); a.status == 303 {
		t.Error("somebody ends what is another's")
	}
	if a := all.post("/account/data", v("form-key", "y", "subscription", id)); a.status != 303 {
		t.Errorf("ending one's own: %d", a.status)
	}
}

func TestAWebhookIsCalled(t *testing.T) {
	d := publishing(t)
	d.publish("wards")
	d.work()
	var bodies [][]byte
	var signatures []string
	fails := 1
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies, signatures = append(bodies, body), append(signatures, r.Header.Get("Stoa-Signature"))
		if fails > 0 {
			fails--
			w.WriteHeader(500)
		}
	}))
	defer server.Close()
	b := d.browser()
	b.signIn("dev@example.org")
	post := func(address string) answer {
		return b.post("/data/wards/follow", v("form-key", key(b.get("/data/wards/follow").body), "by", "webhook", "url", address))
	}
	for _, bad := range []string{"", "x", "ftp://a.example/", "https://", "https://user:pw@a.example/", "javascript:alert(1)"} {
		if a := post(bad); a.status != 422 {
			t.Errorf("%q: %d", bad, a.status)
		}
	}
	shown := post(server.URL + "/hook")
	secret := text(shown.body)
	if i := strings.Index(secret, "shown only now. "); shown.status != 200 || i < 0 {
		t.Fatalf("%d, %s", shown.status, text(shown.body))
	} else {
		secret, _, _ = strings.Cut(secret[i+len("shown only now. "):], " ")
	}
	if a := post(server.URL + "/hook"); a.status != 303 {
		t.Errorf("the same address again: %d", a.status)
	}
	d.rewards(grew)
	if _, err := d.jobs.RunDue(t.Context()); err == nil {
		t.Error("a call that failed is nobody's matter")
	}
	d.clock.Advance(time.Hour)
	d.work()
	if len(bodies) != 2 {
		t.Fatalf("called %d times", len(bodies))
	}
	var said struct {
		Event, Dataset, SHA256, CSV string
		Version                     int
	}
	at, signature, _ := strings.Cut(strings.TrimPrefix(signatures[1], "t="), ",v1=")
	if err := json.Unmarshal(bodies[1], &said); err != nil || hook.Signature(secret, at, bodies[1]) != signature || !bytes.Equal(bodies[0], bodies[1]) {
		t.Fatalf("%v, %s, %s", err, bodies[1], signatures[1])
	}
	csv := b.get(strings.TrimPrefix(said.CSV, "http://test"))
	if sum := sha256.Sum256([]byte(csv.body)); said.Event != "dataset.published" || said.Version != 2 || said.SHA256 != hex.EncodeToString(sum[:]) {
		t.Errorf("%+v", said)
	}
}
