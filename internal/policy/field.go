package policy

// SeesField reports whether somebody sees a field of a record at the desk: what the law publishes, everybody does; of the
// rest, those whom the register's file names in see (roles in the organisation that keeps it, or other organisations), and
// where it names nobody, who may read for the keeping organisation. The thing is the record.
func SeesField(a Actor, t Thing, public bool, see []string) bool {
	t.Consulted = nil
	if public || len(see) == 0 {
		return public || Can(a, RecordRead, t) == nil
	}
	for _, who := range see {
		do, on := RecordRead, t
		switch Role(who) {
		case Reader:
		case Officer:
			do = RecordWork
		case Supervisor:
			do = RecordSupervise
		default:
			on.ID, on.Organisation, on.Consulted = "", "", []string{who} // what is opened in an emergency is what its keeper sees
		}
		if Can(a, do, on) == nil {
			return true
		}
	}
	return false
}
