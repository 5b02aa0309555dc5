package flow

import (
	"context"
	"fmt"
	"slices"

	"stoa/internal/assess"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/process"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/tax"
)

// TaxRefused is the refusal of what was typed about a tax: all fields at once. Paths are ids of questions and facts, or
// "from", "text", "files", "object.FIELD".
type TaxRefused struct{ Errors []process.FieldError }

// Error is for logs: it names the fields and not what was typed.
func (e *TaxRefused) Error() string {
	var paths []string
	for _, one := range e.Errors {
		paths = append(paths, one.Path)
	}
	return fmt.Sprintf("refused: %q", paths)
}

// FaultKind implements the kind of package fault.
func (e *TaxRefused) FaultKind() fault.Kind { return fault.Invalid }

// refusals collects what is wrong with a form.
type refusals []process.FieldError

func (r *refusals) add(path, key string, args map[string]any) {
	*r = append(*r, process.FieldError{Path: path, Key: key, Args: args})
}

func (r refusals) err() error {
	if len(r) == 0 {
		return nil
	}
	return &TaxRefused{Errors: r}
}

// known is what a person typed, read and written down as facts and fields of the object.
type known struct {
	facts, object map[string]string
}

func (k known) empty() bool { return len(k.facts) == 0 && len(k.object) == 0 }

// typedKnown reads facts that are given anew, where nothing typed says that one holds no longer, and fields of the object.
func typedKnown(ctx context.Context, t *service.Tax, typed process.Typed, change []string, object map[string]string, today calendar.Date, wrong *refusals) (k known, err error) {
	k = known{facts: map[string]string{}, object: map[string]string{}}
	for _, id := range change {
		v, errs, err := assess.ReadFact(ctx, t, id, typed, today)
		if err != nil {
			return k, fault.Wrap(err, fault.Invalid, "The tax knows no such fact")
		}
		for _, e := range errs {
			if !e.Missing {
				*wrong = append(*wrong, e)
			}
		}
		k.facts[id] = tax.Text(v)
	}
	for id, text := range object {
		i := slices.IndexFunc(t.Fields, func(f service.RegisterField) bool { return f.ID == id })
		if i < 0 {
			return k, fault.NewInvalid("The rules of the tax do not look at this field of the register")
		}
		if text == "" && !slices.Contains(t.TaxFile.Object.Lacks, id) {
			wrong.add("object."+id, i18n.Msg("The rules of the tax need a value here"), nil)
			continue
		}
		if k.object[id], err = fieldText(t.Fields[i].Type, text); err != nil {
			wrong.add("object."+id, i18n.Msg("This does not fit the field"), nil)
			err = nil
		}
	}
	return k, nil
}

// fieldText reads a field of the object as typed and writes it as registers keep it.
func fieldText(typ, typed string) (string, error) {
	if typed == "" {
		return "", nil
	}
	v, err := record.Value(typ, typed)
	if err != nil {
		return "", err
	}
	if typ == "yes_no" && typed != "yes" && typed != "no" {
		return "", fmt.Errorf("%q is neither yes nor no", typed)
	}
	text, _ := record.Text(v)
	return text, nil
}
