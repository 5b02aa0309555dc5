-- +goose Up

-- One row per organisation that keeps books here. Posting shares its lock, closing takes it alone.
CREATE TABLE ledger_book (
    organisation TEXT NOT NULL PRIMARY KEY,
    closed_until TEXT NOT NULL -- last closed day; '' before the first close
);

CREATE TABLE ledger_close (
    organisation TEXT   NOT NULL,
    until_day    TEXT   NOT NULL,
    closed       BIGINT NOT NULL,
    closed_by    TEXT   NOT NULL,
    PRIMARY KEY (organisation, until_day)
);

CREATE TABLE ledger_account (
    organisation TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    code         TEXT    NOT NULL,
    currency     TEXT    NOT NULL,
    fund         TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    either_side  BOOLEAN NOT NULL,
    opened       BIGINT  NOT NULL,
    PRIMARY KEY (organisation, id),
    UNIQUE (organisation, code, currency)
);

-- Entries and their lines are only ever inserted.
CREATE TABLE ledger_entry (
    organisation TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    idem_key     TEXT   NOT NULL,
    input_hash   BYTEA  NOT NULL,
    value_day    TEXT   NOT NULL,
    booked       BIGINT NOT NULL,
    text         TEXT   NOT NULL,
    source_kind  TEXT   NOT NULL,
    source_id    TEXT   NOT NULL,
    reverses     TEXT, -- NULL unless a reversal, so that the key below holds reversals only
    PRIMARY KEY (organisation, id),
    UNIQUE (organisation, idem_key),
    UNIQUE (organisation, reverses)
);
CREATE INDEX ledger_entry_source ON ledger_entry (organisation, source_kind, source_id, id);

CREATE TABLE ledger_line (
    organisation TEXT   NOT NULL,
    entry        TEXT   NOT NULL,
    no           BIGINT NOT NULL, -- 1, 2, …
    account      TEXT   NOT NULL,
    value_day    TEXT   NOT NULL, -- as in the entry: an account's lines are read by it
    booked       BIGINT NOT NULL, -- as in the entry
    amount       BIGINT NOT NULL CHECK (amount <> 0), -- minor units; debit positive, credit negative
    PRIMARY KEY (organisation, entry, no)
);
CREATE INDEX ledger_line_value ON ledger_line (organisation, account, value_day, entry, no);
CREATE INDEX ledger_line_booked ON ledger_line (organisation, account, booked);

-- Derived: the running balance at the end of each value day on which an account moved …
CREATE TABLE ledger_day (
    organisation TEXT   NOT NULL,
    account      TEXT   NOT NULL,
    day          TEXT   NOT NULL,
    balance      BIGINT NOT NULL,
    PRIMARY KEY (organisation, account, day)
);

-- … and what was posted since those rows were last brought up to date.
CREATE TABLE ledger_pending (
    organisation TEXT   NOT NULL,
    account      TEXT   NOT NULL,
    entry        TEXT   NOT NULL,
    value_day    TEXT   NOT NULL,
    amount       BIGINT NOT NULL,
    PRIMARY KEY (organisation, account, entry)
);
