-- +goose Up
CREATE TABLE mandate (
    id             TEXT   PRIMARY KEY,
    owner          TEXT   NOT NULL, -- the principal: person id
    representative TEXT   NOT NULL, -- person id; '' until somebody has accepted
    email_key      BYTEA  NOT NULL, -- of the address to which it was offered; empty for none
    subject        TEXT   NOT NULL, -- whose key seals the words
    kind           TEXT   NOT NULL,
    scope          TEXT   NOT NULL, -- services and taxes, a space between them; '' for all that the kind may do
    register       TEXT   NOT NULL, -- whose record says so; '' where no register does
    record         TEXT   NOT NULL, -- its number
    organisation   TEXT   NOT NULL, -- that confirms, or assists
    messages       TEXT   NOT NULL, -- who gets them: principal, representative, both
    from_day       TEXT   NOT NULL,
    until_day      TEXT   NOT NULL, -- the last day
    state          TEXT   NOT NULL, -- offered, declared, accepted, refused, revoked
    offered        BIGINT NOT NULL,
    answered       BIGINT NOT NULL, -- 0: not yet
    ended          BIGINT NOT NULL, -- 0: not before its last day
    ended_by       TEXT   NOT NULL, -- person id
    sealed         BYTEA  NOT NULL
);
CREATE INDEX mandate_owner ON mandate (owner, state);
CREATE INDEX mandate_representative ON mandate (representative, state);
CREATE INDEX mandate_offered ON mandate (email_key, state);
CREATE INDEX mandate_declared ON mandate (organisation, state);

CREATE TABLE mandate_act (
    id             TEXT   PRIMARY KEY,
    mandate        TEXT   NOT NULL,
    owner          TEXT   NOT NULL,
    representative TEXT   NOT NULL,
    at             BIGINT NOT NULL,
    what           TEXT   NOT NULL,
    service        TEXT   NOT NULL,
    ref            TEXT   NOT NULL, -- id of the case, bill or tax account
    subject        TEXT   NOT NULL,
    sealed         BYTEA  NOT NULL
);
CREATE INDEX mandate_act_owner ON mandate_act (owner, id);
CREATE INDEX mandate_act_representative ON mandate_act (representative, id);

CREATE TABLE mandate_signature (
    owner  TEXT   NOT NULL,
    what   TEXT   NOT NULL, -- what is to be done, and to what
    person TEXT   NOT NULL,
    hash   BYTEA  NOT NULL, -- of what they agreed to
    at     BIGINT NOT NULL,
    PRIMARY KEY (owner, what, person)
);
