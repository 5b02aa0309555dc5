// Package store owns the database: opening it, transactions, the schema's migrations, and everything in which SQLite
// and PostgreSQL differ. Other packages own their tables and write their SQL; they see only *Tx.
//
// It stops where meaning begins: it knows no table but its own counter, and no rule of any service.
//
// What every caller relies on, on both databases:
//
//   - Write runs fn in one transaction. When Write returns nil, the rows are on disk; when it returns an error, nothing
//     of fn remains (ErrInDoubt alone says that the database did not answer the commit).
//   - fn runs in the goroutine that called Write. It may run more than once (on PostgreSQL after a deadlock, on SQLite
//     after another's full disk), so it must be safe to repeat: no effects outside tx, results assigned and not appended.
//   - A failed statement spoils its transaction: later statements fail, and so does Write, even where fn returns nil.
//     (PostgreSQL always does this; SQLite is held to it.) Use ON CONFLICT where a conflict is expected.
//   - One open result at a time: close Rows before the next statement.
//   - Read sees one committed state and cannot write; the database itself refuses.
//   - An empty []byte is stored as empty, not NULL, but SQLite reads it back as nil: look at its length.
//   - Transactions do not nest. Write or Read inside fn gives ErrNested.
//
// On PostgreSQL a Write runs at READ COMMITTED, so that hot rows (a counter, an account) make others wait instead of
// fail. What fn reads and then changes because of what it read, it therefore selects with Tx.Lock; rows in key order.
// SQLite has one writer at a time and needs no locks.
//
// How several writers on SQLite share one sync is in DESIGN.md and group.go.
package store
