-- +goose Up

-- Cases that were looked at, each once: of how many the flags were few.
CREATE TABLE hint_case (
    case_id      TEXT   PRIMARY KEY,
    organisation TEXT   NOT NULL,
    service      TEXT   NOT NULL,
    language     TEXT   NOT NULL,
    at           BIGINT NOT NULL -- when the case was sent
);
CREATE INDEX hint_case_service ON hint_case (service, at);

-- What is compared between cases: keyed hashes, never the words. Deleted with the case.
CREATE TABLE hint_mark (
    kind      TEXT  NOT NULL,
    mark      BYTEA NOT NULL,
    case_id   TEXT  NOT NULL,
    by_person TEXT  NOT NULL,
    PRIMARY KEY (kind, mark, case_id)
);
CREATE INDEX hint_mark_case ON hint_mark (case_id);

-- How amounts were spread: counts only, of nobody.
CREATE TABLE hint_usual (
    service  TEXT   NOT NULL,
    question TEXT   NOT NULL,
    bucket   BIGINT NOT NULL,
    n        BIGINT NOT NULL,
    PRIMARY KEY (service, question, bucket)
);

-- What was pointed out of a case. Reasons, and what an officer made of it, are sealed under the case's key.
CREATE TABLE hint_flag (
    id         TEXT   PRIMARY KEY,
    kind       TEXT   NOT NULL,
    question   TEXT   NOT NULL,
    case_id    TEXT   NOT NULL,
    service    TEXT   NOT NULL,
    language   TEXT   NOT NULL,
    at         BIGINT NOT NULL, -- when the case was sent
    sealed     BYTEA  NOT NULL,
    cleared    BIGINT NOT NULL, -- 0: nobody said that it is not a problem
    cleared_by TEXT   NOT NULL,
    why        BYTEA, -- sealed
    UNIQUE (case_id, kind, question)
);
CREATE INDEX hint_flag_kind ON hint_flag (kind, service, at);

-- How well a method did when it was tried on the past, by day.
CREATE TABLE hint_test (
    kind     TEXT   NOT NULL,
    service  TEXT   NOT NULL,
    language TEXT   NOT NULL, -- '' all
    day      TEXT   NOT NULL,
    n        BIGINT NOT NULL,
    agreed   BIGINT NOT NULL, -- how often it was as the method said
    usual    BIGINT NOT NULL, -- how often it was as most had been
    PRIMARY KEY (kind, service, language, day)
);

-- How far cases were looked at.
CREATE TABLE hint_cursor (
    name  TEXT PRIMARY KEY,
    place TEXT NOT NULL
);
