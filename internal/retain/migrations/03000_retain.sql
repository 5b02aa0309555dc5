-- +goose Up
CREATE TABLE retain_hold (
    id           TEXT   PRIMARY KEY,
    kind         TEXT   NOT NULL, -- case, person
    ref          TEXT   NOT NULL, -- its id
    number       TEXT   NOT NULL, -- as people know it; '' of a person
    organisation TEXT   NOT NULL, -- that set it
    reason       TEXT   NOT NULL, -- names nobody
    placed       BIGINT NOT NULL,
    placed_by    TEXT   NOT NULL,
    review       TEXT   NOT NULL, -- day on which somebody looks whether it is still needed
    lifted       BIGINT NOT NULL, -- 0: it stands
    lifted_by    TEXT   NOT NULL
);
CREATE INDEX retain_hold_ref ON retain_hold (kind, ref);
CREATE INDEX retain_hold_organisation ON retain_hold (organisation, lifted, id);

CREATE TABLE retain_erasure (
    id       TEXT   PRIMARY KEY,
    person   TEXT   NOT NULL,
    language TEXT   NOT NULL,
    state    TEXT   NOT NULL, -- waiting, stopped, done
    asked    BIGINT NOT NULL,
    due      BIGINT NOT NULL, -- not before
    told     BIGINT NOT NULL, -- when the person was told what is deleted and what is kept; 0: not yet
    ended    BIGINT NOT NULL
);
CREATE INDEX retain_erasure_person ON retain_erasure (person, id);
CREATE INDEX retain_erasure_due ON retain_erasure (state, due);

CREATE TABLE retain_done (
    id           TEXT   PRIMARY KEY,
    organisation TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    service      TEXT   NOT NULL, -- '' where it is no service's
    law          TEXT   NOT NULL, -- why now
    day          TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    n            BIGINT NOT NULL,
    root         BYTEA  NOT NULL, -- over the commitments, as in the public log
    items        TEXT   NOT NULL  -- the salted commitments, one a line, in their order
);
CREATE INDEX retain_done_organisation ON retain_done (organisation, id);

CREATE TABLE retain_copy (
    id       TEXT   PRIMARY KEY,
    person   TEXT   NOT NULL,
    subject  TEXT   NOT NULL,
    language TEXT   NOT NULL,
    asked    BIGINT NOT NULL,
    made     BIGINT NOT NULL, -- 0: not yet
    until    BIGINT NOT NULL, -- it can be downloaded up to then
    size     BIGINT NOT NULL,
    parts    BIGINT NOT NULL
);
CREATE INDEX retain_copy_person ON retain_copy (person, id);
CREATE INDEX retain_copy_until ON retain_copy (until) WHERE until > 0;

CREATE TABLE retain_copy_part (
    copy   TEXT   NOT NULL,
    n      BIGINT NOT NULL,
    sealed BYTEA  NOT NULL,
    PRIMARY KEY (copy, n)
);
