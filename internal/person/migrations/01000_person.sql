-- +goose Up
CREATE TABLE person (
    id        TEXT    PRIMARY KEY,
    subject   TEXT    NOT NULL,
    email_key BYTEA   NOT NULL UNIQUE,
    sealed    BYTEA   NOT NULL,
    language  TEXT    NOT NULL,
    created   BIGINT  NOT NULL,
    updated   BIGINT  NOT NULL
);

CREATE TABLE person_role (
    person       TEXT NOT NULL,
    organisation TEXT NOT NULL,
    role         TEXT NOT NULL,
    PRIMARY KEY (person, organisation, role)
);
CREATE INDEX person_role_organisation ON person_role (organisation, person);

CREATE TABLE person_absence (
    person     TEXT   PRIMARY KEY,
    from_day   TEXT   NOT NULL,
    until_day  TEXT   NOT NULL,
    substitute TEXT   NOT NULL
);

CREATE TABLE session (
    id      BYTEA  PRIMARY KEY,
    person  TEXT   NOT NULL,
    created BIGINT NOT NULL,
    seen    BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX session_person ON session (person);
CREATE INDEX session_seen ON session (seen);

CREATE TABLE code (
    id        TEXT    PRIMARY KEY,
    email_key BYTEA   NOT NULL,
    hash      BYTEA   NOT NULL,
    purpose   TEXT    NOT NULL,
    draft     TEXT    NOT NULL,
    tries     BIGINT  NOT NULL,
    created   BIGINT  NOT NULL,
    expires   BIGINT  NOT NULL,
    used      BOOLEAN NOT NULL,
    subject   TEXT    NOT NULL,
    sealed    BYTEA   NOT NULL
);
CREATE INDEX code_email ON code (email_key, created);
CREATE INDEX code_expires ON code (expires);

CREATE TABLE once (
    form_key TEXT   PRIMARY KEY,
    person   TEXT   NOT NULL,
    input    BYTEA  NOT NULL,
    result   TEXT   NOT NULL,
    created  BIGINT NOT NULL
);
CREATE INDEX once_created ON once (created);
