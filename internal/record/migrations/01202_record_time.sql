-- +goose Up

-- For which days a version says what was so. Until now every version held from the day on which it was recorded (the first
-- one from the day on which its record begins, if that is earlier).
ALTER TABLE record_version ADD COLUMN valid_from TEXT NOT NULL DEFAULT '';
ALTER TABLE record_version ADD COLUMN valid_until TEXT NOT NULL DEFAULT '';

-- Reason and source of a version, sealed with it.
ALTER TABLE record_version ADD COLUMN why BYTEA;

-- The day of a moment, in UTC, by integers alone: both databases divide them alike.
UPDATE record_version SET valid_from = (
    SELECT substr('000' || (y + CASE WHEN m <= 2 THEN 1 ELSE 0 END), length('000' || (y + CASE WHEN m <= 2 THEN 1 ELSE 0 END)) - 3, 4)
        || '-' || substr('0' || m, length('0' || m) - 1, 2) || '-' || substr('0' || d, length('0' || d) - 1, 2)
    FROM (
        SELECT yoe + era * 400 AS y, CASE WHEN mp < 10 THEN mp + 3 ELSE mp - 9 END AS m, doy - (153 * mp + 2) / 5 + 1 AS d
        FROM (
            SELECT era, yoe, doy, (5 * doy + 2) / 153 AS mp
            FROM (
                SELECT era, yoe, doe - (365 * yoe + yoe / 4 - yoe / 100) AS doy
                FROM (
                    SELECT era, doe, (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365 AS yoe
                    FROM (
                        SELECT (record_version.at / 86400000000 + 719468) / 146097 AS era,
                            (record_version.at / 86400000000 + 719468) % 146097 AS doe
                    ) AS a
                ) AS b
            ) AS c
        ) AS e
    ) AS f
);
UPDATE record_version SET valid_from = from_day WHERE version = 1 AND from_day < valid_from;

-- A record that is sealed whole lies here, where nothing looks that reads records.
CREATE TABLE record_closed (
    id           TEXT   PRIMARY KEY,
    register     TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    number       TEXT   NOT NULL,
    service      TEXT   NOT NULL,
    case_id      TEXT   NOT NULL,
    holder       TEXT   NOT NULL,
    subject      TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    from_day     TEXT   NOT NULL,
    until_day    TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    label        TEXT   NOT NULL,
    public       TEXT   NOT NULL,
    sealed       BYTEA  NOT NULL,
    updated      BIGINT NOT NULL,
    UNIQUE (register, number)
);

-- What is sealed, why, and until when. Of a field, taken holds what each version said.
CREATE TABLE record_seal (
    id        TEXT   PRIMARY KEY,
    record_id TEXT   NOT NULL,
    field     TEXT   NOT NULL,
    since     BIGINT NOT NULL,
    until_day TEXT   NOT NULL,
    actor     TEXT   NOT NULL,
    words     BYTEA  NOT NULL,
    taken     BYTEA  NOT NULL,
    lifted    BIGINT NOT NULL,
    lifter    TEXT   NOT NULL
);
CREATE INDEX record_seal_record ON record_seal (record_id, lifted);
CREATE INDEX record_seal_until ON record_seal (lifted, until_day);

-- What is to be entered or corrected, and waits for another person.
CREATE TABLE record_proposal (
    id          TEXT   PRIMARY KEY,
    register    TEXT   NOT NULL,
    record_id   TEXT   NOT NULL,
    version     BIGINT NOT NULL,
    valid_from  TEXT   NOT NULL,
    valid_until TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    proposer    TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    decider     TEXT   NOT NULL,
    decided     BIGINT NOT NULL,
    subject     TEXT   NOT NULL,
    sealed      BYTEA  NOT NULL
);
CREATE INDEX record_proposal_open ON record_proposal (register, state, id);
CREATE INDEX record_proposal_record ON record_proposal (record_id, id);
