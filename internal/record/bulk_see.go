package record

import (
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/service"
)

// MaySee reports whether somebody at the desk sees a field of a register, as its file says.
func MaySee(a policy.Actor, reg *service.Register, f *service.RegisterField) bool {
	if len(f.See) == 0 {
		return a.Has(reg.Organisation, policy.Reader, policy.Officer, policy.Supervisor)
	}
	for _, who := range f.See {
		switch policy.Role(who) {
		case policy.Reader:
			if a.Has(reg.Organisation, policy.Reader, policy.Officer, policy.Supervisor) {
				return true
			}
		case policy.Officer:
			if a.Has(reg.Organisation, policy.Officer, policy.Supervisor) {
				return true
			}
		case policy.Supervisor:
			if a.Has(reg.Organisation, policy.Supervisor) {
				return true
			}
		default:
			if a.Has(who, policy.Officer, policy.Supervisor) {
				return true
			}
		}
	}
	return false
}

// MayNotSay refuses what a row says of fields that whoever sends it does not see: an answer "unchanged" would tell them.
func (r *Row) MayNotSay(a policy.Actor, reg *service.Register) {
	for i := range reg.Fields {
		f := &reg.Fields[i]
		if _, says := r.Fields[f.ID]; says && !MaySee(a, reg, f) {
			delete(r.Fields, f.ID)
			r.wrong(f.ID, i18n.Msg("Your role does not see this field, so it cannot fill it in"), nil)
		}
	}
}
