-- +goose Up
CREATE TABLE subject_key (
    subject    TEXT NOT NULL PRIMARY KEY,
    master     BIGINT NOT NULL, -- the master key that wraps it
    wrapped    BYTEA NOT NULL,  -- empty once erased
    created_at BIGINT NOT NULL,
    erased_at  BIGINT NOT NULL
);
CREATE INDEX subject_key_master ON subject_key (master, subject);
