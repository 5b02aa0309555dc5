-- +goose Up
CREATE TABLE draft (
    id         TEXT   PRIMARY KEY,
    token_hash BYTEA  NOT NULL,
    service    TEXT   NOT NULL,
    variant    TEXT   NOT NULL,
    definition TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    person     TEXT   NOT NULL,
    licence    TEXT   NOT NULL,
    language   TEXT   NOT NULL,
    sealed     BYTEA  NOT NULL,
    version    BIGINT NOT NULL,
    created    BIGINT NOT NULL,
    updated    BIGINT NOT NULL,
    made_case  TEXT   NOT NULL
);
CREATE INDEX draft_person ON draft (person, updated);
CREATE INDEX draft_updated ON draft (updated);

CREATE TABLE cases (
    id           TEXT    PRIMARY KEY,
    organisation TEXT    NOT NULL,
    number       TEXT    NOT NULL,
    service      TEXT    NOT NULL,
    variant      TEXT    NOT NULL,
    definition   TEXT    NOT NULL,
    person       TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    language     TEXT    NOT NULL,
    licence      TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    entered      BIGINT  NOT NULL,
    submitted    BIGINT  NOT NULL,
    due          TEXT    NOT NULL,
    due_then     TEXT    NOT NULL,
    turn         TEXT    NOT NULL,
    stopped      BOOLEAN NOT NULL,
    assignee     TEXT    NOT NULL,
    awaits       TEXT    NOT NULL,
    ending       TEXT    NOT NULL,
    ended        BIGINT  NOT NULL,
    is_open      BOOLEAN NOT NULL,
    label        BYTEA   NOT NULL, -- sealed by itself: lists open nothing else
    sealed       BYTEA   NOT NULL,
    version      BIGINT  NOT NULL,
    updated      BIGINT  NOT NULL,
    UNIQUE (organisation, number)
);
CREATE INDEX cases_due ON cases (organisation, is_open, due, id);
CREATE INDEX cases_submitted ON cases (organisation, is_open, submitted, id);
CREATE INDEX cases_service ON cases (organisation, is_open, service, state, due, id, assignee); -- holds all that Counts needs
CREATE INDEX cases_assignee ON cases (organisation, is_open, assignee, due, id);
CREATE INDEX cases_awaits ON cases (organisation, is_open, awaits, due, id) WHERE awaits <> '';
CREATE INDEX cases_person ON cases (person, submitted);
CREATE INDEX cases_turn ON cases (turn, id);

CREATE TABLE case_event (
    id         TEXT   PRIMARY KEY,
    case_id    TEXT   NOT NULL,
    seq        BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    public     BOOLEAN NOT NULL,
    actor      TEXT   NOT NULL,
    action     TEXT   NOT NULL,
    from_state TEXT   NOT NULL,
    to_state   TEXT   NOT NULL,
    sealed     BYTEA  NOT NULL
);
CREATE INDEX case_event_case ON case_event (case_id, seq, id);

CREATE TABLE consultation (
    id           TEXT   PRIMARY KEY,
    case_id      TEXT   NOT NULL,
    consultee    TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    asked        BIGINT NOT NULL,
    due          TEXT   NOT NULL,
    reply        TEXT   NOT NULL,
    silent       BOOLEAN NOT NULL,
    replied      BIGINT NOT NULL,
    replied_by   TEXT   NOT NULL,
    sealed       BYTEA  NOT NULL,
    UNIQUE (case_id, consultee, asked)
);
CREATE INDEX consultation_queue ON consultation (organisation, reply, due, id);

CREATE TABLE representation (
    id      TEXT    PRIMARY KEY,
    case_id TEXT    NOT NULL,
    at      BIGINT  NOT NULL,
    ground  TEXT    NOT NULL,
    counts  TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    sealed  BYTEA   NOT NULL
);
CREATE INDEX representation_case ON representation (case_id, id);

CREATE TABLE message (
    id       TEXT    PRIMARY KEY,
    case_id  TEXT    NOT NULL,
    at       BIGINT  NOT NULL,
    incoming BOOLEAN NOT NULL,
    author   TEXT    NOT NULL,
    seen     BOOLEAN NOT NULL,
    sealed   BYTEA   NOT NULL
);
CREATE INDEX message_case ON message (case_id, id);

CREATE TABLE letter (
    id       TEXT   PRIMARY KEY,
    case_id  TEXT   NOT NULL,
    letter   TEXT   NOT NULL,
    language TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    sealed   BYTEA  NOT NULL
);
CREATE INDEX letter_case ON letter (case_id, id);

CREATE TABLE case_term (
    organisation TEXT  NOT NULL,
    term         BYTEA NOT NULL,
    case_id      TEXT  NOT NULL,
    PRIMARY KEY (organisation, term, case_id)
);
CREATE INDEX case_term_case ON case_term (case_id);
