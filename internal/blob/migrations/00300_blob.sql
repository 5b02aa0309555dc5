-- +goose Up
CREATE TABLE blob (
    id         TEXT NOT NULL PRIMARY KEY,
    subject    TEXT NOT NULL,
    label      BYTEA NOT NULL, -- sealed: file name and hash
    type       TEXT NOT NULL,
    size       BIGINT NOT NULL,
    parts      BIGINT NOT NULL,
    scan       TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX blob_subject ON blob (subject);
CREATE TABLE blob_part (
    blob_id TEXT NOT NULL REFERENCES blob (id),
    n       BIGINT NOT NULL,
    sealed  BYTEA NOT NULL,
    PRIMARY KEY (blob_id, n)
);
