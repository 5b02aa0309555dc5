// Command po keeps the translations in step with the code. From the root of
// the module:
//
//	go run ./internal/i18n/po extract [-prune]        add new messages, empty, to every language
//	go run ./internal/i18n/po missing [-lang ar]      print what is not translated, as JSON
//	go run ./internal/i18n/po merge [-lang ar] FILE   fill in {"message": "text" or ["form", …]}
//	go run ./internal/i18n/po check                   what the test checks
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"stoa/internal/i18n"
	"stoa/internal/i18n/texts"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "po:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) == 0 {
		return errors.New("want extract, missing, merge or check")
	}
	flags := flag.NewFlagSet("po "+args[0], flag.ContinueOnError)
	root := flags.String("root", ".", "root of the module")
	lang := flags.String("lang", "ar", "language")
	prune := flags.Bool("prune", false, "extract: take out what the code no longer uses")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if args[0] == "check" {
		problems, err := texts.Check(*root)
		if err != nil {
			return err
		}
		return report(problems)
	}
	messages, problems, err := texts.Extract(*root)
	if err != nil {
		return err
	}
	switch args[0] {
	case "extract":
		if *prune && len(problems) > 0 {
			return fmt.Errorf("not taking anything out while the code has problems:\n%s", strings.Join(problems, "\n"))
		}
		if err := extract(out, *root, messages, *prune); err != nil {
			return err
		}
		return report(problems)
	case "missing":
		return missing(out, *root, *lang, messages)
	case "merge":
		if flags.NArg() != 1 {
			return errors.New("merge wants one file")
		}
		return merge(out, *root, *lang, flags.Arg(0), messages)
	}
	return fmt.Errorf("unknown command %q", args[0])
}

func report(problems []string) error {
	if len(problems) == 0 {
		return nil
	}
	return fmt.Errorf("%d problems:\n%s", len(problems), strings.Join(problems, "\n"))
}

func extract(out io.Writer, root string, messages []texts.Message, prune bool) error {
	files, err := filepath.Glob(filepath.Join(root, texts.Dir, "*.po"))
	if err != nil {
		return err
	}
	for _, file := range files {
		tag := strings.TrimSuffix(filepath.Base(file), ".po")
		err := texts.Update(root, tag, func(c *texts.Catalog) error {
			added, removed := c.Add(messages), 0
			if prune {
				removed = c.Prune(messages)
			}
			_, err := fmt.Fprintf(out, "%s: %d added, %d taken out\n", tag, added, removed)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func missing(out io.Writer, root, lang string, messages []texts.Message) error {
	english, err := texts.Read(root, i18n.Source)
	if err != nil {
		return err
	}
	c, err := texts.Read(root, lang)
	if err != nil {
		return err
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(c.Gaps(messages, english))
}

func merge(out io.Writer, root, lang, file string, messages []texts.Message) error {
	translations, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	english, err := texts.Read(root, i18n.Source)
	if err != nil {
		return err
	}
	var problems []string
	err = texts.Update(root, lang, func(c *texts.Catalog) error {
		merged, bad, err := c.Merge(translations, messages, english)
		if err != nil {
			return err
		}
		problems = bad
		_, err = fmt.Fprintf(out, "%s: %d merged\n", lang, merged)
		return err
	})
	if err != nil {
		return err
	}
	return report(problems)
}
