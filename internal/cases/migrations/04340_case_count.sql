-- +goose Up

-- How many open cases are in a state, added up; with what waits in case_count_pending it is what counting them would give.
CREATE TABLE case_count (
    organisation TEXT   NOT NULL,
    due          TEXT   NOT NULL, -- '' for all days; of past ones the last holds those before it too
    service      TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    n            BIGINT NOT NULL,
    free         BIGINT NOT NULL, -- of them nobody's; only for all days
    PRIMARY KEY (organisation, due, service, state)
);

-- What cases that came, went and moved add to the sums. Rows, so that nobody waits for anybody's.
CREATE TABLE case_count_pending (
    id           TEXT   PRIMARY KEY,
    organisation TEXT   NOT NULL,
    due          TEXT   NOT NULL, -- '' adds to all days alone
    service      TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    n            BIGINT NOT NULL,
    free         BIGINT NOT NULL
);

INSERT INTO case_count (organisation, due, service, state, n, free)
SELECT organisation, '', service, state, COUNT(*), COUNT(CASE WHEN assignee = '' THEN 1 END)
FROM cases WHERE is_open = TRUE GROUP BY organisation, service, state;
INSERT INTO case_count (organisation, due, service, state, n, free)
SELECT organisation, due, service, state, COUNT(*), 0
FROM cases WHERE is_open = TRUE GROUP BY organisation, due, service, state;
