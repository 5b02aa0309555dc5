-- +goose Up

-- Words lead to numbers, in the order in which records are listed: a page of hits is the beginning of an index.
CREATE TABLE record_word (
    register TEXT NOT NULL,
    term     TEXT NOT NULL,
    number   TEXT NOT NULL,
    PRIMARY KEY (register, term, number)
);
INSERT INTO record_word (register, term, number)
    SELECT t.register, t.term, r.number FROM record_term AS t JOIN record AS r ON r.id = t.record_id;
CREATE INDEX record_word_number ON record_word (register, number, term);
DROP TABLE record_term;
