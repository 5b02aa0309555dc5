-- +goose Up
CREATE TABLE access (
    id           TEXT   PRIMARY KEY,
    person       TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    actor        TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    what         TEXT   NOT NULL,
    ref          TEXT   NOT NULL,
    why          TEXT   NOT NULL
);
CREATE INDEX access_person ON access (person, id);
