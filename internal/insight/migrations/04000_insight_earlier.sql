-- +goose Up

-- Cases that another system dealt with before this one, as its figures tell of them: how many of a kind, and of nobody.
CREATE TABLE insight_earlier (
    service      TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    came         TEXT   NOT NULL,
    ended        TEXT   NOT NULL,
    ending       TEXT   NOT NULL,
    area         TEXT   NOT NULL,
    language     TEXT   NOT NULL,
    n            BIGINT NOT NULL,
    PRIMARY KEY (service, came, ended, ending, area, language)
);
