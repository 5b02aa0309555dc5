-- +goose Up

-- Lists of statuses. version counts up whenever a status in the list changes.
CREATE TABLE credential_list (
    id      BIGINT PRIMARY KEY,
    version BIGINT NOT NULL
);

-- What was given to wallets: nothing of what it says, only what it was made from and how it stands.
CREATE TABLE credential (
    id           TEXT   PRIMARY KEY,
    organisation TEXT   NOT NULL,
    record_id    TEXT   NOT NULL,
    version      BIGINT NOT NULL, -- of the record
    holder       TEXT   NOT NULL,
    service      TEXT   NOT NULL,
    format       TEXT   NOT NULL,
    list         BIGINT NOT NULL,
    place        BIGINT NOT NULL, -- in the list
    status       BIGINT NOT NULL,
    issued       BIGINT NOT NULL,
    ends         BIGINT NOT NULL,
    told         TEXT   NOT NULL, -- by the wallet: credential_accepted …; '' nothing
    told_by      BYTEA  NOT NULL, -- hash of the name under which the wallet may tell
    UNIQUE (list, place)
);
CREATE INDEX credential_record ON credential (record_id);
CREATE INDEX credential_status ON credential (list, status);
CREATE INDEX credential_told ON credential (told_by);

-- Offers to wallets, and codes that a holder has let a wallet have. Codes are stored as hashes.
CREATE TABLE credential_grant (
    id           TEXT   PRIMARY KEY,
    kind         TEXT   NOT NULL, -- offer, code
    organisation TEXT   NOT NULL,
    hash         BYTEA  NOT NULL UNIQUE,
    record_id    TEXT   NOT NULL,
    holder       TEXT   NOT NULL,
    service      TEXT   NOT NULL,
    made         BIGINT NOT NULL,
    expires      BIGINT NOT NULL,
    used         BIGINT NOT NULL, -- 0: not yet
    tries        BIGINT NOT NULL, -- wrong ones
    client       TEXT   NOT NULL,
    redirect     TEXT   NOT NULL,
    challenge    TEXT   NOT NULL,
    detailed     BIGINT NOT NULL, -- 1: asked for by authorization_details
    configs      TEXT   NOT NULL  -- what may be fetched, separated by spaces
);
CREATE INDEX credential_grant_record ON credential_grant (record_id, made);
CREATE INDEX credential_grant_expires ON credential_grant (expires);

CREATE TABLE credential_token (
    hash      BYTEA  PRIMARY KEY,
    grant_id  TEXT   NOT NULL,
    record_id TEXT   NOT NULL,
    holder    TEXT   NOT NULL,
    service   TEXT   NOT NULL,
    client    TEXT   NOT NULL,
    configs   TEXT   NOT NULL,
    detailed  BIGINT NOT NULL,
    expires   BIGINT NOT NULL,
    remains   BIGINT NOT NULL -- credentials that may still be fetched
);
CREATE INDEX credential_token_grant ON credential_token (grant_id);
CREATE INDEX credential_token_expires ON credential_token (expires);

-- Nonces that were used. One that was not is in no table.
CREATE TABLE credential_nonce (
    hash    BYTEA  PRIMARY KEY,
    expires BIGINT NOT NULL
);
CREATE INDEX credential_nonce_expires ON credential_nonce (expires);

-- Authorisation requests that wallets have pushed.
CREATE TABLE credential_pushed (
    hash    BYTEA  PRIMARY KEY,
    request TEXT   NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX credential_pushed_expires ON credential_pushed (expires);

-- Questions to wallets, with what they answered.
CREATE TABLE credential_question (
    id       TEXT   PRIMARY KEY,
    seen_by  BYTEA  NOT NULL UNIQUE, -- hash of what the asker holds
    service  TEXT   NOT NULL,
    nonce    TEXT   NOT NULL,
    made     BIGINT NOT NULL,
    expires  BIGINT NOT NULL,
    answered BIGINT NOT NULL, -- 0: not yet
    subject  TEXT   NOT NULL, -- whose key seals the answer; '' before there is one
    sealed   BYTEA  NOT NULL,
    refused  TEXT   NOT NULL  -- what the last answer was that was not taken
);
CREATE INDEX credential_question_expires ON credential_question (expires);
