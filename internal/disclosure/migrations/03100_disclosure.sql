-- +goose Up

-- A document about a request for information: what was found, what is to be taken out of it, and what came of it.
CREATE TABLE disclosure_document (
    id           TEXT   PRIMARY KEY,
    case_id      TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    subject      TEXT   NOT NULL, -- whose key seals it
    seq          BIGINT NOT NULL, -- order within the case
    source       TEXT   NOT NULL, -- file, request, answer
    kind         TEXT   NOT NULL, -- media type
    original     TEXT   NOT NULL, -- blob; '' where it is text of the case itself
    released     TEXT   NOT NULL, -- blob of what may be released; '' before a second person agreed
    state        TEXT   NOT NULL, -- open, proposed, approved, withheld
    proposer     TEXT   NOT NULL,
    approver     TEXT   NOT NULL,
    sealed       BYTEA  NOT NULL, -- name, text and passages
    version      BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL
);
CREATE INDEX disclosure_document_case ON disclosure_document (case_id, seq);
CREATE INDEX disclosure_document_state ON disclosure_document (organisation, state, changed_at);

-- The disclosure log. What stands here is public, and nobody's.
CREATE TABLE disclosure (
    id           TEXT    PRIMARY KEY,
    number       TEXT    NOT NULL UNIQUE,
    case_id      TEXT    NOT NULL UNIQUE,
    service      TEXT    NOT NULL,
    organisation TEXT    NOT NULL,
    topic        TEXT    NOT NULL,
    outcome      TEXT    NOT NULL, -- the state in which the case ended
    ending       TEXT    NOT NULL,
    language     TEXT    NOT NULL,
    received     TEXT    NOT NULL, -- day
    answered     TEXT    NOT NULL, -- day
    took         BIGINT  NOT NULL, -- working days; -1: beyond the calendar
    title        TEXT    NOT NULL,
    request      TEXT    NOT NULL,
    answer       TEXT    NOT NULL,
    published_at BIGINT  NOT NULL,
    withdrawn_at BIGINT  NOT NULL, -- 0: it stands
    withdrawn    TEXT    NOT NULL  -- why
);
CREATE INDEX disclosure_published ON disclosure (published_at, id);

CREATE TABLE disclosure_exemption (
    disclosure_id TEXT NOT NULL,
    exemption     TEXT NOT NULL,
    PRIMARY KEY (disclosure_id, exemption)
);

CREATE TABLE disclosure_term (
    term          TEXT NOT NULL,
    disclosure_id TEXT NOT NULL,
    PRIMARY KEY (term, disclosure_id)
);

-- Files that were released, as they are: public, so they outlive the keys of those who asked.
CREATE TABLE disclosure_file (
    id            TEXT   PRIMARY KEY,
    disclosure_id TEXT   NOT NULL,
    seq           BIGINT NOT NULL,
    name          TEXT   NOT NULL,
    kind          TEXT   NOT NULL,
    size          BIGINT NOT NULL,
    sha256        TEXT   NOT NULL,
    removed       BIGINT NOT NULL -- passages
);
CREATE INDEX disclosure_file_of ON disclosure_file (disclosure_id, seq);

CREATE TABLE disclosure_part (
    file_id TEXT   NOT NULL,
    n       BIGINT NOT NULL,
    bytes   BYTEA  NOT NULL,
    PRIMARY KEY (file_id, n)
);
