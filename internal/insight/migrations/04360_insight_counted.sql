-- +goose Up

-- How many events are counted, so that a count of the log tells whether one was missed; -1 where it is not known.
ALTER TABLE insight_cursor ADD COLUMN counted BIGINT NOT NULL DEFAULT -1;
