package service

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestHashIsFrozen holds the canonical bytes to a file: once a case has been judged by a definition,
// its hash must never come out differently.
func TestHashIsFrozen(t *testing.T) {
	var b bytes.Buffer
	canonical(&b, serviceFormat, map[string][]byte{"services/b.yaml": []byte("service: b\n"), "calendar.yaml": []byte("é"), "empty": nil})
	got := hex.Dump(b.Bytes()) + hashSources(serviceFormat, map[string][]byte{"services/b.yaml": []byte("service: b\n")}) + "\n"
	const golden = "testdata/hash.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("canonical bytes:\n%s\nwant:\n%s", got, want)
	}
}

// TestPartsCannotBeConfused moves bytes from one part to the next: the hash must change.
func TestPartsCannotBeConfused(t *testing.T) {
	a := hashSources(serviceFormat, map[string][]byte{"ab": []byte("c")})
	b := hashSources(serviceFormat, map[string][]byte{"a": []byte("bc")})
	c := hashSources(folderFormat, map[string][]byte{"ab": []byte("c")})
	if a == b || a == c {
		t.Error("different sources have the same hash")
	}
}

func TestPinnedIsTheSameService(t *testing.T) {
	j, problems := Load(base(t))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	s := j.Services[0]
	var names []string
	for name := range s.Sources() {
		names = append(names, filepath.ToSlash(name))
	}
	slices.Sort(names)
	want := []string{"calendar.yaml", "jurisdiction.yaml", "parameters/stalls.yaml", "registers/places.yaml", "registers/stalls.yaml", "services/street-stall.yaml"}
	if !slices.Equal(names, want) {
		t.Errorf("sources %v, want %v", names, want)
	}
	pinned, problems := LoadPinned(s.Sources())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	p := pinned.Services[0]
	if p.Hash != s.Hash || len(p.Values) != len(s.Values) {
		t.Errorf("pinned hash %s, want %s", p.Hash, s.Hash)
	}
}

// TestWhatChangesTheHash changes one file at a time. Seed records and the demo decide nothing.
func TestWhatChangesTheHash(t *testing.T) {
	j, _ := Load(base(t))
	before := j.Services[0].Hash
	for name, changes := range map[string]bool{
		"calendar.yaml": true, "jurisdiction.yaml": true, "parameters/stalls.yaml": true,
		"registers/stalls.yaml": true, "services/street-stall.yaml": true,
		"demo.yaml": false, "registers/places.csv": false,
	} {
		files := base(t)
		end := "# changed\n"
		if filepath.Ext(name) == ".csv" {
			end = "P3,Third,3\n"
		}
		files[name].Data = append(files[name].Data, end...)
		again, problems := Load(files)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if got := again.Services[0].Hash != before; got != changes {
			t.Errorf("%s changed: hash changed is %v, want %v", name, got, changes)
		}
		if again.Hash == j.Hash {
			t.Errorf("%s changed, but not the hash of the folder", name)
		}
	}
}
