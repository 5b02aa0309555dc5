-- +goose Up
CREATE TABLE extract_order (
    id             TEXT   PRIMARY KEY,
    organisation   TEXT   NOT NULL,
    register       TEXT   NOT NULL,
    extract        TEXT   NOT NULL,
    number         TEXT   NOT NULL,
    record_id      TEXT   NOT NULL,
    record_version BIGINT NOT NULL,
    person         TEXT   NOT NULL,
    entitled_as    TEXT   NOT NULL,
    counter        TEXT   NOT NULL,
    language       TEXT   NOT NULL,
    state          TEXT   NOT NULL,
    bill           TEXT   NOT NULL,
    ordered        BIGINT NOT NULL,
    issued         BIGINT NOT NULL,
    until          BIGINT NOT NULL,
    subject        TEXT   NOT NULL,
    record_subject TEXT   NOT NULL,
    version        BIGINT NOT NULL,
    asked          BYTEA  NOT NULL,
    content        BYTEA  NOT NULL
);
CREATE UNIQUE INDEX extract_order_number ON extract_order (number);
CREATE INDEX extract_order_person ON extract_order (person, id);
CREATE INDEX extract_order_record ON extract_order (record_id, id);
CREATE INDEX extract_order_organisation ON extract_order (organisation, id);
