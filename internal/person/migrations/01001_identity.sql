-- +goose Up
-- Whoever is signed in signs in once more: a session now knows how it came about.
DROP TABLE session;
CREATE TABLE session (
    id       BYTEA   PRIMARY KEY,
    handle   TEXT    NOT NULL UNIQUE,
    person   TEXT    NOT NULL,
    method   TEXT    NOT NULL,
    level    BIGINT  NOT NULL,
    desk     BOOLEAN NOT NULL,
    device   TEXT    NOT NULL,
    scheme   TEXT    NOT NULL,
    subject  BYTEA   NOT NULL,
    sid      BYTEA   NOT NULL,
    created  BIGINT  NOT NULL,
    proved   BIGINT  NOT NULL,
    seen     BIGINT  NOT NULL,
    expires  BIGINT  NOT NULL
);
CREATE INDEX session_person ON session (person);
CREATE INDEX session_seen ON session (seen);
CREATE INDEX session_scheme ON session (scheme, subject);

CREATE TABLE ceremony (
    id      BYTEA  PRIMARY KEY,
    purpose TEXT   NOT NULL,
    person  TEXT   NOT NULL,
    state   BYTEA  NOT NULL,
    tries   BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX ceremony_expires ON ceremony (expires);

CREATE TABLE passkey (
    id         TEXT    PRIMARY KEY,
    person     TEXT    NOT NULL,
    credential BYTEA   NOT NULL UNIQUE,
    sealed     BYTEA   NOT NULL,
    desk       BOOLEAN NOT NULL,
    level      BIGINT  NOT NULL,
    created    BIGINT  NOT NULL,
    used       BIGINT  NOT NULL
);
CREATE INDEX passkey_person ON passkey (person, created);

CREATE TABLE authenticator (
    person  TEXT    PRIMARY KEY,
    sealed  BYTEA   NOT NULL,
    coming  BYTEA   NOT NULL,
    desk    BOOLEAN NOT NULL,
    level   BIGINT  NOT NULL,
    step    BIGINT  NOT NULL,
    tries   BIGINT  NOT NULL,
    tried   BIGINT  NOT NULL,
    created BIGINT  NOT NULL,
    used    BIGINT  NOT NULL
);

CREATE TABLE recovery_code (
    person TEXT   NOT NULL,
    hash   BYTEA  NOT NULL,
    used   BIGINT NOT NULL,
    PRIMARY KEY (person, hash)
);

CREATE TABLE recovery (
    person TEXT   PRIMARY KEY,
    cancel BYTEA  NOT NULL UNIQUE,
    asked  BIGINT NOT NULL,
    due    BIGINT NOT NULL
);

CREATE TABLE invitation (
    id       TEXT   PRIMARY KEY,
    person   TEXT   NOT NULL,
    token    BYTEA  NOT NULL UNIQUE,
    asked_by TEXT   NOT NULL,
    waits    BOOLEAN NOT NULL,
    created  BIGINT NOT NULL,
    expires  BIGINT NOT NULL
);
CREATE INDEX invitation_person ON invitation (person);

CREATE TABLE scheme_link (
    scheme  TEXT   NOT NULL,
    subject BYTEA  NOT NULL,
    person  TEXT   NOT NULL,
    created BIGINT NOT NULL,
    used    BIGINT NOT NULL,
    PRIMARY KEY (scheme, subject)
);
CREATE INDEX scheme_link_person ON scheme_link (person);
