package web

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// deadlines counts how often the end of an answer is put off.
type deadlines struct {
	http.ResponseWriter
	set  int
	last time.Time
}

func (d *deadlines) SetWriteDeadline(t time.Time) error {
	d.set++
	d.last = t
	return nil
}

// large is a file that is nowhere: it would show if a download was held in memory.
type large struct{ at, size int64 }

func (l *large) Read(p []byte) (int, error) {
	n := min(int64(len(p)), l.size-l.at)
	if n <= 0 {
		return 0, io.EOF
	}
	l.at += n
	return int(n), nil
}

func (l *large) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
		l.at = offset
	case io.SeekCurrent:
		l.at += offset
	case io.SeekEnd:
		l.at = l.size + offset
	}
	return l.at, nil
}

// counted is an answer of which only the length is kept.
type counted struct {
	header http.Header
	n      int64
}

func (c *counted) Header() http.Header { return c.header }
func (c *counted) WriteHeader(int)     {}
func (c *counted) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

// TestALongDownloadIsNotCutOff: the end of the answer moves away as long as the reader takes enough, and only then.
func TestALongDownloadIsNotCutOff(t *testing.T) {
	for size, want := range map[int64]int{1 << 10: 0, enough: 1, 1 << 30: 1 << 30 / enough} {
		out := &counted{header: http.Header{}}
		w := &deadlines{ResponseWriter: out}
		r := &Request{Request: httptest.NewRequest("GET", "/x", nil)}
		if err := (Download{Name: "x.csv", MediaType: "text/csv", Tag: "t", At: time.Unix(1, 0), Content: &large{size: size}}).Send(w, r); err != nil {
			t.Fatal(err)
		}
		if out.n != size || w.set != want {
			t.Errorf("%d bytes: %d were sent, the end was put off %d times, want %d", size, out.n, w.set, want)
		}
	}
}

// TestDownloadsOverTheNet are whole and in parts through the server's own wrapping.
func TestDownloadsOverTheNet(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 100_000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		r := &Request{Request: hr}
		if err := (Download{Name: `a "b" ü.csv`, MediaType: "text/csv", Tag: "t", Content: bytes.NewReader(content)}).Send(&observed{ResponseWriter: w}, r); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	get := func(ranges string) (*http.Response, []byte) {
		r, _ := http.NewRequestWithContext(t.Context(), "GET", server.URL, nil)
		if ranges != "" {
			r.Header.Set("Range", ranges)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res, body
	}
	res, body := get("")
	if !bytes.Equal(body, content) || res.Header.Get("Content-Disposition") != `attachment; filename="a _b_ _.csv"; filename*=UTF-8''a%20%22b%22%20%C3%BC.csv` {
		t.Errorf("%d bytes, %v", len(body), res.Header)
	}
	if res, body := get("bytes=999990-"); res.StatusCode != 206 || string(body) != "0123456789" {
		t.Errorf("%d, %s", res.StatusCode, body)
	}
	if res, _ := get("bytes=0-1,3-4"); res.StatusCode != 206 {
		t.Errorf("two parts: %d", res.StatusCode)
	}
}
