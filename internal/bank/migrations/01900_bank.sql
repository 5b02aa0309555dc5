-- +goose Up

-- Our accounts at banks, as statements name them. Its row is what an import locks.
CREATE TABLE bank_account (
    organisation TEXT   NOT NULL,
    account      TEXT   NOT NULL, -- IBAN, or the bank's own number
    currency     TEXT   NOT NULL,
    created      BIGINT NOT NULL,
    PRIMARY KEY (organisation, account)
);

CREATE TABLE bank_file (
    organisation TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    name         TEXT   NOT NULL, -- as uploaded
    size         BIGINT NOT NULL, -- bytes
    hash         BYTEA  NOT NULL, -- SHA-256 of the bytes, which are not kept
    subject      TEXT   NOT NULL, -- whose key seals what the lines say
    imported     BIGINT NOT NULL,
    imported_by  TEXT   NOT NULL,
    new_lines    BIGINT NOT NULL,
    known_lines  BIGINT NOT NULL,
    pending      BIGINT NOT NULL,
    PRIMARY KEY (organisation, id),
    UNIQUE (organisation, hash)
);

CREATE TABLE bank_statement (
    organisation TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    file         TEXT   NOT NULL,
    account      TEXT   NOT NULL,
    number       TEXT   NOT NULL, -- the bank's
    currency     TEXT   NOT NULL,
    from_day     TEXT   NOT NULL, -- '' where neither file nor lines say
    until_day    TEXT   NOT NULL,
    opening      BIGINT,          -- NULL: not said
    closing      BIGINT,
    new_lines    BIGINT NOT NULL,
    known_lines  BIGINT NOT NULL, -- came with an earlier statement
    pending      BIGINT NOT NULL, -- left out, since not booked yet
    PRIMARY KEY (organisation, id),
    UNIQUE (organisation, account, number, until_day) -- some banks begin to count again each year
);
CREATE INDEX bank_statement_day ON bank_statement (organisation, until_day, id);
CREATE INDEX bank_statement_file ON bank_statement (organisation, file, id);

CREATE TABLE bank_line (
    organisation TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    account      TEXT   NOT NULL,
    line_key     BYTEA  NOT NULL, -- keyed hash of package bankfile's identifier, which is made of what is sealed below
    statement    TEXT   NOT NULL, -- with which it came first
    no           BIGINT NOT NULL, -- in that statement: 1, 2, …
    booked       TEXT   NOT NULL,
    value_day    TEXT   NOT NULL,
    amount       BIGINT NOT NULL, -- positive: came in
    currency     TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    updated      BIGINT NOT NULL,
    subject      TEXT   NOT NULL,
    sealed       BYTEA  NOT NULL,
    PRIMARY KEY (organisation, id),
    UNIQUE (organisation, account, line_key)
);
CREATE INDEX bank_line_state ON bank_line (organisation, state, value_day, id, currency, amount); -- holds all that Counts needs
CREATE INDEX bank_line_statement ON bank_line (organisation, statement, no);

-- What became of a line, in parts. Those that have not ended always make the line's amount.
CREATE TABLE bank_part (
    organisation TEXT   NOT NULL,
    line         TEXT   NOT NULL,
    no           BIGINT NOT NULL, -- 1, 2, …
    idem_key     TEXT   NOT NULL, -- of the change that made it
    amount       BIGINT NOT NULL CHECK (amount <> 0),
    what         TEXT   NOT NULL,
    ref          TEXT   NOT NULL,
    account      TEXT   NOT NULL, -- code in the books; of 'other'
    entry        TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    by_whom      TEXT   NOT NULL,
    ended        BIGINT NOT NULL, -- 0: it stands
    ended_by     TEXT   NOT NULL,
    ended_entry  TEXT   NOT NULL,
    PRIMARY KEY (organisation, line, no)
);
CREATE INDEX bank_part_ref ON bank_part (organisation, what, ref, line, no) WHERE ref <> '';
CREATE INDEX bank_part_suspense ON bank_part (organisation, line) WHERE what = 'suspense' AND ended = 0;

CREATE TABLE bank_order (
    organisation TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    number       TEXT   NOT NULL, -- O-2026-000001: identifies it to the bank
    idem_key     TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    currency     TEXT   NOT NULL,
    total        BIGINT NOT NULL,
    payments     BIGINT NOT NULL,
    created      BIGINT NOT NULL,
    created_by   TEXT   NOT NULL,
    proposed     BIGINT NOT NULL, -- 0: not yet; so below
    proposed_by  TEXT   NOT NULL,
    decided      BIGINT NOT NULL,
    decided_by   TEXT   NOT NULL,
    exported     BIGINT NOT NULL,
    exported_by  TEXT   NOT NULL,
    file_hash    BYTEA  NOT NULL, -- SHA-256 of the file; empty before it is exported
    version      BIGINT NOT NULL,
    subject      TEXT   NOT NULL,
    sealed       BYTEA  NOT NULL, -- our account, reasons
    file         BYTEA  NOT NULL, -- sealed; empty before it is exported
    PRIMARY KEY (organisation, id),
    UNIQUE (organisation, number),
    UNIQUE (organisation, idem_key)
);
CREATE INDEX bank_order_state ON bank_order (organisation, state, id);

CREATE TABLE bank_payment (
    organisation TEXT   NOT NULL,
    payment_order TEXT  NOT NULL,
    no           BIGINT NOT NULL, -- 1, 2, …
    end_to_end   TEXT   NOT NULL,
    refund       TEXT   NOT NULL,
    amount       BIGINT NOT NULL CHECK (amount > 0),
    state        TEXT   NOT NULL,
    left_line    TEXT   NOT NULL, -- with which it left
    back_line    TEXT   NOT NULL, -- with which it came back
    settled      BIGINT NOT NULL, -- 0: not yet
    sealed       BYTEA  NOT NULL,
    PRIMARY KEY (organisation, payment_order, no),
    UNIQUE (organisation, end_to_end)
);
-- A refund is in one order at a time: in another only when it came to nothing.
CREATE UNIQUE INDEX bank_payment_refund ON bank_payment (organisation, refund) WHERE state <> 'dropped' AND state <> 'failed';
