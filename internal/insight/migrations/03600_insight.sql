-- +goose Up

-- What happened, added up: never of whom. organisation '' is the whole place, service '' all of an organisation's.
CREATE TABLE insight_day (
    measure      TEXT   NOT NULL,
    by_what      TEXT   NOT NULL, -- '' totals
    organisation TEXT   NOT NULL,
    service      TEXT   NOT NULL,
    day          TEXT   NOT NULL,
    of_what      TEXT   NOT NULL,
    bucket       BIGINT NOT NULL,
    n            BIGINT NOT NULL,
    amount       BIGINT NOT NULL,
    PRIMARY KEY (measure, by_what, organisation, service, day, of_what, bucket)
);

-- The same by months, and by what tells cases apart.
CREATE TABLE insight_month (
    measure      TEXT   NOT NULL,
    by_what      TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    service      TEXT   NOT NULL,
    day          TEXT   NOT NULL, -- 2026-10
    of_what      TEXT   NOT NULL,
    bucket       BIGINT NOT NULL,
    n            BIGINT NOT NULL,
    amount       BIGINT NOT NULL,
    PRIMARY KEY (measure, by_what, organisation, service, day, of_what, bucket)
);

-- What only whoever does it knows, until it is added up. Nothing in it leads to a person.
CREATE TABLE insight_note (
    id           TEXT   PRIMARY KEY,
    at           BIGINT NOT NULL,
    measure      TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    service      TEXT   NOT NULL,
    marks        TEXT   NOT NULL, -- JSON: by what, of what
    bucket       BIGINT NOT NULL,
    amount       BIGINT NOT NULL
);

-- How far the log of events was counted.
CREATE TABLE insight_cursor (
    name    TEXT   PRIMARY KEY,
    place   TEXT   NOT NULL, -- every event up to this one is counted
    through BIGINT NOT NULL, -- when it was last looked
    version BIGINT NOT NULL
);

-- Events behind that place that are counted already: transactions may end in another order than they began.
CREATE TABLE insight_seen (
    id TEXT PRIMARY KEY
);
