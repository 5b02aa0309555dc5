package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
)

var (
	sheets  = regexp.MustCompile(`<link[^>]+rel="stylesheet"[^>]*>`)
	scripts = regexp.MustCompile(`<script[^>]*src=[^>]*>`)
	address = regexp.MustCompile(`(?:href|src)="([^"]+)"`)
)

// size measures what a question page costs somebody who comes for the first time, in bytes on the wire.
// Style sheets and scripts count only where they were built: make build.
func size(ctx context.Context, o options, out io.Writer) error {
	w, err := large(ctx, o, 1000)
	if err != nil {
		return err
	}
	defer w.Close()
	s, err := openSite(ctx, w)
	if err != nil {
		return err
	}
	defer s.close()
	html, err := s.get(s.draft, "")
	if err != nil {
		return err
	}
	packed, err := s.wire(s.draft)
	if err != nil {
		return err
	}
	css, js, blocking := 0, 0, 0
	for _, tag := range sheets.FindAllString(string(html), -1) {
		n, err := s.wire(address.FindStringSubmatch(tag)[1])
		if err != nil {
			return err
		}
		css += n
	}
	for _, tag := range scripts.FindAllString(string(html), -1) {
		n, err := s.wire(address.FindStringSubmatch(tag)[1])
		if err != nil {
			return err
		}
		js += n
		if !strings.Contains(tag, "module") && !strings.Contains(tag, "defer") && !strings.Contains(tag, "async") {
			blocking++
		}
	}
	fmt.Fprintf(out, "\nA question page, in bytes on the wire (brotli, without headers)\n\n| | |\n|---|---:|\n")
	fmt.Fprintf(out, "| HTML | %d (%d unpacked) |\n| style sheets | %d |\n| scripts | %d, of which %d block |\n", packed, len(html), css, js, blocking)
	fmt.Fprintf(out, "| HTML and style sheets | %d |\n| all, for somebody new | %d |\n", packed+css, packed+css+js)
	return nil
}

// wire is how many bytes of an answer go over the line.
func (s *site) wire(path string) (int, error) {
	r, err := http.NewRequest("GET", s.url+path, nil)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Cookie", s.cookies)
	r.Header.Set("Accept-Encoding", "br")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s answered %s", path, answer.Status)
	}
	n, err := io.Copy(io.Discard, answer.Body)
	return int(n), err
}
