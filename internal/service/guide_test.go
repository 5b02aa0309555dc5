package service

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"stoa/internal/rule"
)

const (
	guide     = "../../docs/guides/service-file.md"
	taxGuide  = "../../docs/guides/tax-file.md"
	budgets   = "../../docs/guides/budget-file.md"
	dataGuide = "../../docs/guides/dataset-file.md"
	registers = "../../docs/guides/register-file.md"
	booking   = "../../docs/guides/appointment-file.md"
)

// TestGuideIsCurrent holds the parts of the guides that follow from the code: functions and keys.
func TestGuideIsCurrent(t *testing.T) {
	docs, done := readDocs(t), map[reflect.Type]bool{}
	services := keyTables(docs, done, "service", "jurisdiction", "calendar", "money", "parameters", "elsewhere", "shares", "commitments", "programme", "demo")
	compare(t, guide, map[string]string{"functions": functionTable(), "keys": services})
	var elsewhere []string // types that the other guide has
	for t := range done {
		if anchor := link(t); t.Kind() == reflect.Struct {
			elsewhere = append(elsewhere, anchor, strings.Replace(anchor, "(#", "(service-file.md#", 1))
		}
	}
	compare(t, registers, map[string]string{"keys": strings.NewReplacer(elsewhere...).Replace(keyTables(docs, done, "register"))})
	taxes := strings.NewReplacer(elsewhere...).Replace(keyTables(docs, done, "tax"))
	compare(t, taxGuide, map[string]string{"keys": taxes})
	compare(t, budgets, map[string]string{"keys": strings.NewReplacer(elsewhere...).Replace(keyTables(docs, done, "budget"))})
	appointments := strings.NewReplacer(elsewhere...).Replace(keyTables(docs, done, "appointment"))
	compare(t, booking, map[string]string{"keys": appointments})
	datasets := strings.NewReplacer(elsewhere...).Replace(keyTables(docs, done, "dataset"))
	compare(t, dataGuide, map[string]string{"keys": datasets})
}

// compare holds the sections of a guide against what the code says; -update rewrites them.
func compare(t *testing.T, guide string, sections map[string]string) {
	t.Helper()
	src, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	want := string(src)
	for _, section := range slices.Sorted(maps.Keys(sections)) {
		want = between(t, want, section, sections[section])
	}
	if *update {
		if err := os.WriteFile(guide, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(src) {
		t.Errorf("%s does not say what the code does: run go test ./internal/service -run Guide -update", guide)
	}
}

// between puts text between the marks of a section.
func between(t *testing.T, src, section, text string) string {
	t.Helper()
	mark := "<!-- " + section + ": written by go test ./internal/service -update -->\n"
	before, rest, ok := strings.Cut(src, mark)
	_, after, closed := strings.Cut(rest, "<!-- end -->")
	if !ok || !closed {
		t.Fatalf("the guide has no section %s", section)
	}
	return before + mark + text + "<!-- end -->" + after
}

func functionTable() string {
	var b strings.Builder
	b.WriteString("\n| written | gives |\n|---|---|\n")
	for _, f := range rule.Functions() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", strings.ReplaceAll(f.Usage, "|", `\|`), f.Doc)
	}
	return b.String() + "\n"
}

// keyTables writes a table of keys for every file type, each once, in the order in which a reader meets them.
// those that are done are left out.
func keyTables(docs map[string]string, done map[reflect.Type]bool, names ...string) string {
	var b strings.Builder
	var write func(t reflect.Type)
	write = func(t reflect.Type) {
		if done[t] {
			return
		}
		done[t] = true
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\n| key | value | meaning |\n|---|---|---|\n", typeName(t), docs[t.Name()])
		var next []reflect.Type
		for _, key := range keysOf(t) {
			f := fieldsOf(t)[key]
			sf := t.Field(f.index)
			name := "`" + key + "`"
			if f.must.required {
				name = "**" + name + "**"
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", name, kindName(sf.Type, f.must), strings.ReplaceAll(docs[t.Name()+"."+sf.Name], "|", `\|`))
			if e := inner(sf.Type); e.Kind() == reflect.Struct && strings.HasSuffix(kindName(e, must{}), ")") {
				next = append(next, e)
			}
		}
		for _, e := range next {
			write(e)
		}
	}
	for _, name := range names {
		write(formats[name])
	}
	return b.String() + "\n"
}

func typeName(t reflect.Type) string {
	special := map[string]string{
		"ServiceFile": "services/*.yaml", "JurisdictionFile": "jurisdiction.yaml", "CalendarFile": "calendar.yaml", "MoneyFile": "money.yaml",
		"ParameterFile": "parameters/*.yaml", "RegisterFile": "registers/*.yaml", "DemoFile": "demo.yaml",
		"DatasetFile": "datasets/*.yaml", "DatasetFromFile": "Where rows come from", "DatasetCaseFile": "Statistics of cases", "DatasetColumnFile": "Column",
		"CommitmentsFile": "commitments.yaml", "EvaluationFile": "programmes/*.yaml", "EvaluationScopeFile": "Where a programme is", "ElsewhereFile": "elsewhere/*.yaml", "SharesFile": "shares.yaml", "ElsewhereField": "Field of a register of others", "HTTPSourceFile": "HTTP source", "XRoadSourceFile": "X-Road source", "CredentialAnswerFile": "Credential as an answer",
		"TaxFile": "taxes/*.yaml", "AppointmentFile": "appointments/*.yaml", "AppointmentForFile": "What one can come for", "AppointmentHoursFile": "Hours", "AppointmentAskedFile": "Worked question of an appointment", "BudgetFile": "budget/*.yaml", "BudgetTotalsFile": "Totals", "BudgetLineFile": "Budget line", "BudgetAmendmentFile": "Amendment",
		"DemoSpending": "Demo spending", "DemoCommitmentFile": "Demo commitment", "DemoPartFile": "Demo part", "DemoInvoiceFile": "Demo invoice", "DemoIncomeFile": "Demo income", "TaxObjectFile": "Taxed object", "TaxPeriodFile": "Period", "InstalmentChoiceFile": "Instalment choice",
		"TaxExampleFile": "Tax example", "TaxChangeFile": "Change", "TaxExpectFile": "Expected of a tax", "TaxPartFile": "Stretch of days",
		"TaxInstalmentFile": "Expected instalment", "ParameterValue": "Parameter value", "RegisterField": "Register field",
	}
	if name, ok := special[t.Name()]; ok {
		return name
	}
	return strings.TrimSuffix(t.Name(), "File")
}

func inner(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Map || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

func kindName(t reflect.Type, m must) string {
	switch {
	case t == textType:
		return "text"
	case t == exprType:
		return "rule"
	case t.Kind() == reflect.Pointer:
		return kindName(t.Elem(), m)
	case t.Kind() == reflect.Slice:
		return "list: " + kindName(t.Elem(), m)
	case t.Kind() == reflect.Map:
		return "by name: " + kindName(t.Elem(), must{})
	case m.one != nil:
		return "`" + strings.Join(m.one, "`, `") + "`"
	case m.form != "":
		return map[string]string{"id": "id", "name": "id (underscores)", "word": "id", "option": "id", "language": "language", "colour": "colour", "month_day": "month and day"}[m.form]
	}
	switch t.Name() {
	case "Date":
		return "date"
	case "Clock":
		return "time"
	case "Decimal":
		return "number"
	case "bool":
		return "yes or no"
	case "int":
		return "whole number"
	case "string":
		return "word or text"
	}
	if t.Kind() == reflect.Struct {
		return link(t)
	}
	return "any"
}

// link leads to the table of a type.
func link(t reflect.Type) string {
	anchor := strings.ToLower(strings.ReplaceAll(typeName(t), " ", "-"))
	return "[" + typeName(t) + "](#" + anchor + ")"
}
