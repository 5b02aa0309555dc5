package arch

import (
	"slices"
	"strings"
)

// ring is a set of packages with one rule. A package may import what lies in the rings named in sees,
// and of its own ring what stands before it, where order says so.
type ring struct {
	name     string
	packages []string
	ordered  bool     // packages may import those before them
	sees     []string // names of rings
	tests    []string // names of rings that its tests see besides: they build the real thing beneath
	why      string
}

var rings = []ring{
	{
		name: "pure", ordered: true,
		packages: []string{"fault", "money", "calendar", "i18n", "disclose", "scan", "tabular", "policy", "totp", "document", "bankfile", "rule", "service", "process", "assess", "proof", "forecast", "forecast/table", "allocate", "simulate", "assist", "assist/measure", "converse", "catalogue", "ocds", "credential/envelope", "credential/sdjwt", "credential/mdoc", "credential/status", "redact", "resemble", "precedent", "evaluate"},
		why: "the law's own logic knows no clock, network or database, so that worked examples, drafts and cases run the same code; " +
			"each package sees only those below it",
	},
	{
		name: "tools", ordered: true, sees: []string{"pure"},
		packages: []string{"keyfile", "store", "carry", "vault", "vault/transit", "job", "tally", "objects", "blob", "shelf", "tabular/lite", "telemetry", "hook", "passkey", "openid", "elsewhere", "condense", "publog/signet", "credential/keys"},
		why:      "tools serve every domain and therefore know none",
	},
	{
		name: "domain", sees: []string{"pure", "tools"},
		packages: []string{"person", "cases", "ledger", "bill", "pay", "bank", "spend", "treasury", "tax", "record", "notify", "access", "retain", "consent", "publog", "release", "docket", "dataset", "opendata", "credential", "disclosure", "extract", "inquiry", "mandate", "appointment", "study", "insight", "hint", "bookmark"},
		why:      "each owns its tables and meets the others only in a use case; a neighbour is named in neighbours, with its reason",
	},
	{
		name: "use cases", sees: []string{"pure", "tools", "domain"}, tests: []string{"payment providers"},
		packages: []string{"flow", "view"},
		why:      "what can happen and what can be seen do not call each other, and know no page",
	},
	{
		name: "parts of pages", ordered: true,
		packages: []string{"web/asset", "web/page", "web/chart"},
		why:      "a component prints what it is given and opens nothing",
	},
	{
		name: "edge", ordered: true, sees: []string{"pure", "use cases", "parts of pages"},
		tests:    []string{"tools", "domain"},
		packages: []string{"web", "web/paper", "web/insight", "web/site", "web/desk", "web/ckan", "web/wallet", "web/xroad"},
		why:      "a handler reads a form, asks a use case and prints; it never reaches past the use cases to rows or keys",
	},
	{
		name: "payment providers", sees: []string{"pure", "parts of pages"},
		packages: []string{"provider/sandbox", "provider/stripe"},
		why:      "whoever takes payments for us is outside: an adapter speaks its protocol and knows nothing of ours but the contract in pay",
	},
	{
		name: "outsiders", ordered: true, sees: []string{"pure"}, tests: []string{"tools", "domain"},
		packages: []string{"proof/reader", "witness", "web/asset/verifier"},
		why:      "whoever checks the public log shares nothing with those who keep it but the forms",
	},
	{
		name: "visitors", ordered: true, sees: []string{"pure"},
		packages: []string{"visitor", "visitor/crowd"},
		why:      "people know a site by its pages, and come to those that others run",
	},
	{
		name: "wiring", sees: []string{"pure", "tools", "domain", "use cases", "parts of pages", "edge", "payment providers", "outsiders"},
		packages: []string{"app"},
		why:      "one place knows everything, and nobody knows it but the command",
	},
	{
		name: "command", sees: []string{"wiring", "outsiders", "visitors"},
		packages: []string{"cmd/stoa"},
		why:      "arguments, signals and exit codes, nothing else",
	},
	{
		name: "drivers", sees: []string{"pure", "tools", "domain", "use cases", "parts of pages", "edge", "payment providers", "visitors", "wiring"},
		packages: []string{"test/bench", "test/bench-forecast", "test/bench-allocate", "test/crash", "test/nodes"},
		why:      "they measure the whole from outside",
	},
	{
		name:     "beside", // what the product does not run, or runs as data
		packages: []string{"arch", "schema", "jurisdictions", "i18n/texts", "i18n/po", "service/scaffold", "assist/train", "store/storetest", "store/storetest/pg", "objects/objectstest", "passkey/passkeytest", "tabular/tabulartest", "web/page/gallery", "test/verify"},
		why:      "tools of those who build Stoa, and files carried in the program, see only what neighbours names",
	},
}

// neighbour is an import that the rings do not give.
type neighbour struct{ from, to, why string }

var neighbours = []neighbour{
	{"docket", "cases", "a docket is a case with all that it is judged by"},
	{"docket", "retain", "how long a matter is kept, and what holds it"},
	{"docket", "record", "what registers say is part of what a case is judged by"},
	{"docket", "release", "the definition under which the case began"},
	{"docket", "hint", "what of a case is compared with others"},
	{"treasury", "bill", "an event of money is a movement of what is owed and an entry in the books, or neither"},
	{"treasury", "ledger", "the entry"},
	{"treasury", "pay", "what was paid, and what is to be paid back"},
	{"spend", "ledger", "its tests hold every sum against the books"},
	{"treasury", "bank", "what the bank says arrived and left"},
	{"provider/sandbox", "pay", "the contract of providers"},
	{"provider/stripe", "pay", "the contract of providers"},
	{"docket", "bill", "how a bill that stays unpaid is dealt with"},
	{"docket", "tax", "the definition under which a tax was assessed"},
	{"web/page", "i18n", "the fixed words of components, in the reader's language and direction"},
	{"web/chart", "i18n", "numbers, money and dates on axes, in the reader's language and direction"},
	{"cmd/stoa", "forecast", "stoa forecast and stoa anomalies need nothing else that runs"},
	{"cmd/stoa", "forecast/table", "their files"},
	{"cmd/stoa", "allocate", "stoa allocate needs nothing else that runs"},
	{"cmd/stoa", "assist", "stoa assist eval"},
	{"cmd/stoa", "assist/measure", "its files and figures"},
	{"assist/train", "assist", "it makes the models"},
	{"assist/train", "assist/measure", "it reads the conversations that it learns from"},
	{"cmd/stoa", "policy", "the role that stoa staff gives"},
	{"cmd/stoa", "carry", "stoa backup, restore and move write and read files"},
	{"cmd/stoa", "proof", "stoa verify, witness and monitor judge by it"},
	{"cmd/stoa", "scan", "stoa verify reads a photo"},
	{"cmd/stoa", "service/scaffold", "stoa new"},
	{"cmd/stoa", "jurisdictions", "the sample that stoa demo serves"},
	{"app", "service/scaffold", "its tests serve what stoa new writes"},
	{"i18n/texts", "i18n", "it compares the catalogues with the code"},
	{"i18n/po", "i18n", "it keeps the catalogues"},
	{"i18n/po", "i18n/texts", "it keeps the catalogues"},
	{"service/scaffold", "service", "what it writes must pass the checks"},
	{"service/scaffold", "fault", "its refusals are sentences for people"},
	{"service/scaffold", "schema", "editors find the schema beside the files"},
	{"test/bench", "jurisdictions", "it measures the sample"},
	{"test/bench", "store/storetest", "it measures on both databases"},
	{"store/storetest", "store", "it opens databases for tests"},
	{"objects/objectstest", "objects", "it starts a server for tests of it"},
	{"tabular/tabulartest", "tabular", "it draws tables for tests"},
	{"store/storetest/pg", "store/storetest", "it lends one cluster to many tests"},
	{"web/page/gallery", "i18n", "it shows the components"},
	{"web/page/gallery", "web/asset", "it shows the components"},
	{"web/page/gallery", "web/page", "it shows the components"},
	{"web/page/gallery", "web/chart", "it shows the components"},
}

// forTests are what any test may use beside what its package may.
var forTests = []string{"store/storetest", "objects/objectstest", "passkey/passkeytest", "tabular/tabulartest", "jurisdictions"}

func ringOf(pkg string) *ring {
	for i := range rings {
		if slices.Contains(rings[i].packages, pkg) {
			return &rings[i]
		}
	}
	return nil
}

// mayImport gives nil, or why not.
func mayImport(from, to string, test bool) (why string, ok bool) {
	r, target := ringOf(from), ringOf(to)
	switch {
	case target == nil:
		return "what it imports is not in the map of internal/arch/rings.go", false
	case slices.Contains(r.sees, target.name), test && slices.Contains(r.tests, target.name):
		return "", true
	case r == target && r.ordered && slices.Index(r.packages, to) < slices.Index(r.packages, from):
		return "", true
	case slices.ContainsFunc(neighbours, func(n neighbour) bool { return n.from == from && n.to == to }):
		return "", true
	case test && (from == to || within(to, from) || slices.Contains(forTests, to)):
		return "", true
	}
	return "ring " + r.name + ": " + r.why, false
}

// Imports holds every import of our own packages to the map.
func Imports(t *Tree) (problems []string) {
	used := map[neighbour]bool{}
	for _, f := range t.Files {
		for _, i := range f.imports() {
			to, ours := inside(i.path)
			if !ours || ringOf(f.Package) == nil { // Packages says so, once
				continue
			}
			for _, n := range neighbours {
				if n.from == f.Package && n.to == to {
					used[n] = true
				}
			}
			if why, ok := mayImport(f.Package, to, f.Test); !ok {
				problems = append(problems, t.at(i.pos, "%s may not import %s: %s", f.Package, to, why))
			}
		}
	}
	for _, n := range neighbours {
		if !used[n] {
			problems = append(problems, "internal/arch/rings.go: "+n.from+" does not import "+n.to+" (any more): take the line out of neighbours")
		}
	}
	return problems
}

// Packages finds folders that the map does not know.
func Packages(t *Tree) (problems []string) {
	have := map[string]bool{}
	for _, f := range t.Files {
		if !have[f.Package] && ringOf(f.Package) == nil {
			problems = append(problems, f.Path+": package "+f.Package+" is not in the map: give it a place in internal/arch/rings.go")
		}
		have[f.Package] = true
	}
	return problems
}

// Says prints the map with its reasons, for whoever asks (go test -v ./internal/arch).
func Says() string {
	var b strings.Builder
	for _, r := range rings {
		b.WriteString(r.name + ": " + strings.Join(r.packages, " "))
		if len(r.sees) > 0 {
			b.WriteString("\n  may import: " + strings.Join(r.sees, ", "))
		}
		b.WriteString("\n  because " + r.why + "\n")
	}
	for _, n := range neighbours {
		b.WriteString(n.from + " may import " + n.to + ": " + n.why + "\n")
	}
	return b.String()
}
