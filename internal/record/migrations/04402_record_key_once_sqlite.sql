-- SQLite alone: rows that are little more than their key. What has no rowid is stored once, in the order of its key, instead of as a row and
-- once more as the index of that key; see internal/store/DESIGN.md.
-- +goose Up
ALTER TABLE record_key RENAME TO record_key_before;
CREATE TABLE record_key (
    register  TEXT  NOT NULL,
    field     TEXT  NOT NULL,
    value     BYTEA NOT NULL,
    record_id TEXT  NOT NULL,
    PRIMARY KEY (register, field, value, record_id)
) WITHOUT ROWID;
INSERT INTO record_key (register, field, value, record_id) SELECT register, field, value, record_id FROM record_key_before ORDER BY register, field, value, record_id;
DROP TABLE record_key_before;
CREATE INDEX record_key_record ON record_key (record_id);
ALTER TABLE record_word RENAME TO record_word_before;
CREATE TABLE record_word (
    register TEXT NOT NULL,
    term     TEXT NOT NULL,
    number   TEXT NOT NULL,
    PRIMARY KEY (register, term, number)
) WITHOUT ROWID;
INSERT INTO record_word (register, term, number) SELECT register, term, number FROM record_word_before ORDER BY register, term, number;
DROP TABLE record_word_before;
CREATE INDEX record_word_number ON record_word (register, number, term);
