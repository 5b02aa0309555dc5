package site

import (
	"io"
	"net/http"

	"stoa/internal/web"
)

// dataFile is /data/{dataset}/v/{number}/{file}: a version's file, of any size, whole or in parts.
func (s *Site) dataFile(w http.ResponseWriter, r *web.Request) error {
	f, err := s.View.Data().File(r.Context(), reader(r), r.PathValue("dataset"), dataNumber(r.PathValue("number")), r.PathValue("file"))
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read
	d := web.Download{Name: f.Name, MediaType: f.MediaType, Tag: f.Tag, At: f.At, Content: f}
	if f.Packed != nil {
		d.Packed = func() (io.ReadSeekCloser, error) { return f.Packed() }
	}
	return d.Send(w, r)
}

// latestFile is /data/{dataset}/latest.csv: where the newest version's file is.
func (s *Site) latestFile(w http.ResponseWriter, r *web.Request) error {
	path, err := s.View.Data().Latest(r.Context(), reader(r), r.PathValue("dataset"), r.PathValue("file"))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	http.Redirect(w, r.Request, path, http.StatusFound)
	return nil
}

// dataSchema is /data/{dataset}/v/{number}/schema.json.
func (s *Site) dataSchema(w http.ResponseWriter, r *web.Request) error {
	raw, err := s.View.Data().Schema(r.Context(), reader(r), r.PathValue("dataset"), dataNumber(r.PathValue("number")))
	if err != nil {
		return err
	}
	w.Header().Add("Vary", "Accept-Language")
	w.Header().Add("Vary", "Cookie") // the language is chosen by either
	return r.Share(w, "application/json", web.ForSeconds, raw)
}

// dataDiffCSV is /data/{dataset}/v/{number}/diff.csv?from=.
func (s *Site) dataDiffCSV(w http.ResponseWriter, r *web.Request) error {
	raw, err := s.View.Data().DiffCSV(r.Context(), reader(r), r.PathValue("dataset"), dataNumber(r.PathValue("number")), diffFrom(r))
	if err != nil {
		return err
	}
	return r.Share(w, "text/csv; charset=utf-8; header=present", web.ForSeconds, raw)
}
