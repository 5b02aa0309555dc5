-- +goose Up

-- One row per log: how far its tree has grown, who makes it grow, and how far that is published. Whoever changes the tree
-- holds this row.
CREATE TABLE publog_tree (
    log         TEXT   NOT NULL PRIMARY KEY,
    size        BIGINT NOT NULL,
    root        BYTEA  NOT NULL,
    published   BIGINT NOT NULL, -- size of the newest checkpoint; -1 before the first
    holder      TEXT   NOT NULL,
    fence       BIGINT NOT NULL, -- counts up with each change of holder
    lease_until BIGINT NOT NULL
);

-- What happened. Inserted by the transaction in which it did; given its place once, by the sequencer; else never changed.
CREATE TABLE publog_leaf (
    log          TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    of_id        TEXT   NOT NULL,
    logged       BIGINT NOT NULL,
    idx          BIGINT, -- NULL while it waits
    bytes        BYTEA  NOT NULL,
    PRIMARY KEY (log, id),
    UNIQUE (log, organisation, kind, of_id),
    UNIQUE (log, idx)
);
CREATE INDEX publog_leaf_waiting ON publog_leaf (log, id) WHERE idx IS NULL;

-- Salts and values of hidden fields, sealed for the person whom they concern.
CREATE TABLE publog_opening (
    log     TEXT  NOT NULL,
    leaf    TEXT  NOT NULL,
    subject TEXT  NOT NULL,
    sealed  BYTEA NOT NULL,
    PRIMARY KEY (log, leaf)
);

-- Hashes of the tree, as they are served. Only tiles of the right edge change, by growing.
CREATE TABLE publog_tile (
    log    TEXT   NOT NULL,
    level  BIGINT NOT NULL,
    n      BIGINT NOT NULL,
    hashes BYTEA  NOT NULL,
    PRIMARY KEY (log, level, n)
);

CREATE TABLE publog_checkpoint (
    log       TEXT   NOT NULL,
    size      BIGINT NOT NULL,
    note      BYTEA  NOT NULL,
    published BIGINT NOT NULL,
    PRIMARY KEY (log, size)
);

CREATE TABLE publog_cosignature (
    log      TEXT   NOT NULL,
    witness  TEXT   NOT NULL,
    size     BIGINT NOT NULL,
    line     BYTEA  NOT NULL,
    received BIGINT NOT NULL,
    PRIMARY KEY (log, witness, size)
);
