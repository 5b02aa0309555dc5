package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// house writes a small module with one mistake of each kind in its documentation.
func house(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"Makefile":               "run: ## go\n\techo\n",
		"cmd/stoa/main.go":       "package main\nvar _ = Command{Use: \"serve --x\"}\nvar _ = Command{Use: \"new\"}\nvar _ = \"data\"\nvar _ = \"service\"\n",
		"internal/app/config.go": "package app\nvar settings = []setting{\n\t{\"data\", false, x},\n\t{\"mail_password\", true, x},\n}\nvar _ = \"STOA_DEBUG\"\n",
		"internal/a/a_test.go":   "package a\nfunc TestThere(t *testing.T) {}\n",
		"docs/guides/operating.md": "`STOA_DATA` " + `
[there](../../Makefile) [gone](gone.md) [web](https://example.org/x) [part](#part)
` + "`make run` `make walk` `stoa serve --data x` `bin/stoa fly` `stoa serve --height 3` `stoa new service x` `stoa new moon`\n" +
			"`STOA_MAIL_PASSWORD` `STOA_DATA_FILE` `STOA_NOTHING` `STOA_DEBUG` `TestThere` `TestGone`\n" +
			"`internal/a` `internal/*` `internal/gone` `application/json` and make walk in a sentence\n```sh\nmake swim\nls internal/lost/x.go\n```\n",
	} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestDocumentationNamesOnlyWhatThereIs(t *testing.T) {
	k, err := learn(house(t))
	if err != nil {
		t.Fatal(err)
	}
	found := k.page(operating, k.pages[operating])
	want := []string{
		"the link leads to gone.md", "no make walk", "no stoa fly", "no option --height", "no stoa new moon", "reads STOA_DATA_FILE",
		"reads STOA_NOTHING", "no test TestGone", "no internal/gone", "no make swim", "no internal/lost/x.go",
	}
	all := strings.Join(found, "\n")
	for _, w := range want {
		if !strings.Contains(all, w) {
			t.Errorf("not found: %s", w)
		}
	}
	if len(found) != len(want) {
		t.Errorf("want %d problems, got %d:\n%s", len(want), len(found), all)
	}
}

func TestTheGuideForOperatorsIsComplete(t *testing.T) {
	k, err := learn(house(t))
	if err != nil {
		t.Fatal(err)
	}
	if found := k.complete(); len(found) != 1 || !strings.Contains(found[0], "changed its form") {
		t.Errorf("two settings are too few to be the table: %q", found)
	}
	for _, more := range strings.Fields("A B C D E F G H") {
		k.settings["STOA_"+more] = false
	}
	k.pages[operating] = "`STOA_DATA` `STOA_MAIL_PASSWORD` `STOA_A` `STOA_B` `STOA_C` `STOA_D` `STOA_E` `STOA_F` `STOA_G`"
	found := strings.Join(k.complete(), "\n")
	if !strings.Contains(found, "STOA_H is missing") || !strings.Contains(found, "STOA_MAIL_PASSWORD_FILE is missing") || strings.Count(found, "missing") != 2 {
		t.Errorf("found:\n%s", found)
	}
}

func TestDependenciesAreHeldToTheirPage(t *testing.T) {
	page, problems := rows("| what | why |\n|---|---|\n| `a` | why | MIT | that |\n| `b` | why | MIT | that |\n| `c` | why | MIT | that |\n| `d` | | MIT | that |\n")
	if len(problems) != 1 || !strings.Contains(problems[0], "d needs why") {
		t.Errorf("rows: %q", problems)
	}
	found := strings.Join(compare(page, map[string]string{"a": "MIT", "b": "Apache-2.0", "e": ""}), "\n")
	for _, want := range []string{"b is under Apache-2.0, not MIT", "c is not used", "e is used and has no row"} {
		if !strings.Contains(found, want) {
			t.Errorf("not found: %s in\n%s", want, found)
		}
	}
}

func TestLicencesAreRecognised(t *testing.T) {
	for text, want := range map[string]string{
		"Apache License\n  Version 2.0, January 2004":                                                                  "Apache-2.0",
		"MIT\nPermission is hereby granted, free of\ncharge":                                                           "MIT",
		"Redistribution and use in source and binary forms … Neither the name":                                         "BSD-3-Clause",
		"Redistribution and use in source and\nbinary forms …":                                                         "BSD-2-Clause",
		"Mozilla Public License Version 2.0":                                                                           "MPL-2.0",
		"GNU GENERAL PUBLIC LICENSE":                                                                                   "GPL family",
		"Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is here": "ISC",
		"All rights reserved.":                                                                                         "unknown",
	} {
		if got := classify(text); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
	if got := licenceIn(t.TempDir()); got != "no licence file" {
		t.Errorf("an empty folder has %s", got)
	}
}

func TestAStaleTemplateIsFound(t *testing.T) {
	folder, work := t.TempDir(), t.TempDir()
	for file, text := range map[string]string{
		filepath.Join(folder, "same_templ.go"): "package a\n", filepath.Join(work, "same_templ.go"): "package a\n",
		filepath.Join(folder, "stale_templ.go"): "package a\n", filepath.Join(work, "stale_templ.go"): "package b\n",
		filepath.Join(folder, "gone_templ.go"): "package a\n", filepath.Join(work, "new_templ.go"): "package a\n",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	wrong, err := differ(folder, work)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(wrong, " "); got != "gone_templ.go new_templ.go stale_templ.go" {
		t.Errorf("found %q", got)
	}
}
