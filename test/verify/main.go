// Command verify finds what has drifted apart without any test failing: generated files that are not what
// their sources say, documentation that names what is not there, dependencies without a word why. It
// changes nothing. From the root of the module:
//
//	go run ./test/verify
//
// It stops at what can be seen in the files; whether the product works is for the tests.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// check looks at the module in root and lists what is wrong.
type check struct {
	name string
	run  func(root string) ([]string, error)
}

var checks = []check{
	{"templates", templates},
	{"schemas and the guide's tables", command("go", "test", "./internal/service", "-run", "Schema|Guide")},
	{"words of the interface", command("go", "run", "./internal/i18n/po", "check")},
	{"go.mod", command("go", "mod", "tidy", "-diff")},
	{"tools/go.mod", command("go", "-C", "tools", "mod", "tidy", "-diff")},
	{"documentation", documentation},
	{"dependencies", dependencies},
	{"the assessment of security", asvs},
}

func main() {
	bad := 0
	for _, c := range checks {
		problems, err := c.run(".")
		if err != nil {
			problems = append(problems, err.Error())
		}
		if len(problems) == 0 {
			fmt.Println("ok    ", c.name)
			continue
		}
		bad += len(problems)
		fmt.Println("WRONG ", c.name)
		for _, p := range problems {
			fmt.Println("       ", strings.ReplaceAll(p, "\n", "\n        "))
		}
	}
	if bad > 0 {
		fmt.Printf("%d problems\n", bad)
		os.Exit(1)
	}
}

// command makes a check of a command that ends well or says what is wrong.
func command(name string, args ...string) func(string) ([]string, error) {
	return func(root string) ([]string, error) {
		out, err := output(root, name, args...)
		if err != nil {
			return []string{name + " " + strings.Join(args, " ") + ": " + err.Error() + "\n" + tail(out, 40)}, nil
		}
		return nil, nil
	}
}

func output(dir, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// tail is the last lines of a text.
func tail(text string, lines int) string {
	all := strings.Split(strings.TrimSpace(text), "\n")
	if len(all) > lines {
		all = append([]string{"…"}, all[len(all)-lines:]...)
	}
	return strings.Join(all, "\n")
}
