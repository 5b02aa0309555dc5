package process

import (
	"context"

	"stoa/internal/rule"
	"stoa/internal/service"
)

// Compute evaluates a further rule of the definition with what the judgement knows. known is false where an
// answer is missing that it needs, and where the rule itself came to nothing: then Broken has the reason. The
// error is an outside one.
func (j *Judgement) Compute(ctx context.Context, r *service.Rule) (v rule.Value, known bool, err error) {
	out := j.rules.eval(ctx, r, j.rules.top)
	j.Broken = j.rules.broken
	return out.value, out.known, j.rules.err
}

// Dated reports whether a rule looked at the day of the judgement. If none did, the same answers come to the same
// on every day on which the figures are the same.
func (j *Judgement) Dated() bool { return j.rules.dated }
