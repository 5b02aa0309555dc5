package service

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// base is a whole folder without a problem. The cases change it.
func base(t testing.TB) fstest.MapFS { return folder(t, "testdata/base") }

const sample = "../../jurisdictions/greenvale"

func folder(t testing.TB, dir string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		src, err := fs.ReadFile(root, name)
		out[name] = &fstest.MapFile{Data: src}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestBaseHasNoProblem(t *testing.T) {
	j, problems := Load(base(t))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	s := j.Services[0]
	if s.Service != "street-stall" || len(s.Questions) != 14 || len(s.Values) != 3 || s.Hash == "" {
		t.Errorf("service %q has %d questions, %d values, hash %q", s.Service, len(s.Questions), len(s.Values), s.Hash)
	}
	if got := len(j.Registers["places"].Seeds); got != 2 {
		t.Errorf("%d seed records, want 2", got)
	}
}

// TestProblems runs every case of testdata/problems: a sentence, sections that replace or edit a file
// of the base, and the problems expected.
func TestProblems(t *testing.T) { problemCases(t, "testdata/problems", "testdata/base") }

// TestTaxProblems does the same with a folder of taxes.
func TestTaxProblems(t *testing.T) { problemCases(t, "testdata/taxes/problems", "testdata/taxes/base") }

func problemCases(t *testing.T, cases, base string) {
	files, err := filepath.Glob(cases + "/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			before, want, ok := strings.Cut(string(src), "-- problems --\n")
			if !ok {
				t.Fatal("the case has no section -- problems --")
			}
			j, problems := Load(changed(t, base, before))
			got := problems.Error() + "\n"
			if *update {
				if err := os.WriteFile(file, []byte(before+"-- problems --\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != want {
				t.Errorf("problems:\n%s\nwant:\n%s", got, want)
			}
			if len(problems) > 0 && j != nil {
				t.Error("a jurisdiction with problems was handed out")
			}
		})
	}
}

// changed applies the sections of a case to the base: a file's new text, or OLD ==== NEW pieces of it
// between <<<< and >>>>. "-- nothing --" begins with no file at all.
func changed(t *testing.T, base, text string) fstest.MapFS {
	t.Helper()
	files := folder(t, base)
	for _, section := range strings.Split("\n"+text, "\n-- ")[1:] {
		name, body, _ := strings.Cut(section+"\n", " --\n")
		if name == "nothing" {
			files = fstest.MapFS{}
			continue
		}
		if !strings.HasPrefix(body, "<<<<\n") {
			files[name] = &fstest.MapFile{Data: []byte(body)}
			continue
		}
		src := string(files[name].Data)
		for _, edit := range strings.Split(body, "<<<<\n")[1:] {
			edit, _, closed := strings.Cut(edit, "\n>>>>")
			old, new, ok := strings.Cut(edit, "\n====")
			new = strings.TrimPrefix(new, "\n")
			if !closed || !ok || strings.Count(src, old) != 1 {
				t.Fatalf("%s: the edit of %q does not fit", name, old)
			}
			src = strings.Replace(src, old, new, 1)
		}
		files[name] = &fstest.MapFile{Data: []byte(src)}
	}
	return files
}
