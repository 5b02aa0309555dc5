// Package service owns the files of a jurisdiction: it reads them strictly, checks them, and compiles
// them into immutable definitions that are pinned by a hash.
//
// Load takes a folder, LoadPinned what Sources once returned. Both give either a whole definition or
// every problem at once, each with its place, what is wrong, and what would be right.
//
// The work is done in this order: decode (YAML into the file types of file.go, file_service.go and
// file_case.go, led by their tags), defaults, checks (check_*.go: names, references, states, personal
// data), then rules (results.go, compile.go, letter.go: values and tables in the order of their needs,
// everything else after). Whether an answer is sure to be there is decided in scope.go.
//
// A tax (file_tax.go) is written as a service in compile_tax.go, so that its rules, tables and reasons are those of
// services; what only taxes have is checked and compiled there and in check_tax.go.
//
// The package stops at definitions: it judges no answers and moves no case (package process), and it
// reads no clock and no database. Worked examples are read here and run there.
package service
