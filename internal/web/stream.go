package web

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"stoa/internal/web/page"
)

// streams bounds how many large answers are written at once.
var streams = make(chan struct{}, 8)

// Stream answers with a file that is written as it is read, of any size, to readers who are slow as long as they go on
// reading. If writing fails after the answer has begun, the connection is broken off, so that no reader takes a part for
// the whole.
func Stream(r *Request, w http.ResponseWriter, mediaType, name string, write func(io.Writer) error) error {
	select {
	case streams <- struct{}{}:
		defer func() { <-streams }()
	case <-r.Context().Done():
		return gone(r.Context().Err())
	}
	r.trail.goesOn()
	h := w.Header()
	h.Set("Content-Type", mediaType)
	if name != "" {
		h.Set("Content-Disposition", disposition("attachment", name))
	}
	if r.Method == http.MethodHead {
		return nil
	}
	begun := &begun{Writer: &patient{ResponseWriter: w, control: http.NewResponseController(w)}}
	out := bufio.NewWriterSize(begun, 64<<10)
	err := write(out)
	if err == nil {
		err = out.Flush()
	}
	if err != nil && begun.is {
		r.server.Outside.Log.WarnContext(r.Context(), "an answer was broken off", "id", r.ID, "route", r.Request.Pattern, "err", err)
		panic(http.ErrAbortHandler)
	}
	return err
}

// parts is what a script of ours asks for when it takes an answer part by part.
const parts = "application/x-ndjson"

// WantsParts says whether a script of ours is asking, and not a form.
func WantsParts(r *Request) bool { return r.Header.Get("Accept") == parts }

// Parts answers a script with parts of its page as they are ready: a line of JSON for each, and each takes the place of the one
// before. What goes wrong after the first is left out: the reader has that.
func Parts(r *Request, w http.ResponseWriter, write func(send func(page.Component) error) error) error {
	any := false
	r.trail.goesOn()
	control := http.NewResponseController(w)
	err := write(func(c page.Component) error {
		html, err := Fragment(r, c)
		if err != nil {
			return err
		}
		line, err := json.Marshal(map[string]string{"html": string(html)})
		if err != nil {
			return err
		}
		if !any {
			any = true
			r.server.keepLanguage(w, r)
			w.Header().Set("Content-Type", parts)
			w.Header().Set("X-Accel-Buffering", "no") // a proxy that collects answers passes this one on
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			return gone(err)
		}
		return gone(control.Flush())
	})
	if err != nil && any && !errors.Is(err, errReaderGone) {
		r.server.Outside.Log.WarnContext(r.Context(), "a later part of an answer was left out", "id", r.ID, "route", r.Request.Pattern, "err", err)
		return nil
	}
	return err
}

// begun notes whether anything was written.
type begun struct {
	io.Writer
	is bool
}

// Write implements io.Writer.
func (b *begun) Write(p []byte) (int, error) {
	b.is = true
	return b.Writer.Write(p)
}

// TableType is the media type of a table as csv or as jsonl.
func TableType(format string) string {
	if format == "csv" {
		return "text/csv; charset=utf-8; header=present"
	}
	return "application/x-ndjson"
}
