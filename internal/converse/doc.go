// Package converse answers questions about what a jurisdiction publishes. It never writes a fact: each sentence of an answer
// is quoted from a file in force, or computed by the engine that decides, and names its source; what is left are fixed words
// of the platform, which state nothing.
//
// It owns the corpus (what can be quoted, in each language, with where it stands and by which law), the understanding of a
// question (its language, what is wanted, of which service), the answering of one question after another until a fee or a
// condition can be computed, and the worked questions of service files. It stops before everything outside: registers are
// asked through World, conversations are kept by package inquiry, rights are asked by flow and view. A Library never changes.
package converse
