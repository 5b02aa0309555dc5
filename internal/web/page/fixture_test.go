package page

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// fixtureDir is where npm puts the design system; `make test` installs it.
const fixtureDir = "../../../web/node_modules/govuk-frontend/dist/govuk/components"

type fixture struct {
	Name    string
	Options map[string]any
	HTML    string
}

// held are our components beside the design system's names.
var held = map[string]func() Component{
	"back-link":           func() Component { return &BackLink{} },
	"breadcrumbs":         func() Component { return &Breadcrumbs{} },
	"button":              func() Component { return &Button{} },
	"character-count":     func() Component { return &CharacterCount{} },
	"checkboxes":          func() Component { return &Checkboxes{} },
	"date-input":          func() Component { return &DateInput{} },
	"details":             func() Component { return &Details{} },
	"error-message":       func() Component { return &ErrorMessage{} },
	"error-summary":       func() Component { return &ErrorSummary{} },
	"feedback":            func() Component { return &Feedback{} },
	"fieldset":            func() Component { return &Fieldset{} },
	"file-upload":         func() Component { return &FileUpload{} },
	"generic-header":      func() Component { return &GenericHeader{} },
	"hint":                func() Component { return &Hint{} },
	"input":               func() Component { return &Input{} },
	"inset-text":          func() Component { return &InsetText{} },
	"label":               func() Component { return &Label{} },
	"language-navigation": func() Component { return &LanguageNavigation{} },
	"notification-banner": func() Component { return &NotificationBanner{} },
	"pagination":          func() Component { return &Pagination{} },
	"panel":               func() Component { return &Panel{} },
	"password-input":      func() Component { return &PasswordInput{} },
	"phase-banner":        func() Component { return &PhaseBanner{} },
	"radios":              func() Component { return &Radios{} },
	"select":              func() Component { return &Select{} },
	"service-navigation":  func() Component { return &ServiceNavigation{} },
	"skip-link":           func() Component { return &SkipLink{} },
	"summary-list":        func() Component { return &SummaryList{} },
	"table":               func() Component { return &Table{} },
	"tag":                 func() Component { return &Tag{} },
	"task-list":           func() Component { return &TaskList{} },
	"textarea":            func() Component { return &Textarea{} },
	"warning-text":        func() Component { return &WarningText{} },
}

// TestFixtures holds every component against the HTML that the design system
// publishes for the same options.
func TestFixtures(t *testing.T) {
	if _, err := os.Stat(fixtureDir); err != nil {
		fmt.Println("page: the design system's fixtures are not installed (npm ci in web/): components were NOT held against them")
		return
	}
	files, err := filepath.Glob(filepath.Join(fixtureDir, "*", "fixtures.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures under %s: %v", fixtureDir, err)
	}
	used := map[string]bool{}
	total, passed := 0, 0
	for _, file := range files {
		name, all := readFixtures(t, file)
		total += len(all)
		if reason := notOffered[name]; reason != "" {
			used[name] = true
			continue
		}
		if held[name] == nil {
			t.Errorf("%s: neither held against its fixtures nor listed as not offered", name)
			continue
		}
		for _, f := range all {
			if holdFixture(t, name, f, used) {
				passed++
			}
		}
	}
	for key := range notOffered {
		if !used[key] {
			t.Errorf("notOffered[%q] matches no fixture any more", key)
		}
	}
	fmt.Printf("page: %d of %d fixtures of the design system hold\n", passed, total)
}

func readFixtures(t *testing.T, file string) (string, []fixture) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Component string
		Fixtures  []fixture
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return f.Component, f.Fixtures
}

// holdFixture reports whether ours is the same; what differs must be listed.
func holdFixture(t *testing.T, name string, f fixture, used map[string]bool) bool {
	t.Helper()
	key := name + ": " + f.Name
	target := held[name]()
	if name == "date-input" {
		f.Options = listDateItems(f.Options)
	}
	err := fill(reflect.ValueOf(target).Elem(), f.Options, "")
	var got string
	if err == nil {
		got, err = renderString(target)
	}
	if err == nil {
		if got, want := normalise(t, got), normalise(t, f.HTML); got != want {
			err = fmt.Errorf("differs\n--- ours\n%s\n--- design system\n%s", got, want)
		}
	}
	reason := notOffered[key]
	if reason != "" {
		used[key] = true
	}
	switch {
	case err == nil && reason != "":
		t.Errorf("%s holds now: take it off the list", key)
	case err != nil && reason == "":
		t.Errorf("%s: %v", key, err)
	}
	return err == nil
}

func renderString(c Component) (string, error) {
	var b bytes.Buffer
	err := c.Render(context.Background(), &b)
	return b.String(), err
}

// normalise parses HTML and prints it again with sorted attributes and without
// the white space that indentation leaves. A space in a visually hidden text
// is kept: it keeps two words apart when read out.
func normalise(t *testing.T, s string) string {
	t.Helper()
	nodes, err := html.ParseFragment(strings.NewReader(s), &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body})
	if err != nil {
		t.Fatalf("parsing %q: %v", s, err)
	}
	var b strings.Builder
	for _, n := range nodes {
		printNode(&b, n, "")
	}
	return b.String()
}

func printNode(b *strings.Builder, n *html.Node, indent string) {
	switch n.Type {
	case html.TextNode:
		text := strings.Join(strings.Fields(n.Data), " ")
		if text == "" {
			return
		}
		if readOutOnly(n.Parent) && strings.HasPrefix(n.Data, " ") && n.PrevSibling == nil {
			text = "␠" + text
		}
		fmt.Fprintf(b, "%s%s\n", indent, text)
	case html.ElementNode:
		attrs := make([]string, 0, len(n.Attr))
		for _, a := range n.Attr {
			value := strings.Join(strings.Fields(a.Val), " ")
			if a.Key == "class" {
				names := strings.Fields(a.Val)
				sort.Strings(names)
				value = strings.Join(names, " ")
			}
			attrs = append(attrs, fmt.Sprintf(" %s=%q", a.Key, value))
		}
		sort.Strings(attrs)
		fmt.Fprintf(b, "%s<%s%s>\n", indent, n.Data, strings.Join(attrs, ""))
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			printNode(b, c, indent+"  ")
		}
	}
}

func readOutOnly(n *html.Node) bool {
	if n == nil {
		return false
	}
	for _, a := range n.Attr {
		if a.Key == "class" && strings.Contains(a.Val, "govuk-visually-hidden") {
			return true
		}
	}
	return false
}
