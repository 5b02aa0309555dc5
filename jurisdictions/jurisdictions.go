// Package jurisdictions carries the sample jurisdiction inside the program, so that `stoa demo` needs
// nothing beside it.
package jurisdictions

import (
	"embed"
	"io/fs"
)

//go:embed all:greenvale
var files embed.FS

// Greenvale is the sample jurisdiction's folder.
func Greenvale() fs.FS {
	sub, err := fs.Sub(files, "greenvale")
	if err != nil {
		panic(err) // the name is a constant and valid
	}
	return sub
}
