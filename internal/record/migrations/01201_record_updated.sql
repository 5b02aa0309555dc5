-- +goose Up

-- When a register was last changed.
CREATE INDEX record_updated ON record (register, updated);
