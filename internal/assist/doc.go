// Package assist finds, among the passages that a public body publishes, those that answer a question asked in a
// conversation, says how sure it is that any of them does, and picks the sentences to quote.
//
// It owns the words (tokens, stems, typing errors, synonyms), the index (BM25F with true lengths, over passages and
// over whole documents), the reading of a conversation (what is still talked about, what was left behind), the
// features, and the two small models that weigh them: one that ranks and one that doubts. Both are ensembles of
// regression trees which internal/assist/train makes from conversations; model.bin is what it made.
//
// It stops before the pages: it opens no file and no connection, writes no sentence of its own, and knows nothing of
// services, fees or persons. An Index never changes once built; many may ask it at once. DESIGN.md tells what was
// tried and what it gave.
package assist
