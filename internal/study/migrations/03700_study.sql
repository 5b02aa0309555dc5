-- +goose Up
CREATE TABLE study (
    id           TEXT   PRIMARY KEY,
    organisation TEXT   NOT NULL,
    kind         TEXT   NOT NULL, -- service or tax
    subject      TEXT   NOT NULL, -- its id
    title        TEXT   NOT NULL,
    change       TEXT   NOT NULL, -- what is tried
    state        TEXT   NOT NULL,
    done         BIGINT NOT NULL,
    of           BIGINT NOT NULL,
    result       TEXT   NOT NULL, -- protected already: figures of groups, and nobody's name
    examples     TEXT   NOT NULL, -- ids of cases, for those who may open them
    problem      TEXT   NOT NULL,
    hash         TEXT   NOT NULL, -- of the inputs
    by_person    TEXT   NOT NULL,
    created      BIGINT NOT NULL,
    ended        BIGINT NOT NULL,
    published    BIGINT NOT NULL, -- 0: not
    publisher    TEXT   NOT NULL,
    version      BIGINT NOT NULL
);
CREATE INDEX study_organisation ON study (organisation, created, id);
CREATE INDEX study_published ON study (published, id) WHERE published > 0;
