-- +goose Up

-- Whom public money is paid to. Of an organisation the name stands in the open, of a person nothing does.
CREATE TABLE spend_supplier (
    organisation TEXT    NOT NULL, -- keeps the books; so in all tables
    id           TEXT    NOT NULL,
    idem_key     TEXT    NOT NULL,
    person       BOOLEAN NOT NULL,
    name         TEXT    NOT NULL, -- '' of a person
    search       TEXT    NOT NULL, -- words in small letters; '' of a person
    identifier   TEXT    NOT NULL, -- GB-COH-01234567; '' none
    owner        TEXT    NOT NULL, -- person id of who it is, or who stands behind it; '' not known here
    created      BIGINT  NOT NULL,
    created_by   TEXT    NOT NULL,
    bank_at      BIGINT  NOT NULL, -- when the bank account was last changed
    bank_by      TEXT    NOT NULL,
    version      BIGINT  NOT NULL,
    subject      TEXT    NOT NULL,
    sealed       BYTEA   NOT NULL, -- name of a person, bank account, address
    PRIMARY KEY (organisation, id),
    UNIQUE (organisation, idem_key)
);
CREATE INDEX spend_supplier_name ON spend_supplier (organisation, name, id);

-- Contracts, grants and orders.
CREATE TABLE spend_commitment (
    organisation TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    number       TEXT    NOT NULL, -- C-2026-000001
    idem_key     TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    for_whom     TEXT    NOT NULL, -- the organisation whose budget bears it
    supplier     TEXT    NOT NULL,
    person       BOOLEAN NOT NULL, -- the supplier is one
    method       TEXT    NOT NULL, -- open, selective, limited, direct; '' of a grant
    state        TEXT    NOT NULL,
    currency     TEXT    NOT NULL,
    value        BIGINT  NOT NULL, -- as approved
    invoiced     BIGINT  NOT NULL,
    paid         BIGINT  NOT NULL,
    signed       TEXT    NOT NULL, -- day of the award
    from_day     TEXT    NOT NULL,
    until_day    TEXT    NOT NULL,
    created      BIGINT  NOT NULL,
    entered_by   TEXT    NOT NULL, -- who entered what waits, or waited last
    decided      BIGINT  NOT NULL,
    decided_by   TEXT    NOT NULL,
    version      BIGINT  NOT NULL,
    search       TEXT    NOT NULL,
    words        BYTEA   NOT NULL, -- sealed where the supplier is a person
    PRIMARY KEY (organisation, id),
    UNIQUE (organisation, number),
    UNIQUE (organisation, idem_key)
);
CREATE INDEX spend_commitment_supplier ON spend_commitment (organisation, supplier, id);
CREATE INDEX spend_commitment_state ON spend_commitment (organisation, kind, state, id);

-- What a commitment may use of a budget line, piece by piece: the first ones, then amendments.
CREATE TABLE spend_allocation (
    organisation TEXT   NOT NULL,
    commitment   TEXT   NOT NULL,
    no           BIGINT NOT NULL, -- 1, 2, …
    year         TEXT   NOT NULL,
    line         TEXT   NOT NULL,
    amount       BIGINT NOT NULL CHECK (amount <> 0),
    day          TEXT   NOT NULL, -- '' while it waits for a second person
    entered      BIGINT NOT NULL,
    entered_by   TEXT   NOT NULL,
    approved_by  TEXT   NOT NULL,
    words        BYTEA  NOT NULL, -- why
    PRIMARY KEY (organisation, commitment, no)
);

-- What of a commitment falls on one line, in sums.
CREATE TABLE spend_share (
    organisation TEXT   NOT NULL,
    commitment   TEXT   NOT NULL,
    year         TEXT   NOT NULL,
    line         TEXT   NOT NULL,
    allocated    BIGINT NOT NULL, -- as approved
    invoiced     BIGINT NOT NULL,
    paid         BIGINT NOT NULL,
    PRIMARY KEY (organisation, commitment, year, line)
);
CREATE INDEX spend_share_line ON spend_share (organisation, year, line, commitment);

CREATE TABLE spend_invoice (
    organisation    TEXT    NOT NULL,
    id              TEXT    NOT NULL,
    number          TEXT    NOT NULL, -- I-2026-000001
    idem_key        TEXT    NOT NULL,
    for_whom        TEXT    NOT NULL,
    supplier        TEXT    NOT NULL,
    person          BOOLEAN NOT NULL,
    supplier_key    TEXT    NOT NULL, -- keyed hash of the supplier's number without what people write differently
    commitment      TEXT    NOT NULL, -- '' none
    year            TEXT    NOT NULL,
    line            TEXT    NOT NULL,
    account         TEXT    NOT NULL, -- expense account of the line
    amount          BIGINT  NOT NULL CHECK (amount > 0),
    currency        TEXT    NOT NULL,
    day             TEXT    NOT NULL, -- of the invoice
    received        TEXT    NOT NULL,
    due             TEXT    NOT NULL,
    state           TEXT    NOT NULL,
    entered         BIGINT  NOT NULL,
    entered_by      TEXT    NOT NULL,
    checked         BIGINT  NOT NULL, -- 0: not yet; so below
    checked_by      TEXT    NOT NULL,
    decided         BIGINT  NOT NULL, -- approved, refused or disputed
    decided_by      TEXT    NOT NULL,
    overridden      BOOLEAN NOT NULL, -- approved beyond the contract or the line, with a reason
    approved_day    TEXT    NOT NULL, -- on which the books know it; '' not approved
    entry           TEXT    NOT NULL, -- of the approval
    bank_order      TEXT    NOT NULL, -- that it is in; '' none
    payment         TEXT    NOT NULL, -- that paid it; '' none
    times           BIGINT  NOT NULL, -- how often it was approved: an approval that was taken back may be given again
    version         BIGINT  NOT NULL,
    words           BYTEA   NOT NULL, -- sealed where the supplier is a person
    PRIMARY KEY (organisation, id),
    UNIQUE (organisation, number),
    UNIQUE (organisation, idem_key)
);
-- A supplier's number comes once, unless the first was refused.
CREATE UNIQUE INDEX spend_invoice_key ON spend_invoice (organisation, supplier, supplier_key) WHERE state <> 'refused';
CREATE INDEX spend_invoice_state ON spend_invoice (organisation, state, due, id);
CREATE INDEX spend_invoice_line ON spend_invoice (organisation, year, line, id);
CREATE INDEX spend_invoice_commitment ON spend_invoice (organisation, commitment, id) WHERE commitment <> '';
CREATE INDEX spend_invoice_order ON spend_invoice (organisation, bank_order, id) WHERE bank_order <> '';

-- Money that left, by a line of the bank's statement.
CREATE TABLE spend_payment (
    organisation TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    number       TEXT    NOT NULL, -- O-2026-000001-1, as the bank knows it
    invoice      TEXT    NOT NULL,
    commitment   TEXT    NOT NULL,
    supplier     TEXT    NOT NULL,
    person       BOOLEAN NOT NULL,
    for_whom     TEXT    NOT NULL,
    year         TEXT    NOT NULL,
    line         TEXT    NOT NULL,
    amount       BIGINT  NOT NULL CHECK (amount > 0),
    currency     TEXT    NOT NULL,
    day          TEXT    NOT NULL, -- on which the books know it
    entry        TEXT    NOT NULL,
    bank_line    TEXT    NOT NULL,
    back_day     TEXT    NOT NULL, -- '' it did not come back
    back_entry   TEXT    NOT NULL,
    back_line    TEXT    NOT NULL,
    search       TEXT    NOT NULL, -- supplier, title and numbers in small letters; '' of a person
    PRIMARY KEY (organisation, id),
    UNIQUE (organisation, number)
);
CREATE INDEX spend_payment_day ON spend_payment (organisation, day, id);
CREATE INDEX spend_payment_line ON spend_payment (organisation, year, line, day, id);
CREATE INDEX spend_payment_supplier ON spend_payment (organisation, supplier, day, id);

-- What is committed, invoiced and paid on a line: sums now, and every move of them. Moves are only ever inserted.
CREATE TABLE spend_line (
    organisation TEXT   NOT NULL,
    year         TEXT   NOT NULL,
    line         TEXT   NOT NULL,
    committed    BIGINT NOT NULL,
    invoiced     BIGINT NOT NULL,
    paid         BIGINT NOT NULL,
    PRIMARY KEY (organisation, year, line)
);

CREATE TABLE spend_move (
    organisation TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    year         TEXT   NOT NULL,
    line         TEXT   NOT NULL,
    what         TEXT   NOT NULL, -- committed, invoiced, paid
    amount       BIGINT NOT NULL CHECK (amount <> 0),
    day          TEXT   NOT NULL,
    commitment   TEXT   NOT NULL,
    invoice      TEXT   NOT NULL,
    payment      TEXT   NOT NULL,
    entry        TEXT   NOT NULL, -- '' of what is committed
    at           BIGINT NOT NULL,
    by_whom      TEXT   NOT NULL, -- '' Stoa itself
    PRIMARY KEY (organisation, id)
);
CREATE INDEX spend_move_line ON spend_move (organisation, year, line, day, id);
