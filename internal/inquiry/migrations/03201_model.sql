-- +goose Up
-- What a language model was asked in a day, without a word of it.
CREATE TABLE inquiry_model (
    day      TEXT   PRIMARY KEY,
    asked    BIGINT NOT NULL,
    failed   BIGINT NOT NULL,
    kept     BIGINT NOT NULL,
    dropped  BIGINT NOT NULL,
    sent     BIGINT NOT NULL,
    received BIGINT NOT NULL
);
