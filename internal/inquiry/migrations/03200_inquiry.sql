-- +goose Up
CREATE TABLE inquiry (
    id         TEXT   PRIMARY KEY,
    token_hash BYTEA  NOT NULL,
    subject    TEXT   NOT NULL,
    sealed     BYTEA  NOT NULL,
    version    BIGINT NOT NULL,
    created    BIGINT NOT NULL,
    updated    BIGINT NOT NULL
);
CREATE UNIQUE INDEX inquiry_token ON inquiry (token_hash);
CREATE INDEX inquiry_updated ON inquiry (updated);

-- What was answered, without a word of what was asked: it stays when the conversation is forgotten.
CREATE TABLE inquiry_answer (
    inquiry  TEXT   NOT NULL,
    n        BIGINT NOT NULL,
    day      TEXT   NOT NULL,
    language TEXT   NOT NULL,
    kind     TEXT   NOT NULL,
    service  TEXT   NOT NULL,
    sources  TEXT   NOT NULL,
    thumb    BIGINT NOT NULL,
    PRIMARY KEY (inquiry, n)
);
CREATE INDEX inquiry_answer_day ON inquiry_answer (day);
