-- +goose Up

-- Why a person placed money somewhere, or took it back: sealed under the subject of the line. NULL: nobody said.
ALTER TABLE bank_part ADD COLUMN sealed BYTEA;
