-- +goose Up

-- The latest change of each record, in the order of commits.
CREATE TABLE record_feed (
    register  TEXT   NOT NULL,
    place     BIGINT NOT NULL,
    record_id TEXT   NOT NULL UNIQUE,
    number    TEXT   NOT NULL,
    change    TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (register, place)
);
CREATE TABLE record_feed_last (
    register TEXT   PRIMARY KEY,
    place    BIGINT NOT NULL
);
INSERT INTO record_feed (register, place, record_id, number, change, at)
    SELECT r.register, ROW_NUMBER() OVER (PARTITION BY r.register ORDER BY r.updated, r.id), r.id, r.number, v.change, r.updated
    FROM record AS r JOIN record_version AS v ON v.record_id = r.id AND v.version = r.version;
INSERT INTO record_feed_last (register, place) SELECT register, MAX(place) FROM record_feed GROUP BY register;
