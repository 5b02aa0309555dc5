-- +goose Up
CREATE TABLE tally (
    since BIGINT NOT NULL, -- the beginning of the hour that is counted
    mark  BYTEA  NOT NULL, -- of what: a keyed hash for this hour alone
    n     BIGINT NOT NULL,
    PRIMARY KEY (since, mark)
);

CREATE TABLE tally_once (
    mark  BYTEA  PRIMARY KEY,
    until BIGINT NOT NULL
);
CREATE INDEX tally_once_until ON tally_once (until);
