package service

import "regexp"

// ocidForm is the form of prefixes that the Open Contracting Partnership registers.
var ocidForm = regexp.MustCompile(`^ocds-[a-z0-9]{6}$`)

// checkOCID checks the prefix of worldwide identifiers of contracts.
func (l *loader) checkOCID() {
	if o := l.j.File.OpenData; o != nil && o.OCID != "" && !ocidForm.MatchString(o.OCID) {
		l.problem(l.places.at(o.Pos, "ocid"), "write it as it was registered, such as ocds-213czf", "%q is no prefix of identifiers of contracts", o.OCID)
	}
}
