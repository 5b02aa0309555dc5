package process_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"stoa/internal/calendar"
	"stoa/internal/process"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// hallWith is the test service with pieces of its file replaced, old by new.
func hallWith(t testing.TB, pieces ...string) *service.Service {
	t.Helper()
	const dir, name = "testdata/hall", "services/event.yaml"
	files := fstest.MapFS{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		src, err := fs.ReadFile(os.DirFS(dir), name)
		files[name] = &fstest.MapFile{Data: src}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	src := string(files[name].Data)
	for i := 0; i < len(pieces); i += 2 {
		if strings.Count(src, pieces[i]) != 1 {
			t.Fatalf("%q is not in the file once", pieces[i])
		}
		src = strings.Replace(src, pieces[i], pieces[i+1], 1)
	}
	files[name].Data = []byte(src)
	return load(t, files)
}

// comesTrue runs the examples and expects problems, each of which says one of the words wanted, in order.
func comesTrue(t *testing.T, s *service.Service, want ...string) {
	t.Helper()
	problems := process.RunExamples(t.Context(), s)
	if len(problems) != len(want) {
		t.Errorf("%d problems, want %d: %v", len(problems), len(want), service.Problems(problems))
		return
	}
	for i, p := range problems {
		if !strings.Contains(p.String(), want[i]) {
			t.Errorf("problem %q does not say %q", p, want[i])
		}
	}
}

const (
	lookups     = "lookups:\n  earlier:"
	issued      = "  fields: {title: event_title, organiser_email: email, guests: guests, day: day}\n"
	lastExample = "  - name: The past is refused\n"
)

// TestAVariantBeginsFromALicence: rules see its fields, and it keeps its number.
func TestAVariantBeginsFromALicence(t *testing.T) {
	s := hallWith(t, lookups, "variants:\n  - {id: longer, title: {en: Longer, ar: أطول}}\n"+lookups,
		issued, `  fields: {title: 'previous.title.orValue(event_title)', organiser_email: email, guests: 'variant == "longer" ? previous.guests.orValue(0) + 1 : guests', day: day}
  from: previous.from.orValue(today)
`, "may hold {{ event_title }}.", "may hold {{ licence_number }} {{ event_title }}.",
		lastExample, `  - name: The licence goes on
    like: A small market
    variant: longer
    previous: {number: EL-2025-00007, from: 2025-02-03, title: Winter market, guests: 20}
    expect: {state: received}
    steps:
      - {on: 2026-04-16, pass: true, issued: {title: Winter market, guests: 21, from: 2025-02-03}}
  - name: Without its title, and from another day
    like: The licence goes on
    previous: {title: null, from: 2025-02-04}
    steps:
      - {on: 2026-04-16, pass: true, issued: {title: Winter market, from: 2025-02-03}}
`+lastExample)
	comesTrue(t, s, "has from 2025-02-04, expected 2025-02-03", "has title Spring market, expected Winter market")
}

// TestWhatIsAskedForIsPending from submission on, for a first application to a service that says so.
func TestWhatIsAskedForIsPending(t *testing.T) {
	file := []string{lookups, "variants:\n  - {id: longer, title: {en: Longer, ar: أطول}}\n" + lookups, "  register: events\n  fields:", "  register: events\n  pending: true\n  fields:"}
	for _, c := range []struct {
		name    string
		s       *service.Service
		variant string
		pending bool
	}{
		{"a first application", hallWith(t, file...), "", true},
		{"a variant", hallWith(t, file...), "longer", false},
		{"a service that does not say so", hall(t), "", false},
	} {
		j := judge(t, process.Situation{Service: c.s, Variant: c.variant, Today: calendar.MustDate("2026-03-30")}, concert())
		effects, err := process.Submit(ctx, j, at("2026-03-30", 12))
		if err != nil {
			t.Fatal(err)
		}
		l := effects[0].Pending
		if (l != nil) != c.pending {
			t.Errorf("%s: pending %+v", c.name, l)
		}
		if l != nil && (l.Fields["title"] != "Night music" || l.From != calendar.MustDate("2026-03-30") || l.Until != calendar.MustDate("2026-06-12")) {
			t.Errorf("%s: pending %+v", c.name, l)
		}
	}
}

// TestAConsulteeIsAskedOnlyIf its condition holds when the state is entered.
func TestAConsulteeIsAskedOnlyIf(t *testing.T) {
	s := hallWith(t, "sees: [event], within: {days: 3}, silence: none}", "when: guests > 79, sees: [event], within: {days: 3}, silence: none}",
		lastExample, `  - name: Noise is not asked about fewer
    like: A small market
    answers: {guests: 79}
    steps:
      - {on: 2026-03-31, reply: {noise: objection}, refused: true}
      - {on: 2026-03-31, reply: {fire: no_objection}}
      - {do: grant, state: granted}
  - name: Noise is asked about eighty guests
    like: A small market
    steps:
      - {on: 2026-03-31, reply: {fire: no_objection}}
      - {do: grant, refused: true}
      - {reply: {noise: objection}, state: hearing}
`+lastExample)
	comesTrue(t, s)
}

// TestAnActionOnALicenceIsOfferedOnlyIf its condition holds for the licence, on the day, by the figures of the day.
func TestAnActionOnALicenceIsOfferedOnlyIf(t *testing.T) {
	s := hallWith(t, "  text: {en: \"{{ organiser }} may hold", `  actions:
    - {id: give, title: {en: Give back, ar: إعادة}, by: holder, from: [active], to: surrendered, when: 'has(licence.day) && today < licence.day && add_working_days(today, 1) <= licence.day && param.hall_fee > 13'}
  text: {en: "{{ organiser }} may hold`)
	licence := map[string]rule.Value{"number": "EL-2026-00001", "from": calendar.MustDate("2026-04-01")}
	for day, want := range map[string]bool{"2026-06-11": true, "2026-06-12": false, "2026-06-10": true, "2026-03-31": false} {
		licence["day"] = calendar.MustDate("2026-06-12")
		got, err := process.OfferedOn(ctx, s, s.Issue.Actions[0], licence, calendar.MustDate(day))
		if err != nil || got != want {
			t.Errorf("on %s offered %v (%v), want %v", day, got, err, want)
		}
	}
	delete(licence, "day")
	if got, err := process.OfferedOn(ctx, s, s.Issue.Actions[0], licence, calendar.MustDate("2026-06-11")); got || err != nil {
		t.Errorf("without its day: %v, %v", got, err)
	}
}

// TestTheSecondPersonApproves: until then nothing changes but by the law's own deadlines.
func TestTheSecondPersonApproves(t *testing.T) {
	s := hallWith(t, "      by: supervisor\n", "      by: supervisor\n      approval: true\n",
		"      - {do: refuse, state: refused, letter: decision}\n", `      - {do: refuse, state: hearing}
      - {approve: true, state: refused, letter: decision}
      - {approve: true, refused: true}
`, lastExample, `  - name: Returned
    like: Fire objects and nobody decides
    steps:
      - {on: 2026-03-31, approve: true, refused: true}
      - {on: 2026-03-31, reply: {fire: objection, noise: no_objection}, state: hearing}
      - {do: refuse, state: hearing}
      - {do: grant, refused: true}
      - {approve: false, state: hearing}
      - {do: grant, state: granted}
  - name: The applicant is faster
    like: Returned
    steps:
      - {on: 2026-03-31, do: refuse}
      - {do: withdraw, state: withdrawn}
      - {approve: true, refused: true}
  - name: The law is faster
    like: Returned
    steps:
      - {on: 2026-03-31, do: refuse}
      - {on: 2026-05-08, pass: true, state: granted}
      - {approve: true, refused: true}
  - name: As if one person were enough
    like: Returned
    steps:
      - {on: 2026-03-31, do: refuse, letter: decision}
`+lastExample)
	comesTrue(t, s, `the letter "decision" is not sent; sent: none`)
}
