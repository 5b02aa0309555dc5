package bankfile

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"stoa/internal/fault"
)

// limited is a reader that refuses to go on beyond what a file may have.
type limited struct {
	r      io.Reader
	left   int64
	failed error // why reading failed, when that is not the file's fault
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		var one [1]byte
		n, err := l.r.Read(one[:])
		if n > 0 {
			err = errTooLarge()
		}
		return 0, err
	}
	n, err := l.r.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	if err != nil && err != io.EOF {
		l.failed = err
	}
	return n, err
}

var byteOrder = []struct{ mark, name string }{{"\xff\xfe", "UTF-16"}, {"\xfe\xff", "UTF-16"}, {"<\x00", "UTF-16"}, {"\x00<", "UTF-16"}}

// input is a file that is being read.
type input struct {
	*bufio.Reader
	from *limited
}

// open bounds a file, takes off a mark of UTF-8 and refuses what begins like UTF-16.
func open(r io.Reader) (input, error) {
	from := &limited{r: r, left: maxBytes}
	b := bufio.NewReaderSize(from, 64<<10)
	head, _ := b.Peek(3) // an error comes again when the file is read
	for _, o := range byteOrder {
		if bytes.HasPrefix(head, []byte(o.mark)) {
			return input{}, fault.NewInvalid(msgCharset, "name", o.name)
		}
	}
	if string(head) == "\xef\xbb\xbf" {
		if _, err := b.Discard(3); err != nil {
			return input{}, err
		}
	}
	return input{b, from}, nil
}

// decoded reads a file in a declared encoding as UTF-8. "" is UTF-8.
func decoded(name string, r io.Reader) (io.Reader, error) {
	switch strings.ToLower(name) {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
		return r, nil
	case "iso-8859-1", "iso8859-1", "latin1", "latin-1":
		return charmap.ISO8859_1.NewDecoder().Reader(r), nil
	case "iso-8859-15", "latin-9":
		return charmap.ISO8859_15.NewDecoder().Reader(r), nil
	case "windows-1252", "cp1252":
		return charmap.Windows1252.NewDecoder().Reader(r), nil
	}
	return nil, fault.NewInvalid(msgCharset, "name", tidy(name, 40))
}
