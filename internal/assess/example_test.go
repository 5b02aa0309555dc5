package assess_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"stoa/internal/assess"
	"stoa/internal/service"
)

const folder = "../service/testdata/taxes/base"

// taxes are those of package service's tests.
func taxes(t testing.TB) map[string]*service.Tax {
	t.Helper()
	return load(t, os.DirFS(folder))
}

func load(t testing.TB, files fs.FS) map[string]*service.Tax {
	t.Helper()
	j, problems := service.Load(files)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	out := map[string]*service.Tax{}
	for _, x := range j.Taxes {
		out[x.Tax] = x
	}
	return out
}

func TestExamplesComeTrue(t *testing.T) {
	for _, x := range taxes(t) {
		for _, p := range assess.RunExamples(t.Context(), x) {
			t.Error(p)
		}
	}
}

// changed are the taxes with replacements in one file.
func changed(t *testing.T, file string, replace ...string) map[string]*service.Tax {
	t.Helper()
	files, root := fstest.MapFS{}, os.DirFS(folder)
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		src, err := fs.ReadFile(root, name)
		if name == file {
			text := strings.NewReplacer(replace...).Replace(string(src))
			if text == string(src) {
				t.Fatalf("nothing is replaced by %q", replace)
			}
			src = []byte(text)
		}
		files[name] = &fstest.MapFile{Data: src}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return load(t, files)
}

// TestExamplesThatDoNotComeTrue say what came instead, and why.
func TestExamplesThatDoNotComeTrue(t *testing.T) {
	const council, levy = "taxes/council-tax.yaml", "taxes/visitor-levy.yaml"
	for name, c := range map[string]struct {
		file    string
		replace []string
		want    []string
	}{
		"charge":      {council, []string{"charge: 1367.20", "charge: 1367.21"}, []string{"the charge is 1367.20, expected 1367.21", "from 2026-07-01, 274 days", "(after_band 1683.0"}},
		"item":        {council, []string{"single: -315.86", "single: -315.87"}, []string{"the item single is -315.86, expected -315.87"}},
		"other items": {council, []string{"items: {band: 1683.06, single: -315.86}", "items: {band: 1683.06, disabled: 1}"}, []string{"the item single of -315.86 is charged", "the item disabled is not charged"}},
		"parts":       {council, []string{"{from: 2026-07-01, days: 274}]", "{from: 2026-07-01, days: 273}]"}, []string{"the stretch is of 274 days from 2026-07-01"}},
		"fewer parts": {council, []string{", {from: 2026-07-01, days: 274}]", "]"}, []string{"the same in 2 stretches of days, beginning 2026-04-01 (91 days), 2026-07-01 (274 days), not 1"}},
		"whole":       {council, []string{"whole: 788.9375", "whole: 788.94"}, []string{"a whole period would come to 788.9375", "expected 788.94", "disabled"}},
		"value":       {council, []string{"{full: 1683.0666666667}", "{full: 1683}"}, []string{"full is 1683.0666", "expected 1683"}},
		"instalments": {council, []string{"{due: 2026-04-01, amount: 143.07}", "{due: 2026-04-01, amount: 143.08}"}, []string{"the instalments are: 2026-04-01 143.07, 2026-05-01 140.00"}},
		"due":         {council, []string{"due: 2026-03-24", "due: 2026-03-25"}, []string{"the due day is 2026-03-24, expected 2026-03-25"}},
		"no break":    {council, []string{"breaks:\n  - {when: has(empty_since), on: empty_since + years(1), law: empty}\n", ""}, []string{"on 2026-07-01 the charge changes from 1893.45 to 3786.9 a period", "add to breaks"}},
		"no rate":     {council, []string{"period: 2026-04-01\n    object: {key: D1, band: D}", "period: 2024-04-01\n    object: {key: D1, band: D}"}, []string{"it cannot be assessed", "no_param"}},
		"declare by":  {levy, []string{"declare_by: 2026-08-17", "declare_by: 2026-08-15"}, []string{"the last day for the declaration is 2026-08-17, expected 2026-08-15"}},
		"refused":     {levy, []string{"exempt: 100", "exempt: 900"}, []string{"exempt is refused: Not more than all nights."}},
		"accepted":    {levy, []string{"expect: {charge: 1176.00,", "expect: {errors: [exempt], charge: 1176.00,"}, []string{"exempt is accepted; refused: none"}},
	} {
		x := changed(t, c.file, c.replace...)[strings.TrimSuffix(strings.TrimPrefix(c.file, "taxes/"), ".yaml")]
		var got strings.Builder
		for _, p := range assess.RunExamples(t.Context(), x) {
			got.WriteString(p.String() + "\n")
		}
		for _, want := range c.want {
			if !strings.Contains(got.String(), want) {
				t.Errorf("%s: %q is not said in:\n%s", name, want, got.String())
			}
		}
	}
}

// TestReliefsTakeNoMoreThanThereIs: the last ones give way.
func TestReliefsTakeNoMoreThanThereIs(t *testing.T) {
	x := changed(t, "taxes/council-tax.yaml", "amount: -0.25 * after_band", "amount: -2 * after_band",
		"      charge: 1367.20\n      items: {band: 1683.06, single: -315.86}\n", "", "      values: {full: 1683.0666666667}\n", "", "whole: 788.9375", "whole: 0", "whole: 1104.5125", "whole: 0")["council-tax"]
	for _, p := range assess.RunExamples(t.Context(), x) {
		t.Error(p)
	}
	in := home(t, "C", "2026-04-01")
	in.Tax = x
	in.Facts = []assess.Fact{{ID: "single_adult", Value: true}, {ID: "adapted", Value: true}}
	a := mustAssess(t, in)
	single := a.Segments[0].Lines[2]
	if a.Total.Minor != 0 || !single.Reduced || a.Items[1].Charge.ID != "disabled" || single.Amount.Minor+a.Items[1].Amount.Minor != -168307 {
		t.Errorf("%s: %v", a.Total, a.Items)
	}
	checkSums(t, a)
}
