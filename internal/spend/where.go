package spend

import (
	"strconv"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

// where is a condition that grows; what is empty adds nothing.
type where struct {
	text string
	args []any
}

// and adds a condition with one argument, written $? in it.
func (w *where) and(condition string, arg any) {
	w.args = append(w.args, arg)
	w.text += " AND " + strings.ReplaceAll(condition, "$?", "$"+strconv.Itoa(len(w.args)))
}

func (w *where) is(column, value string) {
	if value != "" {
		w.and(column+" = $?", value)
	}
}

// in holds a column to one of some values; nil is no bound.
func (w *where) in(column string, values []string) {
	if values == nil {
		return
	}
	if len(values) == 0 {
		w.text += " AND 1 = 0"
		return
	}
	w.text += " AND " + column + " IN (" + store.Marks(len(w.args)+1, len(values)) + ")"
	for _, v := range values {
		w.args = append(w.args, v)
	}
}

func (w *where) days(column string, from, until calendar.Date) {
	if !from.IsZero() {
		w.and(column+" >= $?", from.String())
	}
	if !until.IsZero() {
		w.and(column+" <= $?", until.String())
	}
}
