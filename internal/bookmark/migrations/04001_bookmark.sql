-- +goose Up

-- Views of figures that members of staff saved, and when they get them by mail.
CREATE TABLE bookmark (
    id      TEXT   PRIMARY KEY,
    person  TEXT   NOT NULL,
    name    TEXT   NOT NULL,
    topic   TEXT   NOT NULL,
    query   TEXT   NOT NULL, -- as an address has it
    every   TEXT   NOT NULL, -- week, month; '' not by mail
    next    TEXT   NOT NULL, -- day of the next mail; '' none
    created BIGINT NOT NULL
);
CREATE INDEX bookmark_person ON bookmark (person, created, id);
CREATE INDEX bookmark_next ON bookmark (next, id) WHERE next <> '';
