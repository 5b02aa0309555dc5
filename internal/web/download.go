package web

import (
	"io"
	"net/http"
	"strings"
	"time"
)

// Download is a file that everybody may have and that never changes, but may be withdrawn: whoever has a copy asks each time
// whether it still stands, which costs no bytes.
type Download struct {
	Name      string // under which it is saved
	MediaType string
	Tag       string // names these bytes for good: a hash
	At        time.Time
	Content   io.ReadSeeker
	Packed    func() (io.ReadSeekCloser, error) // the same bytes as gzip; nil where there is none worth it
}

// Send sends a file of any size, whole or in parts (RFC 9110, section 14), to readers who are slow, as long as they
// go on reading. A part is always of the bytes as they are.
func (d Download) Send(w http.ResponseWriter, r *Request) error {
	h := w.Header()
	h.Set("Content-Type", d.MediaType)
	h.Set("Content-Disposition", disposition("attachment", d.Name))
	h.Set("Cache-Control", AskEachTime)
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "Content-Length, Content-Range, ETag")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	content, tag := d.Content, d.Tag
	if d.Packed != nil {
		h.Add("Vary", "Accept-Encoding")
		if r.Header.Get("Range") == "" && takes(strings.Join(r.Header.Values("Accept-Encoding"), ","), "gzip") {
			packed, err := d.Packed()
			if err != nil {
				return err
			}
			defer func() { _ = packed.Close() }() // only read
			content, tag = packed, tag+"-gzip"
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(&patient{ResponseWriter: w, control: http.NewResponseController(w)}, r.Request, "", d.At, content)
	return nil
}

// enough is how much a reader must take within writeTime to go on: 256 kB in two minutes is 2 kB a second. A limit for the
// whole answer would cut off what is large; none at all would let anybody hold connections for nothing.
const enough = 256 << 10

// patient puts off the end of an answer whenever enough of it was taken.
type patient struct {
	http.ResponseWriter
	control *http.ResponseController
	since   int
}

// Write implements io.Writer.
func (p *patient) Write(b []byte) (int, error) {
	n, err := p.ResponseWriter.Write(b)
	if p.since += n; p.since >= enough {
		p.since = 0
		putOff(p.control)
	}
	return n, err
}

// Unwrap lets http.ResponseController through.
func (p *patient) Unwrap() http.ResponseWriter { return p.ResponseWriter }
