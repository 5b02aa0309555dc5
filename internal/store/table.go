package store

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// Kind is what a column holds, on either database.
type Kind string

// The kinds, which are all that migrations use.
const (
	Text    Kind = "text"
	Integer Kind = "integer"
	Bytes   Kind = "bytes"
	Boolean Kind = "boolean"
)

// Table is a table as the database has it.
type Table struct {
	Name    string
	Columns []Column
	Key     []string // names of the columns of its primary key, in its order
}

// Column is a column of a table.
type Column struct {
	Name string
	Kind Kind
}

// kinds of the names that the databases give the types of migrations.
var kinds = map[string]Kind{"text": Text, "bigint": Integer, "integer": Integer, "bytea": Bytes, "boolean": Boolean}

const (
	sqliteColumns = `SELECT m.name, c.name, lower(c.type), c.pk FROM sqlite_master AS m, pragma_table_info(m.name) AS c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid`
	postgresColumns = `SELECT c.table_name, c.column_name, c.data_type, coalesce((SELECT k.ordinal_position
			FROM information_schema.table_constraints AS p JOIN information_schema.key_column_usage AS k
				ON k.constraint_schema = p.constraint_schema AND k.constraint_name = p.constraint_name AND k.table_name = p.table_name
			WHERE p.constraint_type = 'PRIMARY KEY' AND p.table_schema = c.table_schema AND p.table_name = c.table_name AND k.column_name = c.column_name), 0)
		FROM information_schema.columns AS c JOIN information_schema.tables AS t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
		WHERE t.table_type = 'BASE TABLE' AND c.table_schema = current_schema() ORDER BY c.table_name COLLATE "C", c.ordinal_position`
)

// Tables lists the tables that migrations made, by name: for what carries everything and knows nothing of it.
func (tx *Tx) Tables(ctx context.Context) ([]Table, error) {
	query := sqliteColumns
	if _, ok := tx.conn.(*pgConn); ok {
		query = postgresColumns
	}
	rows, err := tx.Query(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("listing the tables: %w", err)
	}
	defer rows.Close()
	var all []Table
	keys := map[string][]string{} // by table: its key's columns at their places
	for rows.Next() {
		var table, column, typ string
		var place int
		if err := rows.Scan(&table, &column, &typ, &place); err != nil {
			return nil, fmt.Errorf("listing the tables: %w", err)
		}
		if strings.HasPrefix(table, migrationTable) {
			continue
		}
		if len(all) == 0 || all[len(all)-1].Name != table {
			all = append(all, Table{Name: table})
		}
		kind, ok := kinds[typ]
		if !ok {
			return nil, fmt.Errorf("column %s of table %s has the type %q, which nothing here can carry", column, table, typ)
		}
		t := &all[len(all)-1]
		t.Columns = append(t.Columns, Column{column, kind})
		if place > 0 {
			for len(keys[table]) < place {
				keys[table] = append(keys[table], "")
			}
			keys[table][place-1] = column
		}
	}
	if err := rows.Close(); err != nil {
		return nil, fmt.Errorf("listing the tables: %w", err)
	}
	for i := range all {
		if all[i].Key = keys[all[i].Name]; len(all[i].Key) == 0 || slices.Contains(all[i].Key, "") {
			return nil, fmt.Errorf("table %s has no primary key: its rows have no order", all[i].Name)
		}
	}
	return all, nil
}

// Schema lists the numbers of the migrations that were applied.
func (tx *Tx) Schema(ctx context.Context) ([]int64, error) {
	rows, err := tx.Query(ctx, `SELECT version_id FROM `+migrationTable+` WHERE version_id > 0 ORDER BY version_id`)
	all, err := Collect(rows, err, func(s Scanner) (n int64, err error) { return n, s.Scan(&n) })
	if err != nil {
		return nil, fmt.Errorf("reading which migrations were applied: %w", err)
	}
	return all, nil
}

// MigrateTo is Migrate with the migrations of these numbers alone: for rows that were written under an older schema.
func (db *DB) MigrateTo(ctx context.Context, numbers []int64, sets ...fs.FS) error {
	set, err := mergeMigrations(append([]fs.FS{ownMigrations}, sets...))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	some := migrationSet{}
	for name, file := range set {
		n, err := strconv.ParseInt(name[:5], 10, 64)
		if err != nil {
			return err
		}
		if slices.Contains(numbers, n) {
			some[name] = file
		}
	}
	if len(some) < len(numbers) {
		return fmt.Errorf("the rows were written by a newer program: %d of their migrations are unknown to this one", len(numbers)-len(some))
	}
	if err := db.engine.migrate(ctx, some); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
}
