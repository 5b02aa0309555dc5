package ocds_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stoa/internal/fault"
	"stoa/internal/money"
	"stoa/internal/ocds"
)

var update = flag.Bool("update", false, "write the golden files anew")

var publisher = ocds.Publisher{
	Prefix: "ocds-g7v4le", Name: "Greenvale Council", URI: "https://services.greenvale.example/",
	Licence: "https://creativecommons.org/licenses/by/4.0/", Policy: "https://services.greenvale.example/money/about", Languages: []string{"en", "ar"},
}

const at = "https://services.greenvale.example/money/ocds/"

func day(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func gbp(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "GBP"} }

// example is a contract with all that can be known of one.
func example() ocds.Process {
	return ocds.Process{
		ID: "C-2026-00001", Registered: day("2026-03-02T10:15:00Z"),
		Title:       ocds.Text{"en": "Cleaning of the market square", "ar": "تنظيف ساحة السوق"},
		Description: ocds.Text{"en": "Every day before the market opens."},
		Buyer:       ocds.Party{ID: "licensing", Name: "Greenvale Licensing"},
		Supplier:    ocds.Party{ID: "S-00001", Name: "Cobble & Broom Ltd", Identifier: ocds.Identifier{Scheme: "GB-COH", ID: "09990001"}},
		Budget: &ocds.Budget{ID: "2026/markets-cleaning", Title: ocds.Text{"en": "Cleaning of markets", "ar": "تنظيف الأسواق"}, Amount: gbp(6_000_000),
			URI: "https://services.greenvale.example/money/budget/2026/markets-cleaning"},
		Tender: &ocds.Tender{Method: "open", Category: "services", Tenderers: 4, Value: gbp(5_000_000),
			Reason: ocds.Text{"en": "Above the threshold of the standing orders."}},
		Value: gbp(4_800_000), Signed: day("2026-02-27T00:00:00Z"), Begins: day("2026-04-01T00:00:00Z"), Ends: day("2027-03-31T00:00:00Z"),
		Documents: []ocds.Document{{ID: "1", Type: "contractSigned", Title: ocds.Text{"en": "The contract"}, URL: "https://services.greenvale.example/documents/1.pdf",
			Published: day("2026-03-02T10:15:00Z"), Format: "application/pdf"}},
		Amendments: []ocds.Amendment{
			{ID: "1", At: day("2026-06-01T09:00:00Z"), Reason: ocds.Text{"en": "The square was enlarged."}, Value: gbp(5_250_000)},
			{ID: "2", At: day("2026-09-01T09:00:00Z"), Reason: ocds.Text{"en": "Three months longer."}, Value: gbp(6_500_000), Ends: day("2027-06-30T00:00:00Z")},
		},
		Payments: []ocds.Payment{
			{ID: "P-2026-00007", At: day("2026-05-04T00:00:00Z"), Amount: gbp(400_000), URI: "https://services.greenvale.example/money/payments/P-2026-00007", Source: at + "releases.json"},
			{ID: "P-2026-00019", At: day("2026-06-03T00:00:00Z"), Amount: gbp(437_550), URI: "https://services.greenvale.example/money/payments/P-2026-00019", Source: at + "releases.json"},
		},
		Ended: day("2027-07-01T08:00:00Z"),
	}
}

// least is a contract of which almost nothing is known, with a supplier who is not named.
func least() ocds.Process {
	return ocds.Process{ID: "C-2026-00002", Registered: day("2026-03-05T10:00:00Z"), Title: ocds.Text{"en": "Portrait of the mayor"},
		Buyer: ocds.Party{ID: "culture", Name: "Culture"}, Supplier: ocds.Party{ID: "C-2026-00002-supplier", Name: "A private person"},
		Value: gbp(90_000), Signed: day("2026-03-01T00:00:00Z")}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; run with -update and read the difference", name)
	}
}

func TestReleases(t *testing.T) {
	raw, err := publisher.Releases(at+"releases.json", []ocds.Process{example(), least()})
	if err != nil {
		t.Fatal(err)
	}
	s := schema(t, "release-package-schema.json")
	if err := valid(t, s, raw); err != nil {
		t.Error(err)
	}
	golden(t, "releases.json", raw)
	if s == nil {
		return
	}
	for what, change := range map[string][2]string{
		"a tag that is none":      {`"implementation"`, `"paid"`},
		"a day that is none":      {`"2026-05-04T00:00:00Z"`, `"4 May 2026"`},
		"an amount in words":      {`"amount": 4000.00`, `"amount": "4000.00"`},
		"a currency that is none": {`"currency": "GBP"`, `"currency": "PND"`},
		"a package of nowhere":    {`"uri": "` + at, `"uri": "`},
	} {
		if !bytes.Contains(raw, []byte(change[0])) {
			t.Fatalf("%s: nothing to change", what)
		}
		if valid(t, s, bytes.Replace(raw, []byte(change[0]), []byte(change[1]), 1)) == nil {
			t.Errorf("%s passes", what)
		}
	}
}

func TestRecords(t *testing.T) {
	raw, err := publisher.Records(at+"records.json", at+"releases.json", []ocds.Process{example(), least()})
	if err != nil {
		t.Fatal(err)
	}
	if err := valid(t, schema(t, "record-package-schema.json"), raw); err != nil {
		t.Error(err)
	}
	golden(t, "records.json", raw)
}

func TestNothingIsNoPackage(t *testing.T) {
	_, err := publisher.Releases(at, nil)
	_, other := publisher.Records(at, at, nil)
	if fault.KindOf(err) != fault.NotFound || fault.KindOf(other) != fault.NotFound {
		t.Error(err, other)
	}
}

func TestPrefix(t *testing.T) {
	for p, want := range map[string]bool{"ocds-213czf": true, "ocds-213CZF": false, "213czf": false, "ocds-213cz": false, "ocds-213czf-": false, "": false} {
		if ocds.ValidPrefix(p) != want {
			t.Errorf("%q: %v", p, !want)
		}
	}
	if id := publisher.ProcessID(publisher.OCID("C-1")); id != "C-1" {
		t.Error(id)
	}
	if id := publisher.ProcessID("ocds-213czf-C-1"); id != "" {
		t.Error(id)
	}
}

// merge is the standard's own rule, without its exceptions that we need not: members of objects one by one, objects of
// lists by their id, everything else by the newer.
func merge(old, fresh any) any {
	switch f := fresh.(type) {
	case map[string]any:
		o, _ := old.(map[string]any)
		all := map[string]any{}
		for k, v := range o {
			all[k] = v
		}
		for k, v := range f {
			all[k] = merge(all[k], v)
		}
		return all
	case []any:
		o, _ := old.([]any)
		if len(f) > 0 {
			if _, objects := f[0].(map[string]any); !objects {
				return f
			}
		}
		all := slices.Clone(o)
		for _, v := range f {
			id := v.(map[string]any)["id"]
			i := slices.IndexFunc(all, func(x any) bool { return x.(map[string]any)["id"] == id })
			if i < 0 {
				all = append(all, merge(nil, v))
				continue
			}
			all[i] = merge(all[i], v)
		}
		return all
	}
	return fresh
}

func decode(t *rapid.T, raw []byte, err error) map[string]any {
	var doc map[string]any
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		err = d.Decode(&doc)
	}
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// drawn is any contract.
func drawn(t *rapid.T) ocds.Process {
	c := example()
	if rapid.Bool().Draw(t, "least") {
		c = least()
	}
	if rapid.Bool().Draw(t, "no tender") {
		c.Tender = nil
	}
	if rapid.Bool().Draw(t, "no budget") {
		c.Budget = nil
	}
	c.Amendments, c.Payments, c.Ended = nil, nil, time.Time{}
	moment := func(label string) time.Time {
		return c.Registered.Add(time.Duration(rapid.IntRange(0, 50).Draw(t, label)) * time.Hour)
	}
	var amended, paid []time.Time
	for range rapid.IntRange(0, 4).Draw(t, "amendments") {
		amended = append(amended, moment("amended"))
	}
	for range rapid.IntRange(0, 6).Draw(t, "payments") {
		paid = append(paid, moment("paid"))
	}
	slices.SortFunc(amended, time.Time.Compare)
	slices.SortFunc(paid, time.Time.Compare)
	for i, m := range amended {
		a := ocds.Amendment{ID: fmt.Sprint(i + 1), At: m, Reason: ocds.Text{"en": "Because."}}
		if rapid.Bool().Draw(t, "value") {
			a.Value = gbp(rapid.Int64Range(0, 1e12).Draw(t, "to"))
		}
		if rapid.Bool().Draw(t, "ends") {
			a.Ends = moment("until")
		}
		c.Amendments = append(c.Amendments, a)
	}
	for i, m := range paid {
		c.Payments = append(c.Payments, ocds.Payment{ID: fmt.Sprint("P", i+1), At: m, Amount: gbp(rapid.Int64Range(-1e6, 1e12).Draw(t, "amount"))})
	}
	if rapid.Bool().Draw(t, "ended") {
		c.Ended = c.Registered.Add(100 * time.Hour)
	}
	return c
}

// TestRecordIsWhatItsReleasesComeTo holds the compiled release to the releases, merged by the standard's rule.
func TestRecordIsWhatItsReleasesComeTo(t *testing.T) {
	s, r := schema(t, "release-package-schema.json"), schema(t, "record-package-schema.json")
	rapid.Check(t, func(rt *rapid.T) {
		c := drawn(rt)
		releases, err := publisher.Releases(at+"releases.json", []ocds.Process{c})
		all := decode(rt, releases, err)["releases"].([]any)
		records, err := publisher.Records(at+"records.json", at+"releases.json", []ocds.Process{c})
		record := decode(rt, records, err)["records"].([]any)[0].(map[string]any)
		if err := valid(t, s, releases); err != nil {
			rt.Fatal(err)
		}
		if err := valid(t, r, records); err != nil {
			rt.Fatal(err)
		}
		var merged any
		ids := map[any]bool{}
		for i, one := range all {
			o := one.(map[string]any)
			if ids[o["id"]] || strings.Contains(o["id"].(string), "#") {
				rt.Fatalf("release id %v", o["id"])
			}
			ids[o["id"]] = true
			link := record["releases"].([]any)[i].(map[string]any)
			if link["url"] != at+"releases.json#"+o["id"].(string) || !reflect.DeepEqual(link["tag"], o["tag"]) || link["date"] != o["date"] {
				rt.Fatalf("link %v for %v", link, o["id"])
			}
			merged = merge(merged, one)
		}
		want, got := merged.(map[string]any), record["compiledRelease"].(map[string]any)
		for _, omitted := range []string{"id", "date", "tag"} {
			delete(want, omitted)
			delete(got, omitted)
		}
		if !reflect.DeepEqual(want, got) {
			a, _ := json.MarshalIndent(want, "", " ")
			b, _ := json.MarshalIndent(got, "", " ")
			rt.Fatalf("merged:\n%s\ncompiled:\n%s", a, b)
		}
	})
}
