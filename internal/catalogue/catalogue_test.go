package catalogue

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
)

func date(t testing.TB, text string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseISO(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const site = "https://services.town.example"

var (
	town = Agent{URI: site + "/contact#government", Name: i18n.Text{"en": "Town", "ar": "البلدة"}, Email: "help@town.example", Phone: "+44 1632 960 100",
		Page: site + "/contact", Hours: i18n.Text{"en": "9 to 5"}}
	owner = Agent{URI: site + "/contact#licensing", Name: i18n.Text{"en": `The "Licensing" office`}, Email: "licensing@town.example"}
	area  = Place{URI: site + "/contact#area", Name: town.Name}
)

// sample is a catalogue with everything that one can hold. Its golden forms are held against the shapes of DCAT-AP in
// test/standards.
func sample(t testing.TB) Catalogue {
	at := func(day int) time.Time { return time.Date(2026, 3, day, 6, 0, 0, 0, time.UTC) }
	version := func(n int, note string) Version {
		url := site + "/data/premises/v/" + string(rune('0'+n))
		v := Version{Number: n, URL: url, At: at(n), Note: note, Rows: 10, Schema: url + "/schema.json"}
		for _, f := range []string{"csv", "csv.gz", "jsonl", "parquet", "geojson"} {
			v.Files = append(v.Files, File{Format: f, URL: url + "/premises." + f})
		}
		v.Files[0].Bytes, v.Files[0].SHA256 = 1234, strings.Repeat("ab", 32)
		return v
	}
	cc := Licence{ID: "CC-BY-4.0", Title: "Creative Commons Attribution 4.0", URI: "http://publications.europa.eu/resource/authority/licence/CC_BY_4_0"}
	premises := Dataset{
		ID: "premises", URL: site + "/data/premises", Title: i18n.Text{"en": "Premises", "ar": "الأماكن"}, Summary: i18n.Text{"en": "Line one\n\nLine \"two\" \\ three", "ar": "سطر"},
		Keywords: map[string][]string{"en": {"shop", "pub"}, "ar": {"متجر"}}, Themes: []string{"GOVE", "ECON"}, Frequency: "MONTHLY", Licence: cc, Owner: owner, Place: area,
		From: date(t, "2020-01-01"), Until: date(t, "2026-02-28"), Law: &Source{ID: "act", Title: i18n.Text{"en": "Licensing Act 2003, section 8"}, URL: "https://law.example/2003/17"},
		Columns: []Column{{ID: "number", Title: i18n.Text{"en": "Number"}}, {ID: "fee", Title: i18n.Text{"en": "Fee"}, About: i18n.Text{"en": "What was paid </script>"}, Unit: "GBP"}},
		Issued:  at(1), Versions: []Version{version(3, "two more"), version(2, ""), version(1, "first")},
	}
	counts := Dataset{ID: "food-statistics", URL: site + "/data/food-statistics", Title: i18n.Text{"en": "Food"}, Summary: i18n.Text{"en": "Counts"}, Themes: []string{"GOVE"},
		Frequency: "MONTHLY", Licence: cc, Owner: town, Place: area, Series: "statistics", Issued: at(4),
		Versions: []Version{{Number: 1, URL: site + "/data/food-statistics/v/1", At: at(4), Rows: 1, Schema: site + "/data/food-statistics/v/1/schema.json",
			Files: []File{{Format: "csv", URL: site + "/data/food-statistics/v/1/food-statistics.csv", Bytes: 9, SHA256: strings.Repeat("01", 32)}}}}}
	return Catalogue{
		URL: site + "/data", Title: i18n.Text{"en": "Open data"}, Summary: i18n.Text{"en": "What there is"}, Homepage: site + "/data", Languages: []string{"en", "ar", "en-GB", "tlh"},
		Publisher: town, Place: area, Licence: cc, Issued: at(1), Modified: at(4),
		API:      API{URL: site + "/api/3", Asked: site + "/api/3/action/", About: "https://docs.ckan.org/en/latest/api/", Title: i18n.Text{"en": "For programs"}, Summary: i18n.Text{"en": "Ask"}},
		Series:   []Series{{ID: "statistics", URL: site + "/data#statistics", Title: i18n.Text{"en": "Statistics"}, Summary: i18n.Text{"en": "Counts"}, Frequency: "MONTHLY"}},
		Themes:   []Theme{{"GOVE", i18n.Text{"en": ThemeTitle("GOVE"), "ar": "الحكومة"}}, {"ECON", i18n.Text{"en": ThemeTitle("ECON")}}},
		Datasets: []Dataset{premises, counts},
	}
}

// services is the same of services, for the shapes of CPSV-AP.
func services() Services {
	topic := Topic{ID: "food", URL: site + "/topics/food", Title: i18n.Text{"en": "Food"}, Summary: i18n.Text{"en": "About food"}}
	event := Topic{ID: "opening", URL: site + "/life-events/opening", Title: i18n.Text{"en": "Opening"}, Summary: i18n.Text{"en": "Before you open"}, Business: true}
	return Services{
		URL: site + "/services", Title: i18n.Text{"en": "Services"}, Summary: i18n.Text{"en": "All of them"}, Languages: []string{"en", "ar"}, Publisher: town, Place: area,
		Services: []Service{{
			ID: "licence", URL: site + "/services/licence", Title: i18n.Text{"en": "Licence", "ar": "رخصة"}, Summary: i18n.Text{"en": "To sell"}, Who: i18n.Text{"en": "Anybody of age"},
			Keywords: map[string][]string{"en": {"pub"}}, Owner: owner, Topics: []Topic{topic}, Events: []Topic{event},
			Needs:  []Need{{Title: i18n.Text{"en": "A plan"}, Evidence: i18n.Text{"en": "A drawing"}, Law: "act"}, {Title: i18n.Text{"en": "Age"}, Law: "none"}},
			Laws:   []Source{{ID: "act", Title: i18n.Text{"en": "Act, section 17"}, URL: "https://law.example/2003/17"}, {ID: "custom", Title: i18n.Text{"en": "Custom"}}},
			Output: i18n.Text{"en": "Premises licence"}, Costs: []Cost{{ID: "fee", Title: i18n.Text{"en": "Fee"}, Amount: "21.50"}, {ID: "more", Title: i18n.Text{"en": "More"}}}, Currency: "GBP",
			Channels: []Channel{{Kind: "web", Title: i18n.Text{"en": "Online"}, URL: site + "/services/licence"}, {Kind: "desk", Title: i18n.Text{"en": "Here"}}}, Days: 28,
		}, {ID: "bare", URL: site + "/services/bare", Title: i18n.Text{"en": "Bare"}, Summary: i18n.Text{"en": "Nothing more"}, Owner: town}},
	}
}

func TestSamplesAsGolden(t *testing.T) {
	for name, g := range map[string]*Graph{"data": sample(t).Graph(), "services": services().Graph()} {
		linked, err := g.JSONLD()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".ttl", g.Turtle())
		golden(t, name+".jsonld", linked)
	}
}

func TestSchemaOrg(t *testing.T) {
	d := sample(t).Datasets[0]
	raw, err := SchemaDataset(d, "ar")
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(string(raw), "<>&") {
		t.Error("it could end the script element that it stands in")
	}
	var got map[string]any
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"@type": "Dataset", "name": "الأماكن", "version": "3", "license": d.Licence.URI, "temporalCoverage": "2020-01-01/2026-02-28", "@id": d.URL}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s is %v, want %v", k, got[k], v)
		}
	}
	if files := got["distribution"].([]any); len(files) != 5 || files[0].(map[string]any)["sha256"] != strings.Repeat("ab", 32) {
		t.Errorf("files: %v", files)
	}
	raw, err = SchemaService(services().Services[0], area, "en")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	offers := got["offers"].([]any)
	if got["@type"] != "GovernmentService" || len(offers) != 1 || offers[0].(map[string]any)["price"] != "21.50" {
		t.Errorf("service: %s", raw)
	}
}

func TestNoValueEndsWhatItStandsIn(t *testing.T) {
	g := &Graph{}
	g.Add(IRI("http://a.example/> a <http://evil.example/"), "dct:title", Typed("1 . <x> <y> <z>", "xsd:integer"), In("\"@en . <x> <y> <z> . #\n", "en"))
	n := strings.Count(string(g.Turtle()), "\n")
	if n != strings.Count("@prefix dct\n@prefix xsd\n\nsubject\nsecond\n", "\n") {
		t.Errorf("a value was read as Turtle:\n%s", g.Turtle())
	}
}
