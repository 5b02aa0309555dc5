// Package schema owns the JSON Schema of every file format, generated from the types of package service
// by its tests, for editors. It stops there: what a file must hold beyond its shape, service checks.
package schema

import "embed"

// Files holds the schemas, one a file format: service.schema.json …
//
//go:embed *.schema.json
var Files embed.FS
