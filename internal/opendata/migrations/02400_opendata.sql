-- +goose Up

-- How the publication of each dataset stands: when it is due, what was read, and what was wrong the last time.
CREATE TABLE opendata_state (
    dataset    TEXT   PRIMARY KEY,
    definition TEXT   NOT NULL, -- hash of the definition that was last tried
    read_at    BIGINT NOT NULL, -- the source was read as it was then
    done_at    BIGINT NOT NULL, -- last try that came to an end, well or not
    due        TEXT   NOT NULL, -- next day on which it is tried without being asked
    problem    TEXT   NOT NULL, -- why the last try published nothing; '' where all is well
    findings   TEXT   NOT NULL, -- JSON
    truth      TEXT   NOT NULL, -- hash of the numbers under the noise
    subject    TEXT   NOT NULL, -- whose key seals the memory
    memory     BYTEA  NOT NULL, -- what the protection of the next version must know of this one
    version    BIGINT NOT NULL
);

-- What of the public budget of a dataset its versions have spent. Rows are only inserted.
CREATE TABLE opendata_spent (
    dataset TEXT   NOT NULL,
    number  BIGINT NOT NULL, -- of the version
    epsilon TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (dataset, number)
);

-- What was checked of a version, for everybody to read.
CREATE TABLE opendata_checked (
    dataset  TEXT   NOT NULL,
    number   BIGINT NOT NULL,
    findings TEXT   NOT NULL, -- JSON
    PRIMARY KEY (dataset, number)
);
