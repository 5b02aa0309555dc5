package carry

import (
	"encoding/binary"
	"errors"
	"fmt"

	"stoa/internal/store"
)

// The writing of a row: for each column a letter for its kind, and what it holds; texts and bytes after their length, integers as
// eight bytes, nothing as "n". It is frozen: backups are read by later programs.
const (
	nothing = 'n'
	aText   = 't'
	anInt   = 'i'
	aBlob   = 'b'
	yes     = 'y'
	no      = 'f'
)

var errRow = errors.New("a row cannot be read")

func lengthOf(b []byte) []byte { return binary.AppendUvarint(nil, uint64(len(b))) }

// cells are where the columns of a row are read into.
type cells struct {
	table  store.Table
	into   []any
	buffer []byte
}

func newCells(t store.Table) *cells {
	c := &cells{table: t}
	for _, column := range t.Columns {
		switch column.Kind {
		case store.Integer:
			c.into = append(c.into, new(*int64))
		case store.Boolean:
			c.into = append(c.into, new(*bool))
		case store.Bytes:
			c.into = append(c.into, new(any)) // what holds no bytes and what holds nothing come to the same in a *[]byte
		default:
			c.into = append(c.into, new(*string))
		}
	}
	return c
}

// row is the writing of what was read, good until the next, and its values.
func (c *cells) row() ([]byte, []any) {
	b, values := c.buffer[:0], make([]any, len(c.into))
	for i, cell := range c.into {
		switch v := cell.(type) {
		case **int64:
			if *v != nil {
				values[i] = **v
			}
		case **bool:
			if *v != nil {
				values[i] = **v
			}
		case *any:
			if b, ok := (*v).([]byte); ok {
				values[i] = append([]byte{}, b...)
			}
		case **string:
			if *v != nil {
				values[i] = **v
			}
		}
		b = appendCell(b, values[i])
	}
	c.buffer = b
	return b, values
}

func appendCell(b []byte, value any) []byte {
	switch v := value.(type) {
	case int64:
		return binary.BigEndian.AppendUint64(append(b, anInt), uint64(v))
	case bool:
		if v {
			return append(b, yes)
		}
		return append(b, no)
	case []byte:
		return append(binary.AppendUvarint(append(b, aBlob), uint64(len(v))), v...)
	case string:
		return append(binary.AppendUvarint(append(b, aText), uint64(len(v))), v...)
	}
	return append(b, nothing)
}

// values reads a row's writing for a table's columns.
func values(t store.Table, b []byte) ([]any, error) {
	all := make([]any, 0, len(t.Columns))
	for _, column := range t.Columns {
		v, rest, err := cell(b)
		if err != nil {
			return nil, err
		}
		if v != nil && kindOf(v) != column.Kind {
			return nil, fmt.Errorf("%w: column %s of table %s is no %s", errRow, column.Name, t.Name, column.Kind)
		}
		all, b = append(all, v), rest
	}
	if len(b) > 0 {
		return nil, fmt.Errorf("%w: it has more than the columns of table %s", errRow, t.Name)
	}
	return all, nil
}

func kindOf(v any) store.Kind {
	switch v.(type) {
	case int64:
		return store.Integer
	case bool:
		return store.Boolean
	case []byte:
		return store.Bytes
	}
	return store.Text
}

func cell(b []byte) (v any, rest []byte, err error) {
	if len(b) == 0 {
		return nil, nil, fmt.Errorf("%w: it is cut off", errRow)
	}
	kind, b := b[0], b[1:]
	switch kind {
	case nothing:
		return nil, b, nil
	case yes, no:
		return kind == yes, b, nil
	case anInt:
		if len(b) < 8 {
			return nil, nil, fmt.Errorf("%w: it is cut off", errRow)
		}
		return int64(binary.BigEndian.Uint64(b)), b[8:], nil
	case aText, aBlob:
		n, size := binary.Uvarint(b)
		if size <= 0 || n > uint64(len(b)-size) {
			return nil, nil, fmt.Errorf("%w: it is cut off", errRow)
		}
		part, rest := b[size:size+int(n)], b[size+int(n):]
		if kind == aText {
			return string(part), rest, nil
		}
		return append([]byte{}, part...), rest, nil
	}
	return nil, nil, fmt.Errorf("%w: it has a kind that is not known", errRow)
}
