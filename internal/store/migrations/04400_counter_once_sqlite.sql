-- SQLite alone: short rows with a key of text. What has no rowid is stored once, in the order of its key, instead of as a row and
-- once more as the index of that key; see internal/store/DESIGN.md.
-- +goose Up
ALTER TABLE counter RENAME TO counter_before;
CREATE TABLE counter (
    name  TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO counter (name, value) SELECT name, value FROM counter_before ORDER BY name;
DROP TABLE counter_before;
