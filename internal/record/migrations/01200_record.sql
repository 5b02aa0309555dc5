-- +goose Up
CREATE TABLE record (
    id           TEXT   PRIMARY KEY,
    register     TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    number       TEXT   NOT NULL,
    service      TEXT   NOT NULL,
    case_id      TEXT   NOT NULL,
    holder       TEXT   NOT NULL,
    subject      TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    from_day     TEXT   NOT NULL,
    until_day    TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    label        TEXT   NOT NULL,
    public       TEXT   NOT NULL,
    sealed       BYTEA  NOT NULL,
    updated      BIGINT NOT NULL,
    UNIQUE (register, number)
);
CREATE INDEX record_holder ON record (holder, updated);
CREATE INDEX record_register ON record (register, number);
CREATE INDEX record_case ON record (case_id);

CREATE TABLE record_version (
    record_id TEXT   NOT NULL,
    version   BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    actor     TEXT   NOT NULL,
    change    TEXT   NOT NULL,
    state     TEXT   NOT NULL,
    from_day  TEXT   NOT NULL,
    until_day TEXT   NOT NULL,
    case_id   TEXT   NOT NULL,
    public    TEXT   NOT NULL,
    sealed    BYTEA  NOT NULL,
    PRIMARY KEY (record_id, version)
);

CREATE TABLE record_key (
    register  TEXT  NOT NULL,
    field     TEXT  NOT NULL,
    value     BYTEA NOT NULL,
    record_id TEXT  NOT NULL,
    PRIMARY KEY (register, field, value, record_id)
);
CREATE INDEX record_key_record ON record_key (record_id);

CREATE TABLE record_term (
    register  TEXT NOT NULL,
    term      TEXT NOT NULL,
    record_id TEXT NOT NULL,
    PRIMARY KEY (register, term, record_id)
);
CREATE INDEX record_term_record ON record_term (record_id);

CREATE TABLE record_pending (
    id        TEXT  PRIMARY KEY,
    register  TEXT  NOT NULL,
    case_id   TEXT  NOT NULL UNIQUE,
    subject   TEXT  NOT NULL,
    from_day  TEXT  NOT NULL,
    until_day TEXT  NOT NULL,
    sealed    BYTEA NOT NULL
);
