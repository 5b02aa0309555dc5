-- +goose Up
ALTER TABLE access ADD COLUMN service TEXT NOT NULL DEFAULT ''; -- whose file names the law; '' where it is no service's
ALTER TABLE access ADD COLUMN system TEXT NOT NULL DEFAULT '';  -- the program that read; '' where a person did
ALTER TABLE access ADD COLUMN day_key TEXT;                     -- NULL unless a list: one row a day
CREATE UNIQUE INDEX access_day ON access (day_key);
CREATE INDEX access_actor ON access (actor, at);
CREATE INDEX access_at ON access (at);

CREATE TABLE access_question (
    id           TEXT   PRIMARY KEY,
    look         TEXT   NOT NULL UNIQUE, -- one question about one look
    person       TEXT   NOT NULL,
    subject      TEXT   NOT NULL,
    organisation TEXT   NOT NULL, -- that answers
    looker       TEXT   NOT NULL, -- who does not answer it
    language     TEXT   NOT NULL,
    asked        BIGINT NOT NULL,
    answered     BIGINT NOT NULL, -- 0: not yet
    answered_by  TEXT   NOT NULL,
    sealed       BYTEA  NOT NULL, -- the question
    answer       BYTEA  NOT NULL  -- sealed
);
CREATE INDEX access_question_person ON access_question (person, id);
CREATE INDEX access_question_open ON access_question (organisation, answered, id);

CREATE TABLE access_alert (
    id           TEXT   PRIMARY KEY,
    organisation TEXT   NOT NULL,
    actor        TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    window_key   TEXT   NOT NULL, -- the hour or day it is about: one alert for each
    at           BIGINT NOT NULL,
    n            BIGINT NOT NULL, -- persons looked at
    usual        BIGINT NOT NULL, -- by the same reader before; 0 where that is not the measure
    peers        BIGINT NOT NULL, -- by others of the organisation
    seen         BIGINT NOT NULL, -- 0: no supervisor has looked
    seen_by      TEXT   NOT NULL,
    note         TEXT   NOT NULL,
    UNIQUE (organisation, actor, kind, window_key)
);
CREATE INDEX access_alert_open ON access_alert (organisation, seen, at);
