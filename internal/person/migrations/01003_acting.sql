-- +goose Up
-- A session may act for another: the mandate under which it does; '' for whoever acts for themselves.
ALTER TABLE session ADD COLUMN acting TEXT NOT NULL DEFAULT '';
