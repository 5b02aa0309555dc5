-- +goose Up

-- One row for each bill: a batch issues a hundred thousand.
CREATE TABLE bill (
    organisation   TEXT   NOT NULL, -- that keeps the books
    id             TEXT   NOT NULL,
    number         TEXT   NOT NULL, -- without gaps in each year
    reference      TEXT   NOT NULL, -- ISO 11649
    kind           TEXT   NOT NULL,
    of_kind        TEXT   NOT NULL,
    of_id          TEXT   NOT NULL,
    part           TEXT   NOT NULL, -- tells the bills of one source apart
    for_whom       TEXT   NOT NULL, -- the organisation whose money it is
    service        TEXT   NOT NULL,
    payer          TEXT   NOT NULL,
    owner          TEXT   NOT NULL, -- '' unless another than the payer
    subject        TEXT   NOT NULL,
    object         TEXT   NOT NULL,
    language       TEXT   NOT NULL,
    currency       TEXT   NOT NULL,
    issued         TEXT   NOT NULL,
    items          TEXT   NOT NULL, -- JSON
    plan           TEXT   NOT NULL, -- JSON
    balance        BIGINT NOT NULL, -- sum of the moves; negative is the payer's credit
    next_due       TEXT   NOT NULL, -- of the first instalment that is not covered; '' where nothing is owed
    interest_until TEXT   NOT NULL, -- last day for which interest was charged; '' none yet
    state          TEXT   NOT NULL,
    version        BIGINT NOT NULL,
    created        BIGINT NOT NULL,
    updated        BIGINT NOT NULL,
    sealed         BYTEA  NOT NULL,
    PRIMARY KEY (organisation, id),
    UNIQUE (organisation, number),
    UNIQUE (organisation, reference),
    UNIQUE (organisation, of_kind, of_id, part)
);
CREATE INDEX bill_due ON bill (organisation, next_due, id) WHERE next_due <> '';
CREATE INDEX bill_payer ON bill (organisation, payer, number) WHERE payer <> '';
CREATE INDEX bill_owner ON bill (organisation, owner, number) WHERE owner <> '';
CREATE INDEX bill_object ON bill (organisation, object, number) WHERE object <> '';
CREATE INDEX bill_service ON bill (organisation, service, number);

-- What is owed is moved, and no move is ever changed.
CREATE TABLE bill_move (
    organisation TEXT   NOT NULL,
    bill         TEXT   NOT NULL,
    no           BIGINT NOT NULL, -- 1, 2, …
    idem_key     TEXT   NOT NULL, -- of the event: looked for under the bill's lock
    at           BIGINT NOT NULL,
    value_day    TEXT   NOT NULL, -- when it happened
    posted_day   TEXT   NOT NULL, -- of the entry: later, where the books of the day were closed
    due_day      TEXT   NOT NULL, -- of a charge that is outside the plan
    kind         TEXT   NOT NULL,
    component    TEXT   NOT NULL,
    item         TEXT   NOT NULL,
    account      TEXT   NOT NULL,
    amount       BIGINT NOT NULL CHECK (amount <> 0),
    entry        TEXT   NOT NULL,
    of_kind      TEXT   NOT NULL,
    of_id        TEXT   NOT NULL,
    by_person    TEXT   NOT NULL,
    sealed       BYTEA, -- NULL where there are no words
    PRIMARY KEY (organisation, bill, no)
);
CREATE INDEX bill_move_day ON bill_move (organisation, posted_day);
CREATE INDEX bill_move_of ON bill_move (organisation, of_kind, of_id) WHERE of_id <> '';

-- Plans that were replaced; the one that stands is in the bill.
CREATE TABLE bill_plan (
    organisation TEXT   NOT NULL,
    bill         TEXT   NOT NULL,
    no           BIGINT NOT NULL,
    until_day    TEXT   NOT NULL, -- it no longer stood on this day
    plan         TEXT   NOT NULL, -- JSON
    at           BIGINT NOT NULL,
    by_person    TEXT   NOT NULL,
    PRIMARY KEY (organisation, bill, no)
);

-- What was done because an instalment was late.
CREATE TABLE bill_step (
    organisation TEXT   NOT NULL,
    bill         TEXT   NOT NULL,
    due          TEXT   NOT NULL, -- day of the instalment
    step         TEXT   NOT NULL,
    taken        TEXT   NOT NULL, -- on this day
    at           BIGINT NOT NULL,
    PRIMARY KEY (organisation, bill, due, step)
);

-- What one person proposes and another decides.
CREATE TABLE bill_proposal (
    organisation TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    bill         TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    proposer     TEXT   NOT NULL,
    proposed     BIGINT NOT NULL,
    decider      TEXT   NOT NULL,
    decided      BIGINT NOT NULL,
    outcome      TEXT   NOT NULL, -- '' while open
    terms        TEXT   NOT NULL, -- JSON: amounts and days
    sealed       BYTEA  NOT NULL, -- reasons, and the account to which money goes back
    PRIMARY KEY (organisation, id)
);
CREATE INDEX bill_proposal_bill ON bill_proposal (organisation, bill, id);
CREATE INDEX bill_proposal_open ON bill_proposal (organisation, id) WHERE outcome = '';
