-- +goose Up

-- What people ask about a dataset. What was asked is sealed until an officer has looked at it; then it is public.
CREATE TABLE dataset_question (
    id           TEXT   PRIMARY KEY,
    dataset      TEXT   NOT NULL,
    organisation TEXT   NOT NULL, -- that answers
    version      BIGINT NOT NULL, -- the newest when it was asked; 0 before the first
    person       TEXT   NOT NULL, -- who asked; no page shows it
    subject      TEXT   NOT NULL,
    language     TEXT   NOT NULL,
    asked        BIGINT NOT NULL,
    state        TEXT   NOT NULL, -- waiting, shown, hidden
    looked       BIGINT NOT NULL, -- when an officer decided; 0 before
    officer      TEXT   NOT NULL, -- who did
    text         TEXT   NOT NULL, -- '' unless shown
    answer       TEXT   NOT NULL, -- '' where there is none yet
    answered     BIGINT NOT NULL,
    reason       TEXT   NOT NULL, -- why it is hidden
    sealed       BYTEA  NOT NULL
);
CREATE INDEX dataset_question_dataset ON dataset_question (dataset, state, asked, id);
CREATE INDEX dataset_question_organisation ON dataset_question (organisation, state, asked, id);
CREATE INDEX dataset_question_person ON dataset_question (person, asked);

-- Who is told of new versions, and where. The address of a webhook and its secret are sealed.
CREATE TABLE dataset_subscription (
    id       TEXT   PRIMARY KEY,
    dataset  TEXT   NOT NULL, -- '' for all
    kind     TEXT   NOT NULL, -- mail, webhook
    person   TEXT   NOT NULL,
    subject  TEXT   NOT NULL,
    language TEXT   NOT NULL,
    endpoint TEXT   NOT NULL, -- keyed hash of the webhook's address; '' for mail
    created  BIGINT NOT NULL,
    tried    BIGINT NOT NULL, -- when a webhook was last called
    failures BIGINT NOT NULL, -- in a row
    problem  TEXT   NOT NULL, -- of the last call
    sealed   BYTEA  NOT NULL,
    UNIQUE (dataset, kind, person, endpoint)
);
CREATE INDEX dataset_subscription_person ON dataset_subscription (person, created);
