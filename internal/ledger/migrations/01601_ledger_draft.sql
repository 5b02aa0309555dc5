-- +goose Up

-- Entries that a person proposes by hand and another posts.
CREATE TABLE ledger_draft (
    organisation TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    number       TEXT   NOT NULL, -- J-2026-000001
    idem_key     TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    value_day    TEXT   NOT NULL,
    text         TEXT   NOT NULL,
    lines        TEXT   NOT NULL, -- as JSON
    proposed     BIGINT NOT NULL,
    proposed_by  TEXT   NOT NULL,
    decided      BIGINT NOT NULL, -- 0: not yet
    decided_by   TEXT   NOT NULL,
    answer       TEXT   NOT NULL, -- why it was refused
    entry        TEXT   NOT NULL, -- '' unless it was posted
    version      BIGINT NOT NULL,
    PRIMARY KEY (organisation, id),
    UNIQUE (organisation, number),
    UNIQUE (organisation, idem_key)
);
CREATE INDEX ledger_draft_state ON ledger_draft (organisation, state, id);
