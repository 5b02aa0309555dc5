-- +goose Up
CREATE TABLE notification (
    id       TEXT   PRIMARY KEY,
    subject  TEXT   NOT NULL,
    kind     TEXT   NOT NULL,
    language TEXT   NOT NULL,
    created  BIGINT NOT NULL,
    sent     BIGINT NOT NULL,
    tries    BIGINT NOT NULL,
    problem  TEXT   NOT NULL,
    sealed   BYTEA  NOT NULL
);
CREATE INDEX notification_created ON notification (created, id);
