-- SQLite alone: short rows with a key of text. What has no rowid is stored once, in the order of its key, instead of as a row and
-- once more as the index of that key; see internal/store/DESIGN.md.
-- +goose Up
ALTER TABLE subject_key RENAME TO subject_key_before;
CREATE TABLE subject_key (
    subject    TEXT NOT NULL PRIMARY KEY,
    master     BIGINT NOT NULL, -- the master key that wraps it
    wrapped    BYTEA NOT NULL,  -- empty once erased
    created_at BIGINT NOT NULL,
    erased_at  BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO subject_key (subject, master, wrapped, created_at, erased_at) SELECT subject, master, wrapped, created_at, erased_at FROM subject_key_before ORDER BY subject;
DROP TABLE subject_key_before;
CREATE INDEX subject_key_master ON subject_key (master, subject);
