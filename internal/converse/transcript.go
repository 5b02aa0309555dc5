package converse

import "strings"

// Transcript is what was said, as text, for a person who is to answer. What was told about the asker's own cases and bills is
// not in it: nothing of it is kept.
func (l *Library) Transcript(st State, lang string) string {
	p := l.shelf(l.known(lang)).p
	var b strings.Builder
	for _, t := range st.Turns {
		switch {
		case t.Person:
			b.WriteString(p.T("Asked:") + " " + t.Text + "\n")
		case t.Answer != nil && len(t.Answer.Sentences) > 0:
			var list []string
			for _, s := range t.Answer.Sentences {
				list = append(list, s.Text)
			}
			b.WriteString(p.T("Answered:") + " " + strings.Join(list, " ") + "\n\n")
		}
	}
	const most = 3500 // characters: what a long text holds
	if r := []rune(b.String()); len(r) > most {
		return "…" + strings.TrimSpace(string(r[len(r)-most:]))
	}
	return strings.TrimSpace(b.String())
}
