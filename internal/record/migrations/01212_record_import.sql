-- +goose Up

-- A file of records on its way into a register. Its rows lie in chunks, sealed under a key of the import that is
-- destroyed when the import is over.
CREATE TABLE record_import (
    id           TEXT    PRIMARY KEY,
    register     TEXT    NOT NULL,
    organisation TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    hash         TEXT    NOT NULL,
    size         BIGINT  NOT NULL,
    by_field     TEXT    NOT NULL,
    all_or_none  BIGINT  NOT NULL,
    columns      TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    version      BIGINT  NOT NULL,
    chunks       BIGINT  NOT NULL,
    place        BIGINT  NOT NULL,
    rows_read    BIGINT  NOT NULL,
    fresh        BIGINT  NOT NULL,
    changed      BIGINT  NOT NULL,
    same         BIGINT  NOT NULL,
    bad          BIGINT  NOT NULL,
    taken        BIGINT  NOT NULL,
    left_out     BIGINT  NOT NULL,
    started      BIGINT  NOT NULL,
    started_by   TEXT    NOT NULL,
    ended        BIGINT  NOT NULL,
    ended_by     TEXT    NOT NULL
);
CREATE INDEX record_import_register ON record_import (register, started);

CREATE TABLE record_import_chunk (
    import_id TEXT   NOT NULL,
    no        BIGINT NOT NULL,
    sealed    BYTEA  NOT NULL,
    judged    TEXT   NOT NULL,
    leaves    TEXT   NOT NULL,
    PRIMARY KEY (import_id, no)
);

-- What names a row, so that no two of a file name one record.
CREATE TABLE record_import_name (
    import_id TEXT   NOT NULL,
    name      BYTEA  NOT NULL,
    line      BIGINT NOT NULL,
    PRIMARY KEY (import_id, name)
);

-- What is wrong with a row: where and why, never what it says.
CREATE TABLE record_import_bad (
    import_id TEXT   NOT NULL,
    line      BIGINT NOT NULL,
    field     TEXT   NOT NULL,
    reason    TEXT   NOT NULL,
    args      TEXT   NOT NULL,
    PRIMARY KEY (import_id, line, field)
);
