-- +goose Up
CREATE TABLE source (
    hash  BYTEA PRIMARY KEY,
    bytes BYTEA NOT NULL
);

CREATE TABLE definition (
    hash    TEXT   PRIMARY KEY,
    service TEXT   NOT NULL,
    created BIGINT NOT NULL
);

CREATE TABLE definition_source (
    definition TEXT  NOT NULL,
    path       TEXT  NOT NULL,
    source     BYTEA NOT NULL,
    PRIMARY KEY (definition, path)
);
