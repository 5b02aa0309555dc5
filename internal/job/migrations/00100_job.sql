-- +goose Up
CREATE TABLE job (
    id          TEXT NOT NULL PRIMARY KEY,
    kind        TEXT NOT NULL,
    key         TEXT NOT NULL,
    payload     BYTEA NOT NULL,
    state       TEXT NOT NULL, -- ready, done, dead
    run_at      BIGINT NOT NULL, -- while a worker has it: when its lease ends
    attempts    BIGINT NOT NULL,
    fence       BIGINT NOT NULL, -- counts claims; only the last claim may write
    last_error  TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    ended_at    BIGINT NOT NULL,
    UNIQUE (kind, key)
);
CREATE INDEX job_due ON job (state, run_at, id);
