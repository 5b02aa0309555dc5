package disclose

import "stoa/internal/i18n"

// Says gives what was done as sentences for the page. It tells how many figures are hidden, not which are small.
func (r *Report) Says(p *i18n.Printer) (lines []string) {
	if r.HeldBack {
		return []string{p.T("No new version was published: so little has changed that the difference would tell about single persons.")}
	}
	if n := r.Hidden(); n > 0 {
		lines = append(lines, p.N("{n} figure of {all} is hidden, so that nobody can be recognised.", "{n} figures of {all} are hidden, so that nobody can be recognised.", n, i18n.V{"all": r.Figures}))
	} else if r.Floor > 1 {
		lines = append(lines, p.T("No figure had to be hidden."))
	}
	if r.Floor > 1 {
		lines = append(lines, p.T("Figures from 1 to {most} are not shown. Others are hidden with them where sums would give a small one away.", i18n.V{"most": r.Floor - 1}))
	}
	if r.Changed+r.Earlier > 0 {
		lines = append(lines, p.T("Some figures wait for a later version, since they have changed too little since the last one."))
	}
	if r.Rounded > 0 {
		lines = append(lines, p.T("Figures are rounded, each for itself, so they may not add up."))
	}
	return lines
}
