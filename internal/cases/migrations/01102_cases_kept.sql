-- +goose Up
ALTER TABLE cases ADD COLUMN keep_look TEXT NOT NULL DEFAULT ''; -- day on which the keeping of an ended case is looked at next; '' not yet
ALTER TABLE cases ADD COLUMN destroyed BIGINT NOT NULL DEFAULT 0; -- when its key was destroyed
CREATE INDEX cases_keep ON cases (keep_look, id) WHERE ended > 0 AND destroyed = 0;
