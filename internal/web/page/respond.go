package page

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// keep is the largest buffer worth keeping: a page is some ten kilobytes, and
// one huge table should not hold memory for ever.
const keep = 256 << 10

// Respond renders a page and answers with it. Nothing is sent before the whole
// page is rendered, so that an error still can become an error page. An error
// from rendering is returned; one from sending means that the reader has gone.
func Respond(ctx context.Context, w http.ResponseWriter, status int, c Component) error {
	b := buffers.Get().(*bytes.Buffer)
	defer func() {
		if b.Cap() <= keep {
			b.Reset()
			buffers.Put(b)
		}
	}()
	if err := c.Render(ctx, b); err != nil {
		return fmt.Errorf("rendering a page: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the reader has gone; there is nobody to tell
	return nil
}
