-- +goose Up
CREATE TABLE appointment (
    id           TEXT   PRIMARY KEY,
    kind         TEXT   NOT NULL,
    what         TEXT   NOT NULL, -- what they come for
    organisation TEXT   NOT NULL,
    people       BIGINT NOT NULL,
    owner        TEXT   NOT NULL, -- person id; '' where an officer booked for somebody without an account
    by_person    TEXT   NOT NULL, -- who booked for the owner, by a mandate; '' the owner, or an officer
    subject      TEXT   NOT NULL, -- whose key seals the words
    starts       BIGINT NOT NULL,
    ends         BIGINT NOT NULL,
    counter      BIGINT NOT NULL,
    state        TEXT   NOT NULL, -- booked, cancelled, closed, came, missed
    nth          BIGINT NOT NULL, -- of those that the owner may hold at once; 0: it does not count
    language     TEXT   NOT NULL, -- in which they are written to
    made         BIGINT NOT NULL,
    changes      BIGINT NOT NULL, -- how often it was moved or cancelled: SEQUENCE of RFC 5545
    reminded     BIGINT NOT NULL, -- 0: not yet
    sealed       BYTEA  NOT NULL
);
CREATE INDEX appointment_time ON appointment (kind, starts);
CREATE INDEX appointment_owner ON appointment (owner, starts);
CREATE UNIQUE INDEX appointment_held ON appointment (owner, kind, nth) WHERE nth > 0;

-- Five minutes at a counter. Who holds it is an appointment, or a closing.
CREATE TABLE appointment_seat (
    kind    TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    counter BIGINT NOT NULL,
    holder  TEXT   NOT NULL,
    PRIMARY KEY (kind, at, counter)
);
CREATE INDEX appointment_seat_holder ON appointment_seat (holder);

CREATE TABLE appointment_closing (
    id      TEXT   PRIMARY KEY,
    kind    TEXT   NOT NULL,
    day     TEXT   NOT NULL,
    counter BIGINT NOT NULL, -- 0: all
    reason  TEXT   NOT NULL, -- that those are told who had an appointment
    at      BIGINT NOT NULL
);
CREATE INDEX appointment_closing_day ON appointment_closing (kind, day);
