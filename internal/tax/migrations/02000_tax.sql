-- +goose Up

-- Who owes a tax on an object, from a day on. When somebody else does, the account ends and another begins.
CREATE TABLE tax_account (
    organisation TEXT   NOT NULL, -- that collects
    id           TEXT   NOT NULL,
    number       TEXT   NOT NULL, -- T-2026-000001, without gaps in each year
    tax          TEXT   NOT NULL,
    object       TEXT   NOT NULL, -- number of the record
    holder       TEXT   NOT NULL, -- person id; '' where they are not known as a person
    subject      TEXT   NOT NULL,
    language     TEXT   NOT NULL,
    from_day     TEXT   NOT NULL,
    until_day    TEXT   NOT NULL, -- last day; '9999-12-31' where no end is known
    choice       BIGINT NOT NULL, -- number of instalments chosen; 0: what the tax says
    facts        BIGINT NOT NULL, -- number of the last row of tax_fact
    version      BIGINT NOT NULL,
    created      BIGINT NOT NULL,
    updated      BIGINT NOT NULL,
    sealed       BYTEA  NOT NULL,
    PRIMARY KEY (organisation, id),
    UNIQUE (organisation, number),
    UNIQUE (organisation, tax, object, from_day)
);
CREATE INDEX tax_account_holder ON tax_account (organisation, holder, number) WHERE holder <> '';

-- What was made known of an object or its payer, as it came: each row holds from its day on, until a later row says otherwise.
-- Rows are only inserted, so that what was known when is never lost.
CREATE TABLE tax_fact (
    organisation TEXT   NOT NULL,
    account      TEXT   NOT NULL,
    no           BIGINT NOT NULL, -- 1, 2, …
    from_day     TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    by_person    TEXT   NOT NULL,
    of_kind      TEXT   NOT NULL, -- register, claim, officer, payer
    of_id        TEXT   NOT NULL,
    sealed       BYTEA  NOT NULL,
    PRIMARY KEY (organisation, account, no)
);

-- What is charged for a period. The input stands whole in the sealed part, so that it can be worked out again for ever.
CREATE TABLE tax_assessment (
    organisation TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    account      TEXT   NOT NULL,
    seq          BIGINT NOT NULL, -- 1, 2, … of the account and period
    tax          TEXT   NOT NULL,
    begins       TEXT   NOT NULL,
    ends         TEXT   NOT NULL,
    run          TEXT   NOT NULL, -- '' where it was made by itself
    cause        TEXT   NOT NULL, -- run, return, estimate, claim, change, objection
    definition   TEXT   NOT NULL, -- hash of the tax file and all that it rests on
    currency     TEXT   NOT NULL,
    total        BIGINT NOT NULL,
    state        TEXT   NOT NULL, -- proposed, published, replaced, dropped, void
    issued       TEXT   NOT NULL, -- day of the bill; '' before
    bill         TEXT   NOT NULL, -- '' where nothing is charged
    by_person    TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    sealed       BYTEA  NOT NULL,
    PRIMARY KEY (organisation, id),
    UNIQUE (organisation, account, begins, seq)
);
-- One counts for an account and period, and one is proposed.
CREATE UNIQUE INDEX tax_assessment_counts ON tax_assessment (organisation, account, begins) WHERE state = 'published';
CREATE UNIQUE INDEX tax_assessment_proposed ON tax_assessment (organisation, account, begins) WHERE state = 'proposed';
CREATE INDEX tax_assessment_run ON tax_assessment (organisation, run, account) WHERE run <> '';
CREATE INDEX tax_assessment_bill ON tax_assessment (organisation, bill) WHERE bill <> '';

-- The assessment of a whole register.
CREATE TABLE tax_run (
    organisation TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    tax          TEXT   NOT NULL,
    begins       TEXT   NOT NULL,
    ends         TEXT   NOT NULL,
    definition   TEXT   NOT NULL,
    issued       TEXT   NOT NULL, -- day that its bills bear
    state        TEXT   NOT NULL, -- assessing, ready, publishing, published, undoing, undone
    place        TEXT   NOT NULL, -- how far its work has come
    objects      BIGINT NOT NULL, -- looked at
    assessed     BIGINT NOT NULL,
    zero         BIGINT NOT NULL, -- nothing to pay
    done_before  BIGINT NOT NULL, -- assessed for the period already
    failed       BIGINT NOT NULL,
    published    BIGINT NOT NULL,
    currency     TEXT   NOT NULL,
    total        BIGINT NOT NULL,
    started      BIGINT NOT NULL,
    started_by   TEXT   NOT NULL,
    ended        BIGINT NOT NULL,
    ended_by     TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    PRIMARY KEY (organisation, id)
);

-- What a run could not assess.
CREATE TABLE tax_problem (
    organisation TEXT   NOT NULL,
    run          TEXT   NOT NULL,
    object       TEXT   NOT NULL,
    what         TEXT   NOT NULL,
    PRIMARY KEY (organisation, run, object)
);

-- What a payer declares for a period; one that is not sent yet is a draft, and the one sent last counts.
CREATE TABLE tax_return (
    organisation TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    account      TEXT   NOT NULL,
    begins       TEXT   NOT NULL,
    state        TEXT   NOT NULL, -- draft, sent
    assessment   TEXT   NOT NULL,
    by_person    TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    sealed       BYTEA  NOT NULL,
    PRIMARY KEY (organisation, id)
);
CREATE INDEX tax_return_account ON tax_return (organisation, account, begins, id);

-- That somebody was reminded to declare.
CREATE TABLE tax_reminder (
    organisation TEXT   NOT NULL,
    account      TEXT   NOT NULL,
    begins       TEXT   NOT NULL,
    step         TEXT   NOT NULL, -- due, late
    at           BIGINT NOT NULL,
    PRIMARY KEY (organisation, account, begins, step)
);

-- What payers ask for, and officers decide: that a fact holds (claim), or that an assessment is wrong (objection).
CREATE TABLE tax_request (
    organisation TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    kind         TEXT   NOT NULL, -- claim, objection
    account      TEXT   NOT NULL,
    tax          TEXT   NOT NULL,
    about        TEXT   NOT NULL, -- the fact, or the assessment
    from_day     TEXT   NOT NULL, -- of a claim
    state        TEXT   NOT NULL, -- open, granted, refused, withdrawn
    by_person    TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    decided_by   TEXT   NOT NULL,
    decided      BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    sealed       BYTEA  NOT NULL,
    PRIMARY KEY (organisation, id)
);
CREATE INDEX tax_request_account ON tax_request (organisation, account, id);
CREATE INDEX tax_request_open ON tax_request (organisation, id) WHERE state = 'open';
