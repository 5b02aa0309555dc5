-- +goose Up
ALTER TABLE person ADD COLUMN arrived BIGINT NOT NULL DEFAULT 0;    -- when a member of staff last signed in to work; 0: not known
ALTER TABLE person_role ADD COLUMN given BIGINT NOT NULL DEFAULT 0; -- 0: not known

CREATE TABLE role_review (
    id           TEXT    PRIMARY KEY,
    person       TEXT    NOT NULL,
    organisation TEXT    NOT NULL,
    role         TEXT    NOT NULL,
    kept         BOOLEAN NOT NULL,
    at           BIGINT  NOT NULL,
    reviewer     TEXT    NOT NULL
);
CREATE INDEX role_review_role ON role_review (person, organisation, role, at);
