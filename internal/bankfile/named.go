package bankfile

import "strings"

// Named gives every run of words in what a line says that may be a reference or number of ours, in capitals and without
// what divides it, each once: for whoever looks them up instead of holding all debts. A Matcher finds in a line no key that
// is not among them.
func Named(l Line) []string {
	var all []string
	seen := map[string]bool{}
	add := func(s string) {
		if len(s) >= leastNumber && len(s) <= longestJoined && !seen[s] {
			seen[s] = true
			all = append(all, s)
		}
	}
	for _, r := range l.References {
		add(strings.Join(words(r), ""))
	}
	for _, text := range []string{l.Text, l.EndToEnd} {
		all := words(text)
		for i := range all {
			joined(all[i:], add)
		}
	}
	return all
}
