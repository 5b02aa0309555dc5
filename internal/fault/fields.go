package fault

import "strings"

// FieldError says what is wrong with one answer.
type FieldError struct {
	Field string         // path, such as "partners[0].name"
	Key   string         // public message key
	Args  map[string]any // values for the message; public
}

// Fields is an error of kind Invalid: every answer that does not pass, in the
// order of the page, the first error of each field.
type Fields []FieldError

// Add appends an error for the field unless it has one already. Args are pairs
// of name and value.
func (f *Fields) Add(field, key string, args ...any) {
	for _, e := range *f {
		if e.Field == field {
			return
		}
	}
	*f = append(*f, FieldError{Field: field, Key: key, Args: pairs(args)})
}

// Err returns nil when no field has an error: a nil error, not an empty list
// inside a non-nil one.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// FaultKind is Invalid.
func (f Fields) FaultKind() Kind { return Invalid }

// Error is for logs; it names fields and keys, never what was answered.
func (f Fields) Error() string {
	var b strings.Builder
	b.WriteString("invalid fields:")
	for _, e := range f {
		b.WriteString(" " + e.Field + " (" + e.Key + ")")
	}
	return b.String()
}
