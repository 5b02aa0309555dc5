-- +goose Up
-- What somebody without a right to it opened in an emergency, for a short time.
CREATE TABLE access_opening (
    id           TEXT    PRIMARY KEY,
    kind         TEXT    NOT NULL, -- case, record
    thing        TEXT    NOT NULL,
    ref          TEXT    NOT NULL, -- its number
    service      TEXT    NOT NULL, -- or register
    organisation TEXT    NOT NULL, -- that keeps it
    person       TEXT    NOT NULL, -- about whom; '' nobody that is known
    subject      TEXT    NOT NULL, -- whose key seals the words
    actor        TEXT    NOT NULL,
    opened       BIGINT  NOT NULL,
    until        BIGINT  NOT NULL,
    reason       BYTEA   NOT NULL, -- sealed
    reviewed     BIGINT  NOT NULL, -- 0: not yet
    reviewer     TEXT    NOT NULL,
    fine         BOOLEAN NOT NULL,
    note         BYTEA   NOT NULL  -- sealed
);
CREATE INDEX access_opening_actor ON access_opening (actor, until);
CREATE INDEX access_opening_due ON access_opening (organisation, reviewed, id);
CREATE INDEX access_opening_person ON access_opening (person, id);
