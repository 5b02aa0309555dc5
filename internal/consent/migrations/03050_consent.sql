-- +goose Up
CREATE TABLE consent (
    id         TEXT   PRIMARY KEY,
    person     TEXT   NOT NULL,
    purpose    TEXT   NOT NULL, -- id of the consent in the file
    subject    TEXT   NOT NULL, -- the person's: it goes with them
    given      BIGINT NOT NULL,
    until      TEXT   NOT NULL, -- last day on which it holds
    withdrawn  BIGINT NOT NULL, -- 0: it stands
    sealed     BYTEA  NOT NULL  -- the receipt
);
CREATE INDEX consent_person ON consent (person, purpose, id);
