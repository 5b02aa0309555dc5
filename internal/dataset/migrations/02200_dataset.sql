-- +goose Up
CREATE TABLE dataset_head (
	dataset TEXT PRIMARY KEY,
	number  INTEGER NOT NULL -- of the newest version; whoever publishes holds this row
);

CREATE TABLE dataset_version (
	dataset      TEXT NOT NULL,
	number       INTEGER NOT NULL,
	organisation TEXT NOT NULL,
	published    BIGINT NOT NULL,
	row_count    BIGINT NOT NULL,
	bytes        BIGINT NOT NULL,
	hash         TEXT NOT NULL, -- SHA-256 of the canonical CSV
	form         TEXT NOT NULL, -- SHA-256 of what the spec says about the form of the table
	content      TEXT NOT NULL, -- whose chunks hold the bytes
	note         TEXT NOT NULL,
	spec         TEXT NOT NULL, -- canonical JSON
	profile      TEXT NOT NULL,
	changes      TEXT NOT NULL,
	withdrawn    BIGINT NOT NULL DEFAULT 0,
	reason       TEXT NOT NULL DEFAULT '',
	law          TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (dataset, number)
);
CREATE INDEX dataset_version_published ON dataset_version (published);
CREATE UNIQUE INDEX dataset_version_content ON dataset_version (content);

-- What is being published, and what was. A content that no version names is of a publisher that stopped midway.
CREATE TABLE dataset_content (
	id      TEXT PRIMARY KEY,
	created BIGINT NOT NULL
);
CREATE INDEX dataset_content_created ON dataset_content (created);

-- Canonical CSV, at most 1 MiB a piece, each a gzip member: all of them one after the other are the .csv.gz.
CREATE TABLE dataset_chunk (
	content TEXT NOT NULL,
	seq     INTEGER NOT NULL,
	data    BYTEA NOT NULL,
	PRIMARY KEY (content, seq)
);

