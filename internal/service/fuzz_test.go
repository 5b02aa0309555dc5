package service

import (
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

func BenchmarkLoad(b *testing.B) {
	files := folder(b, sample)
	for b.Loop() {
		if _, problems := Load(files); len(problems) > 0 {
			b.Fatal(problems)
		}
	}
}
