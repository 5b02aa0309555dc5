-- +goose Up
CREATE TABLE pay_payment (
    organisation TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    number       TEXT   NOT NULL,
    method       TEXT   NOT NULL,
    provider     TEXT   NOT NULL,
    ref          TEXT   NOT NULL,
    charge       TEXT   NOT NULL,
    payer        TEXT   NOT NULL,
    subject      TEXT   NOT NULL,
    draft        TEXT   NOT NULL,
    till         TEXT   NOT NULL,
    idem_key     TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    currency     TEXT   NOT NULL,
    amount       BIGINT NOT NULL,
    got_currency TEXT   NOT NULL, -- what came may be of another currency than what was asked
    received     BIGINT NOT NULL,
    refunded     BIGINT NOT NULL,
    disputed     BIGINT NOT NULL,
    created      BIGINT NOT NULL,
    until        BIGINT NOT NULL,
    settled      BIGINT NOT NULL,
    day          TEXT   NOT NULL,
    next_ask     BIGINT NOT NULL, -- 0: nothing to ask the provider
    sealed       BYTEA  NOT NULL,
    PRIMARY KEY (organisation, id),
    UNIQUE (organisation, idem_key)
);
CREATE UNIQUE INDEX pay_payment_number ON pay_payment (organisation, number) WHERE number <> '';
CREATE INDEX pay_payment_payer ON pay_payment (organisation, payer, id) WHERE payer <> '';
CREATE INDEX pay_payment_draft ON pay_payment (organisation, draft, id) WHERE draft <> '';
CREATE INDEX pay_payment_day ON pay_payment (organisation, day, id) WHERE day <> '';
CREATE INDEX pay_payment_till ON pay_payment (organisation, till, id) WHERE till <> '';
CREATE INDEX pay_payment_ask ON pay_payment (organisation, next_ask, id) WHERE next_ask <> 0;
CREATE INDEX pay_payment_until ON pay_payment (organisation, state, until, id);

CREATE TABLE pay_target (
    organisation TEXT   NOT NULL,
    payment      TEXT   NOT NULL,
    no           BIGINT NOT NULL,
    bill         TEXT   NOT NULL,
    amount       BIGINT NOT NULL,
    PRIMARY KEY (organisation, payment, no)
);
CREATE INDEX pay_target_bill ON pay_target (organisation, bill, payment);

-- What a provider calls a payment: its page, and the money that came. No payment: it was named before it was known.
CREATE TABLE pay_ref (
    organisation TEXT NOT NULL,
    provider     TEXT NOT NULL,
    ref          TEXT NOT NULL,
    payment      TEXT NOT NULL,
    PRIMARY KEY (organisation, provider, ref)
);

CREATE TABLE pay_event (
    organisation TEXT   NOT NULL,
    provider     TEXT   NOT NULL,
    event        TEXT   NOT NULL,
    payment      TEXT   NOT NULL,
    ref          TEXT   NOT NULL,
    charge       TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    item         TEXT   NOT NULL, -- which refund or dispute
    currency     TEXT   NOT NULL,
    amount       BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    received     BIGINT NOT NULL,
    body_hash    BYTEA  NOT NULL, -- the body itself is not kept
    outcome      TEXT   NOT NULL,
    why          TEXT   NOT NULL,
    PRIMARY KEY (organisation, provider, event)
);
CREATE INDEX pay_event_payment ON pay_event (organisation, payment, received) WHERE payment <> '';
CREATE INDEX pay_event_unknown ON pay_event (organisation, provider, received) WHERE outcome = 'queued' AND payment = '';

CREATE TABLE pay_refund (
    organisation TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    payment      TEXT    NOT NULL,
    idem_key     TEXT    NOT NULL,
    currency     TEXT    NOT NULL,
    amount       BIGINT  NOT NULL,
    method       TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    ref          TEXT    NOT NULL,
    unasked      BOOLEAN NOT NULL,
    created      BIGINT  NOT NULL,
    settled      BIGINT  NOT NULL,
    day          TEXT    NOT NULL,
    sealed       BYTEA   NOT NULL,
    PRIMARY KEY (organisation, id),
    UNIQUE (organisation, payment, idem_key)
);
CREATE INDEX pay_refund_state ON pay_refund (organisation, state, method, id);
CREATE INDEX pay_refund_day ON pay_refund (organisation, day, id) WHERE day <> '';
CREATE INDEX pay_refund_ref ON pay_refund (organisation, ref) WHERE ref <> '';

CREATE TABLE pay_dispute (
    organisation TEXT   NOT NULL,
    payment      TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    currency     TEXT   NOT NULL,
    amount       BIGINT NOT NULL,
    state        TEXT   NOT NULL,
    opened       BIGINT NOT NULL,
    closed       BIGINT NOT NULL,
    PRIMARY KEY (organisation, payment, name)
);

CREATE TABLE pay_exception (
    organisation TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    idem_key     TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    payment      TEXT   NOT NULL,
    bill         TEXT   NOT NULL,
    event        TEXT   NOT NULL,
    currency     TEXT   NOT NULL,
    amount       BIGINT NOT NULL,
    times        BIGINT NOT NULL,
    created      BIGINT NOT NULL,
    resolved     BIGINT NOT NULL, -- 0: open
    resolved_by  TEXT   NOT NULL,
    how          TEXT   NOT NULL,
    subject      TEXT   NOT NULL,
    sealed       BYTEA  NOT NULL,
    PRIMARY KEY (organisation, id),
    UNIQUE (organisation, idem_key)
);
CREATE INDEX pay_exception_open ON pay_exception (organisation, id, kind) WHERE resolved = 0;
CREATE INDEX pay_exception_payment ON pay_exception (organisation, payment, id) WHERE payment <> '';

CREATE TABLE pay_till (
    organisation TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    cashier      TEXT   NOT NULL,
    currency     TEXT   NOT NULL,
    float_amount BIGINT NOT NULL,
    opened       BIGINT NOT NULL,
    opened_day   TEXT   NOT NULL,
    closed       BIGINT NOT NULL, -- 0: open
    expected     BIGINT NOT NULL,
    counted      BIGINT NOT NULL,
    subject      TEXT   NOT NULL,
    sealed       BYTEA  NOT NULL,
    PRIMARY KEY (organisation, id)
);
CREATE UNIQUE INDEX pay_till_open ON pay_till (organisation, cashier) WHERE closed = 0;
CREATE INDEX pay_till_day ON pay_till (organisation, opened_day, id);

CREATE TABLE pay_out (
    organisation TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    till         TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    refund       TEXT   NOT NULL,
    amount       BIGINT NOT NULL,
    PRIMARY KEY (organisation, id),
    UNIQUE (organisation, refund)
);
CREATE INDEX pay_out_till ON pay_out (organisation, till, id);
