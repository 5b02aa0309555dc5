package scaffold

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stoa/internal/service"
)

func TestStartingPointsPassEveryCheck(t *testing.T) {
	for _, languages := range []string{"[en]", "[en, ar, de]"} {
		t.Run(languages, func(t *testing.T) {
			dir := t.TempDir()
			must(t, Jurisdiction(dir, "new-town", 2026))
			speak(t, dir, languages)
			must(t, Service(dir, "street-stall"))
			must(t, Service(dir, "permit"))
			must(t, Register(dir, "bridges"))
			must(t, Tax(dir, "boat-tax"))
			must(t, Dataset(dir, "sights"))
			j, problems := service.Load(os.DirFS(dir))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			if len(j.Services) != 2 || len(j.Registers) != 4 || len(j.Taxes) != 1 {
				t.Errorf("%d services, %d registers and %d taxes, want 2, 4 and 1", len(j.Services), len(j.Registers), len(j.Taxes))
			}
			if d := j.Dataset("sights"); d == nil || d.Made || len(j.Datasets) != 1+2+1+countPublic(j) {
				t.Errorf("the dataset is %v among %d", d, len(j.Datasets))
			}
		})
	}
}

// countPublic is how many registers publish themselves.
func countPublic(j *service.Jurisdiction) (n int) {
	for _, r := range j.Registers {
		if r.Public {
			n++
		}
	}
	return n
}

// speak gives the jurisdiction further languages, as its people would.
func speak(t *testing.T, dir, languages string) {
	if languages == "[en]" {
		return
	}
	for file, texts := range map[string][]string{
		"jurisdiction.yaml": {"New town", "Business", "Town hall"},
		"calendar.yaml":     {"New Year’s Day"},
		"demo.yaml":         {"Decides on applications", "Approves decisions and sees how things go", "Applies for things"},
	} {
		file = filepath.Join(dir, file)
		src, err := os.ReadFile(file)
		must(t, err)
		s := strings.Replace(string(src), "languages: [en]", "languages: "+languages, 1)
		for _, text := range texts {
			s = strings.ReplaceAll(s, ": "+text, ": {en: "+text+", ar: "+text+", de: "+text+"}")
		}
		must(t, os.WriteFile(file, []byte(s), 0o644))
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	dir := t.TempDir()
	must(t, Jurisdiction(dir, "new-town", 2026))
	if err := Jurisdiction(dir, "new-town", 2026); !errors.Is(err, ErrExists) {
		t.Errorf("a second jurisdiction: %v", err)
	}
	must(t, os.Mkdir(filepath.Join(dir, "services"), 0o755))
	mine := filepath.Join(dir, "services", "permit.yaml")
	must(t, os.WriteFile(mine, []byte("mine"), 0o644))
	if err := Service(dir, "permit"); !errors.Is(err, ErrExists) {
		t.Errorf("over a service: %v", err)
	}
	if src, err := os.ReadFile(mine); err != nil || string(src) != "mine" {
		t.Errorf("the file now holds %q, %v", src, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "parameters")); err == nil {
		t.Error("part of a refused service was written")
	}
}

func TestNamesThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	must(t, Jurisdiction(dir, "new-town", 2026))
	for _, name := range []string{"", "Permit", "a_b", "../x", "a b", "-a"} {
		if err := Service(dir, name); !errors.Is(err, ErrName) {
			t.Errorf("Service(%q): %v", name, err)
		}
	}
}

// TestNamesOfPlaces takes the names that places have.
func TestNamesOfPlaces(t *testing.T) {
	for name, id := range map[string]string{
		"New Town": "new-town", "new-town": "new-town", "St. Mary: \"on the hill\"": "st-mary-on-the-hill", "مدينة": "jurisdiction", "1st Ward": "jurisdiction",
	} {
		dir := t.TempDir()
		must(t, Jurisdiction(dir, name, 2026))
		must(t, Service(dir, "permit"))
		j, problems := service.Load(os.DirFS(dir))
		if len(problems) > 0 {
			t.Fatal(name, problems)
		}
		if j.File.Jurisdiction != id {
			t.Errorf("%s has the id %s, want %s", name, j.File.Jurisdiction, id)
		}
	}
	if err := Jurisdiction(t.TempDir(), " ", 2026); !errors.Is(err, ErrName) {
		t.Errorf("no name: %v", err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
