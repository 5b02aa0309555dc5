package web

import (
	"bufio"
	"io"
	"net/http"
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
