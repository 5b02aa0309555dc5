-- +goose Up

-- Two records that may be one: how much speaks for it, and what was decided.
CREATE TABLE record_pair (
    register TEXT   NOT NULL,
    a        TEXT   NOT NULL,
    b        TEXT   NOT NULL,
    weight   BIGINT NOT NULL,
    why      TEXT   NOT NULL,
    state    TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    by_whom  TEXT   NOT NULL,
    PRIMARY KEY (register, a, b)
);
CREATE INDEX record_pair_state ON record_pair (register, state, weight);
CREATE INDEX record_pair_b ON record_pair (b);

-- A search for such pairs.
CREATE TABLE record_resemblance (
    register TEXT   PRIMARY KEY,
    state    TEXT   NOT NULL,
    records  BIGINT NOT NULL,
    pairs    BIGINT NOT NULL,
    started  BIGINT NOT NULL,
    ended    BIGINT NOT NULL,
    by_whom  TEXT   NOT NULL
);

-- One record ends in another. What both were before is sealed, so that it can be taken back.
CREATE TABLE record_merge (
    id            TEXT   PRIMARY KEY,
    register      TEXT   NOT NULL,
    ended         TEXT   NOT NULL,
    kept          TEXT   NOT NULL,
    state         TEXT   NOT NULL,
    version       BIGINT NOT NULL,
    ended_version BIGINT NOT NULL,
    kept_version  BIGINT NOT NULL,
    subject       TEXT   NOT NULL,
    sealed        BYTEA  NOT NULL,
    proposed      BIGINT NOT NULL,
    proposed_by   TEXT   NOT NULL,
    decided       BIGINT NOT NULL,
    decided_by    TEXT   NOT NULL
);
CREATE INDEX record_merge_ended ON record_merge (ended, state);
CREATE INDEX record_merge_register ON record_merge (register, state, proposed);
