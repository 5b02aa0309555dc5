package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"

	"stoa/internal/fault"
)

// Limits of a form with files. A file over FileMost is read to its end and dropped, so that what was
// typed beside it is kept and the person is told the reason: a browser shows an answer only after it
// has sent everything. Files are held in memory, never in a temporary file, since they are personal.
const (
	FileMost   = 25 << 20
	UploadMost = 120 << 20 // whole body of a page with files
	fieldMost  = 64 << 10
	fieldsMost = 1000
	filesMost  = 20
)

// File is an uploaded file.
type File struct {
	Field, Name, Type string
	Body              *bytes.Reader
	TooLarge          bool // over FileMost: Body is empty
}

// uploads bounds how many forms with files are in memory at once.
var uploads = make(chan struct{}, 16)

// ReadUpload reads a form with or without files. The caller calls done when it has finished with the files.
func (r *Request) ReadUpload() (form url.Values, files []File, done func(), err error) {
	parts, err := r.MultipartReader()
	if errors.Is(err, http.ErrNotMultipart) {
		err := r.ReadForm()
		return r.PostForm, nil, func() {}, err
	}
	if err != nil {
		return nil, nil, func() {}, bodyError(err)
	}
	select {
	case uploads <- struct{}{}:
	case <-r.Context().Done():
		return nil, nil, func() {}, fault.Wrap(r.Context().Err(), fault.Unavailable, "")
	}
	done = func() { <-uploads }
	form = url.Values{}
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, done, bodyError(err)
		}
		if n > fieldsMost || len(files) > filesMost {
			return nil, nil, done, fault.NewTooLarge("")
		}
		if part.FileName() == "" {
			// A file input that was left empty has a type but no name.
			value, err := io.ReadAll(io.LimitReader(part, fieldMost))
			if err != nil {
				return nil, nil, done, bodyError(err)
			}
			if part.Header.Get("Content-Type") == "" {
				form.Add(part.FormName(), string(value))
			}
			continue
		}
		body, err := io.ReadAll(io.LimitReader(part, FileMost+1))
		if err != nil {
			return nil, nil, done, bodyError(err)
		}
		file := File{Field: part.FormName(), Name: part.FileName(), Type: part.Header.Get("Content-Type")}
		if len(body) > FileMost {
			body, file.TooLarge = nil, true
			if _, err := io.Copy(io.Discard, part); err != nil {
				return nil, nil, done, bodyError(err)
			}
		}
		file.Body = bytes.NewReader(body)
		files = append(files, file)
	}
	r.PostForm, r.Form = form, form
	return form, files, done, nil
}

func tooLarge(err error) bool {
	var most *http.MaxBytesError
	return errors.As(err, &most)
}
