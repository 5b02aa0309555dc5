-- +goose Up
-- An attachment whose sealed parts lie in an object store, are on the way there (carried_at 0), or are to be deleted there (gone_at).
CREATE TABLE blob_away (
    blob_id    TEXT NOT NULL PRIMARY KEY, -- refers to no row of blob: it stays after it until the object is deleted
    name       TEXT NOT NULL, -- of the object: no other row has had it, nor one of a copy of this database
    sha256     BYTEA NOT NULL, -- of the object
    size       BIGINT NOT NULL,
    tries      BIGINT NOT NULL,
    until      BIGINT NOT NULL, -- nobody else touches it before: somebody is at it, or it has failed
    carried_at BIGINT NOT NULL,
    gone_at    BIGINT NOT NULL
);
CREATE INDEX blob_away_gone ON blob_away (gone_at) WHERE gone_at > 0;
