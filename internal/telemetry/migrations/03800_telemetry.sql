-- +goose Up
-- How well the site answered, added up by all nodes.
CREATE TABLE served (
    hour     BIGINT NOT NULL PRIMARY KEY, -- its beginning
    requests BIGINT NOT NULL, -- of people: not of probes, scripts, payment providers
    failed   BIGINT NOT NULL, -- by our fault
    slow     BIGINT NOT NULL
);
CREATE TABLE backup_made (
    id        TEXT   NOT NULL PRIMARY KEY,
    at        BIGINT NOT NULL,
    row_count BIGINT NOT NULL
);
