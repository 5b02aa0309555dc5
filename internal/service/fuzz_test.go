package service

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"
)

// FuzzLoad gives the loader any service, register and jurisdiction file: it must answer with problems
// that have a place, or with a definition that can be pinned, and never panic.
func FuzzLoad(f *testing.F) {
	files := base(f)
	seed := func(name string) []byte { return files[name].Data }
	f.Add(seed("services/street-stall.yaml"), seed("registers/stalls.yaml"), seed("jurisdiction.yaml"))
	f.Add([]byte("service: street-stall\npages: [{page: a, questions: [{id: a, type: group, questions: [{id: b, type: one_of}]}]}]"), []byte("a: &a [*a]"), []byte("languages: [en, ar]"))
	f.Add([]byte("pages: *x"), []byte("? [a, b]\n: c"), []byte("languages: {a: b}\nname: {en: !!binary aGk=}"))
	f.Add([]byte("letters: {a: {blocks: [{text: '{{ x }} {{'}, {text: \"}}\"}]}}"), []byte("fields: [{}]\nseed: places.csv"), []byte("jurisdiction: \"\\ud800\""))
	f.Fuzz(func(t *testing.T, service, register, jurisdiction []byte) {
		files := fstest.MapFS{
			"services/street-stall.yaml": {Data: service},
			"registers/stalls.yaml":      {Data: register},
			"jurisdiction.yaml":          {Data: jurisdiction},
		}
		for _, name := range []string{"calendar.yaml", "parameters/stalls.yaml", "registers/places.yaml", "registers/places.csv"} {
			files[name] = &fstest.MapFile{Data: seed(name)}
		}
		j, problems := Load(files)
		for _, p := range problems {
			if p.Pos.File == "" || p.What == "" || (p.Pos.Line > 0) != (p.Pos.Column > 0) {
				t.Fatalf("a problem without a place or words: %#v", p)
			}
		}
		if (j == nil) != (len(problems) > 0) {
			t.Fatal("a definition with problems, or none without")
		}
		if j == nil {
			return
		}
		for _, s := range j.Services {
			if again, problems := LoadPinned(s.Sources()); len(problems) > 0 || again.Services[0].Hash != s.Hash {
				t.Fatalf("the pinned service differs: %v", problems)
			}
		}
	})
}

// FuzzLoadTax does the same with a tax file and the register of what is taxed.
func FuzzLoadTax(f *testing.F) {
	files := folder(f, "testdata/taxes/base")
	for _, name := range []string{"council-tax", "business-rates", "visitor-levy"} {
		f.Add(files["taxes/"+name+".yaml"].Data, files["registers/dwellings.yaml"].Data)
	}
	f.Add([]byte("tax: a\nobject: {register: dwellings, as: today, payer: {name: band}}\nfacts: [{}]\ncarry: [{id: a, value: a}]"), []byte("fields: [{}]"))
	f.Add([]byte("tax: a\nperiod: {begins: 99-99}\nexamples: [{period: 2026-01-01, like: x, changes: [{from: 2026-01-01}], object: {key: 1}}]"), []byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, tax, register []byte) {
		files := maps.Clone(files)
		maps.DeleteFunc(files, func(name string, _ *fstest.MapFile) bool { return strings.HasPrefix(name, "taxes/") })
		files["taxes/council-tax.yaml"] = &fstest.MapFile{Data: tax}
		files["registers/dwellings.yaml"] = &fstest.MapFile{Data: register}
		j, problems := Load(files)
		for _, p := range problems {
			if p.Pos.File == "" || p.What == "" || (p.Pos.Line > 0) != (p.Pos.Column > 0) {
				t.Fatalf("a problem without a place or words: %#v", p)
			}
		}
		if (j == nil) != (len(problems) > 0) {
			t.Fatal("a definition with problems, or none without")
		}
		if j == nil {
			return
		}
		for _, x := range j.Taxes {
			if again, problems := LoadPinned(x.Sources()); len(problems) > 0 || again.Taxes[0].Hash != x.Hash {
				t.Fatalf("the pinned tax differs: %v", problems)
			}
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	files := folder(b, sample)
	for b.Loop() {
		if _, problems := Load(files); len(problems) > 0 {
			b.Fatal(problems)
		}
	}
}
