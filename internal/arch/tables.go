package arch

import (
	"go/ast"
	"go/token"
	"regexp"
	"sort"
	"strings"
)

var (
	createTable = regexp.MustCompile(`(?i)\bCREATE\s+(?:VIRTUAL\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?([a-z_][a-z0-9_]*)`)
	reference   = regexp.MustCompile(`(?i)\bREFERENCES\s+([a-z_][a-z0-9_]*)`)
	// In Go, keywords of SQL are written in capitals and tables are not.
	mentioned = regexp.MustCompile(`\b(?:FROM|INTO|UPDATE|JOIN|TABLE)\s+([a-z_][a-z0-9_]*)\b`)
)

// owners gives the package whose migrations make each table.
func owners(t *Tree) (owner map[string]string, problems []string) {
	owner = map[string]string{}
	for _, file := range sorted(t.SQL) {
		pkg := strings.TrimSuffix(packageOf(file), "/migrations")
		for _, m := range createTable.FindAllStringSubmatch(t.SQL[file], -1) {
			table := strings.ToLower(m[1])
			if other, taken := owner[table]; taken && other != pkg {
				problems = append(problems, file+": table "+table+" is "+other+"'s already")
				continue
			}
			owner[table] = pkg
		}
	}
	return owner, problems
}

// Tables holds every mention of a table in SQL to its owner: SQL sits with the package whose data it is,
// so that a table can change in one place.
func Tables(t *Tree) []string {
	owner, problems := owners(t)
	for _, file := range sorted(t.SQL) {
		pkg := strings.TrimSuffix(packageOf(file), "/migrations")
		for _, m := range reference.FindAllStringSubmatch(t.SQL[file], -1) {
			if of := owner[strings.ToLower(m[1])]; of != pkg {
				problems = append(problems, file+": refers to table "+m[1]+" of another package: name its id and let the use case keep them together")
			}
		}
	}
	for _, f := range t.Files {
		if f.Test || besides(f.Package) {
			continue // tests and measurements count rows wherever they lie
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			text, ok := n.(*ast.BasicLit)
			if !ok || text.Kind != token.STRING {
				return true
			}
			for _, m := range mentioned.FindAllStringSubmatch(text.Value, -1) {
				of, known := owner[m[1]]
				if known && of != f.Package {
					problems = append(problems, t.at(text.Pos(), "table %s is %s's: SQL sits with the owner of its table, which exports what others need", m[1], of))
				}
			}
			return true
		})
	}
	return problems
}

func sorted(m map[string]string) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
