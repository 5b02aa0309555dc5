package desk_test

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/view"
	"stoa/jurisdictions"
)

// secrets is a register with a field for every kind of reader. Each says what nobody else's does.
const secrets = `register: secrets
title: {en: Register of secrets, ar: سجل الأسرار}
record: {en: Secret, ar: سر}
organisation: licensing
public: true
label: place
number: "X-{seq:3}"
correct: one
privacy:
  keeping: {purpose: {en: To keep it, ar: لحفظه}, law: {title: Secrets Act}, keep: always}
fields:
  - {id: place, title: {en: Place, ar: مكان}, type: text, public: true, key: true}
  - {id: inner, title: {en: Inner, ar: داخلي}, type: text, key: true}
  - {id: boss, title: {en: Boss, ar: مدير}, type: text, key: true, see: [supervisor]}
  - {id: police, title: {en: Police, ar: شرطة}, type: text, key: true, see: [police]}
  - {id: person, title: {en: Person, ar: شخص}, type: text, key: true, personal: keeping}
  - {id: person_boss, title: {en: Person for the boss, ar: شخص للمدير}, type: text, key: true, personal: keeping, see: [supervisor]}
`

var secretFields = []string{"place", "inner", "boss", "police", "person", "person_boss"}

// seen is who sees what of it at the desk.
var seen = map[string][]string{
	"Priya":    {"place", "inner", "person"},                        // officer of the keeping organisation
	"Leila":    {"place", "inner", "person"},                        // reader of it
	"Margaret": {"place", "inner", "boss", "person", "person_boss"}, // supervisor of it
	"Rachel":   {"place", "police"},                                 // of the police
	"Daniel":   nil,                                                 // of the fire brigade
}

func marker(when, field string) string { return when + "marker" + strings.ReplaceAll(field, "_", "x") }

// withSecrets puts Greenvale with the register in force, with a record that has been corrected once.
func (o *office) withSecrets() {
	o.t.Helper()
	files := fstest.MapFS{"registers/secrets.yaml": &fstest.MapFile{Data: []byte(secrets)}}
	o.must(fs.WalkDir(jurisdictions.Greenvale(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(jurisdictions.Greenvale(), path)
		files[path] = &fstest.MapFile{Data: raw}
		return err
	}))
	j, problems := service.Load(files)
	if len(problems) > 0 {
		o.t.Fatal(problems)
	}
	o.must(o.flow.Publish(o.ctx, policy.Actor{System: true}, j))
	for _, number := range []string{"S-1", "S-2", "S-3"} {
		o.must(o.flow.DB.Write(o.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			r := &record.Record{Register: "secrets", Organisation: "licensing", Number: number, State: record.Active, From: calendar.MustDate("2026-01-01"), Fields: map[string]string{}}
			for _, f := range secretFields {
				r.Fields[f] = marker("old"+number[2:], f)
			}
			return o.flow.Docket.Records.Put(ctx, tx, j.Registers["secrets"], r, record.Change{Change: "entered"})
		}))
	}
	o.clock.Advance(48 * time.Hour)
	set := map[string]string{}
	for _, f := range secretFields {
		set[f] = marker("new1", f)
	}
	o.must(o.flow.DB.Write(o.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		r, err := o.flow.Docket.Records.ByNumber(ctx, tx, "secrets", "S-1")
		if err != nil {
			return err
		}
		return o.flow.Docket.Records.Past().Correct(ctx, tx, j.Registers["secrets"], r, set, record.Change{Change: "corrected", Reason: "because", Source: "a paper"})
	}))
}

// paths are all addresses at which a record may show itself at the desk.
func secretPaths() []string {
	paths := []string{"/desk/registers", "/desk/registers/secrets", "/desk/registers/secrets?on=2026-03-02", "/desk/registers/secrets/S-1", "/desk/registers/secrets/S-1?on=2026-01-05",
		"/desk/registers/secrets/S-1?on=2026-01-05&known=2026-03-01", "/desk/registers/secrets/S-1?on=nonsense", "/desk/records/secrets/S-1/correct", "/desk/records/secrets/S-1/seal",
		"/desk/registers/secrets/enter", "/desk/licences?register=secrets", "/desk/licences?register=secrets&q=marker"}
	for _, f := range secretFields {
		paths = append(paths, "/desk/records/secrets/S-1/correct?fields="+f, "/desk/registers/secrets?on="+marker("old1", "nothing"))
	}
	return paths
}

// TestNobodySeesAFieldBeyondTheirRight walks roles × fields × addresses of the desk.
func TestNobodySeesAFieldBeyondTheirRight(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.withSecrets()
		for name, may := range seen {
			actor := o.staff[name]
			shown := map[string]bool{}
			for _, path := range secretPaths() {
				got := o.get(actor, path)
				for _, f := range secretFields {
					for _, when := range []string{"old1", "new1", "old2", "old3"} {
						if !strings.Contains(got.text, marker(when, f)) {
							continue
						}
						shown[f+when[:3]] = true
						if !slices.Contains(may, f) {
							t.Errorf("%s sees %s of the field %s at %s", name, when, f, path)
						}
					}
				}
			}
			for _, f := range may { // else the walk shows nothing
				if !shown[f+"old"] || !shown[f+"new"] {
					t.Errorf("%s may see %s and does not: %v", name, f, shown)
				}
			}
			o.walkSearch(name, may)
			o.walkPosts(name, may)
		}
	})
}

// walkSearch looks for each value by words and by field: what somebody may not see finds nothing.
func (o *office) walkSearch(name string, may []string) {
	o.t.Helper()
	actor := o.staff[name]
	for _, f := range secretFields {
		value := marker("old2", f)
		for _, path := range []string{"/desk/registers/secrets?q=" + value, "/desk/licences?register=secrets&q=" + value} {
			if got := o.get(actor, path); strings.Contains(got.text, "S-2") && f != "place" {
				o.t.Errorf("%s finds a record by the words of %s at %s", name, f, path)
			}
		}
		got := o.get(actor, "/desk/registers/secrets?"+url.Values{"key": {f}, "value": {value}}.Encode())
		if found := strings.Contains(got.text, "S-2"); found != slices.Contains(may, f) {
			o.t.Errorf("%s finds a record by the value of %s: %v", name, f, found)
		}
	}
}

// walkPosts sends forms with each field. One beyond the right is answered as one that is not in the register.
func (o *office) walkPosts(name string, may []string) {
	o.t.Helper()
	actor := o.staff[name]
	send := func(field string) answer {
		return o.send(actor, http.MethodPost, "/desk/records/secrets/S-2/correct", url.Values{"fields": {field}, "field-" + field: {strings.Repeat("x", 2000)}, "reason": {"r"}, "source": {"s"}})
	}
	nothing := send("nothing")
	for _, f := range secretFields {
		got := send(f)
		if slices.Contains(may, f) && got.Code == http.StatusUnprocessableEntity {
			continue // told what is wrong with it
		}
		if got.Code != nothing.Code || strings.Contains(got.text, marker("old2", f)) {
			o.t.Errorf("%s posts %s and is answered %d; a field that is not there is answered %d", name, f, got.Code, nothing.Code)
		}
	}
}

// TestThePublicSeesOnlyWhatIsPublished of a record, in every way of looking at it.
func TestThePublicSeesOnlyWhatIsPublished(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.withSecrets()
		words, err := i18n.Load()
		o.must(err)
		anybody := view.Reader{P: words.For("en")}
		look := func() (all string) {
			say := func(what any, err error) { all += fmt.Sprintf("%+v %v\n", what, err) }
			for _, ask := range [][3]string{{"", "", ""}, {"marker", "", ""}, {marker("old2", "inner"), "", ""}, {"", "", "2026-01-05"}, {"", "S-1", ""}} {
				p, err := o.view.Register(o.ctx, anybody, "secrets", ask[0], ask[1], ask[2])
				say(p, err)
			}
			for _, number := range []string{"S-1", "S-2", "S-3"} {
				p, err := o.view.Record(o.ctx, anybody, "secrets", number, view.Then{On: "2026-01-05", Known: "2026-03-03"})
				say(p, err)
				if p.Then != nil {
					say(*p.Then, nil)
				}
				id, err := o.view.FindByNumber(o.ctx, anybody, number)
				say(id, err)
				v, err := o.view.Verify(o.ctx, anybody, id)
				say(v, err)
			}
			return all
		}
		before := look()
		for _, f := range secretFields {
			if got := strings.Contains(before, marker("old1", f)); got != (f == "place") {
				t.Errorf("the public sees %s: %v", f, got)
			}
		}
		sup := o.staff["Margaret"]
		seal := func(number, field, key string) {
			o.must(o.flow.Registry().Seal(o.ctx, sup, flow.SealRecord{Register: "secrets", Number: number, Version: 1, Field: field, Reason: "reasonmarker", Law: "lawmarker", Key: key}))
		}
		seal("S-3", "", "key-of-the-whole-seal")
		seal("S-2", "place", "key-of-the-field-seal")
		after := look()
		for _, gone := range []string{"S-3", marker("old3", "place"), marker("old2", "place"), "reasonmarker", "lawmarker"} {
			if strings.Contains(strings.ReplaceAll(after, `"S-3"`, ""), gone) {
				t.Errorf("sealed, and the public sees %q", gone)
			}
		}
		for name := range seen { // and of those at the desk, only who has the right comes to know
			got := o.get(o.staff[name], "/desk/registers/secrets/S-3")
			never := o.get(o.staff[name], "/desk/registers/secrets/S-9")
			if knows := strings.Contains(got.text, "reasonmarker"); knows != (name == "Margaret") || !knows && got.Code != never.Code {
				t.Errorf("%s is answered %d, knows %v", name, got.Code, knows)
			}
			for _, f := range secretFields {
				if strings.Contains(got.text, marker("old3", f)) {
					t.Errorf("%s sees %s of a sealed record", name, f)
				}
			}
			if page := o.get(o.staff[name], "/desk/registers/secrets/S-2"); strings.Contains(page.text, marker("old2", "place")) || strings.Contains(page.text, "reasonmarker") != (name == "Margaret") {
				t.Errorf("%s: the sealed field, or why, at %d", name, page.Code)
			}
		}
	})
}

// TestALookAtARecordIsRecorded for whomever it names.
func TestALookAtARecordIsRecorded(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.withSecrets()
		who := o.hire("Ada Named", "ada.named@greenvale.example", nil)
		o.must(o.flow.DB.Write(o.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			r := &record.Record{Register: "secrets", Organisation: "licensing", Number: "S-4", State: record.Active, From: calendar.MustDate("2026-01-01"),
				Fields: map[string]string{"place": "p", "person": "Ada.Named@greenvale.example"}}
			return o.flow.Docket.Records.Put(ctx, tx, o.flow.Docket.Releases.Current().Registers["secrets"], r, record.Change{Change: "entered"})
		}))
		for i, path := range []string{"/desk/registers/secrets/S-4", "/desk/registers/secrets?key=person&value=ada.named%40greenvale.example"} {
			if got := o.get(o.staff["Priya"], path); got.Code != http.StatusOK {
				t.Fatalf("%s: %d", path, got.Code)
			}
			looks := o.looks(who.Person)
			if len(looks) != i+1 || looks[0].Actor != o.staff["Priya"].Person || looks[0].Ref != "S-4" || looks[0].Why != string(policy.RecordRead) {
				t.Errorf("after %s: %+v", path, looks)
			}
		}
	})
}
