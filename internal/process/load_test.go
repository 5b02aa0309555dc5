package process_test

import (
	"context"
	"io/fs"
	"os"
	"testing"

	"stoa/internal/process"
	"stoa/internal/service"
)

func load(t testing.TB, files fs.FS) *service.Service {
	t.Helper()
	j, problems := service.Load(files)
	if len(problems) > 0 {
		t.Fatalf("loading: %v", problems)
	}
	return j.Services[0]
}

func hall(t testing.TB) *service.Service {
	t.Helper()
	return load(t, os.DirFS("testdata/hall"))
}

func TestExamplesComeTrue(t *testing.T) {
	for _, p := range process.RunExamples(t.Context(), hall(t)) {
		t.Error(p)
	}
}

var ctx = context.Background()
