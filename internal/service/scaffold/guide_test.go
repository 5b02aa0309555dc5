package scaffold

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stoa/internal/service"
)

// TestGuideIsTrue writes the files that the guide shows into a new jurisdiction: they must pass every check.
func TestGuideIsTrue(t *testing.T) {
	src, err := os.ReadFile("../../../docs/guides/first-service.md")
	must(t, err)
	dir := t.TempDir()
	must(t, Jurisdiction(dir, "new-town", 2026))
	shown := 0
	for _, block := range strings.Split(string(src), "```yaml\n# file: ")[1:] {
		name, rest, _ := strings.Cut(block, "\n")
		text, _, _ := strings.Cut(rest, "\n```")
		file := filepath.Join(dir, filepath.FromSlash(name))
		must(t, os.MkdirAll(filepath.Dir(file), 0o755))
		must(t, os.WriteFile(file, []byte(text+"\n"), 0o644))
		shown++
	}
	if shown != 3 {
		t.Fatalf("the guide shows %d files, want 3", shown)
	}
	if _, problems := service.Load(os.DirFS(dir)); len(problems) > 0 {
		t.Error(problems)
	}
}
