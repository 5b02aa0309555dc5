package record

import (
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/service"
)

// MaySee reports whether somebody at the desk sees a field of a register, whosever record it is.
func MaySee(a policy.Actor, reg *service.Register, f *service.RegisterField) bool {
	return policy.SeesField(a, policy.Thing{Kind: "register", ID: reg.Register, Organisation: reg.Organisation}, f.Public, f.See)
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
