package view

import (
	"context"
	"strconv"
	"strings"
	"time"

	"stoa/internal/dataset"
	"stoa/internal/fault"
	"stoa/internal/shelf"
	"stoa/internal/store"
)

// Published is a file of a version, for downloading. Close it.
type Published struct {
	*shelf.File
	Name      string
	MediaType string
	Tag       string // names its bytes for good
	At        time.Time
	Packed    func() (*shelf.File, error) // the same as gzip; nil where there is none
}

// File is a file of a version by the name in its address: "premises.csv". Its data is 410 Gone where the version was withdrawn.
func (d Data) File(ctx context.Context, r Reader, id string, number int, name string) (*Published, error) {
	ending, ok := strings.CutPrefix(name, id+".")
	format := dataset.Format(ending)
	if !ok || mediaTypes[format] == "" {
		return nil, fault.NewNotFound("")
	}
	v, err := d.one(ctx, r, id, number)
	if err != nil {
		return nil, err
	}
	return d.published(ctx, v, format)
}

func (d Data) published(ctx context.Context, v *dataset.Version, format dataset.Format) (*Published, error) {
	if !offers(v, format) {
		return nil, fault.NewNotFound("")
	}
	file, err := d.open(ctx, v, format)
	if err != nil {
		return nil, err
	}
	p := &Published{File: file, Name: v.Dataset + "-v" + strconv.Itoa(v.Number) + "." + string(format), MediaType: mediaTypes[format], Tag: file.Hash, At: v.At}
	if format == dataset.CSV {
		p.Packed = func() (*shelf.File, error) { return d.open(ctx, v, dataset.CSVGzip) }
	}
	return p, nil
}

func offers(v *dataset.Version, format dataset.Format) bool {
	if v.Withdrawn != nil {
		return true // so that opening it says what became of it
	}
	for _, f := range v.Formats() {
		if f == format {
			return true
		}
	}
	return false
}

// Schema describes a version's columns as Table Schema.
func (d Data) Schema(ctx context.Context, r Reader, id string, number int) ([]byte, error) {
	v, err := d.one(ctx, r, id, number)
	if err != nil {
		return nil, err
	}
	return v.TableSchema(r.P.Tag())
}

// Latest is the path of a file of the newest version: "latest.csv" leads to it.
func (d Data) Latest(ctx context.Context, r Reader, id, name string) (path string, err error) {
	ending, ok := strings.CutPrefix(name, "latest.")
	if !ok || mediaTypes[dataset.Format(ending)] == "" {
		return "", fault.NewNotFound("")
	}
	v, err := d.one(ctx, r, id, 0)
	if err != nil {
		return "", err
	}
	if !offers(v, dataset.Format(ending)) {
		return "", fault.NewNotFound("")
	}
	return "/data/" + id + "/v/" + strconv.Itoa(v.Number) + "/" + id + "." + ending, nil
}

// one is a version by itself.
func (d Data) one(ctx context.Context, r Reader, id string, number int) (v *dataset.Version, err error) {
	err = d.read(ctx, "DataVersion", func(ctx context.Context, tx *store.Tx) error {
		v, err = d.version(ctx, tx, r, id, number)
		return err
	})
	return v, err
}

// open opens a file and remembers how large it is.
func (d Data) open(ctx context.Context, v *dataset.Version, f dataset.Format) (*shelf.File, error) {
	file, err := d.Datasets.Open(ctx, v, f)
	if err != nil {
		return nil, err
	}
	d.fileSizes.known.Store(sizeKey(v, f), file.Size)
	return file, nil
}
