-- SQLite alone: rows that are little more than their key. What has no rowid is stored once, in the order of its key, instead of as a row and
-- once more as the index of that key; see internal/store/DESIGN.md.
-- +goose Up
ALTER TABLE case_term RENAME TO case_term_before;
CREATE TABLE case_term (
    organisation TEXT  NOT NULL,
    term         BYTEA NOT NULL,
    case_id      TEXT  NOT NULL,
    PRIMARY KEY (organisation, term, case_id)
) WITHOUT ROWID;
INSERT INTO case_term (organisation, term, case_id) SELECT organisation, term, case_id FROM case_term_before ORDER BY organisation, term, case_id;
DROP TABLE case_term_before;
CREATE INDEX case_term_case ON case_term (case_id);
ALTER TABLE case_count_pending RENAME TO case_count_pending_before;
CREATE TABLE case_count_pending (
    id           TEXT   NOT NULL PRIMARY KEY,
    organisation TEXT   NOT NULL,
    due          TEXT   NOT NULL, -- '' adds to all days alone
    service      TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    n            BIGINT NOT NULL,
    free         BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO case_count_pending (id, organisation, due, service, state, n, free) SELECT id, organisation, due, service, state, n, free FROM case_count_pending_before ORDER BY id;
DROP TABLE case_count_pending_before;
