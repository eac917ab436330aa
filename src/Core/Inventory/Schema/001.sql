CREATE TABLE inventory_guest (
    id {bytes} PRIMARY KEY,
    provider TEXT NOT NULL,
    observed_at BIGINT NOT NULL,
    body {bytes} NOT NULL
);

CREATE TABLE inventory_object (
    id {bytes} PRIMARY KEY,
    kind SMALLINT NOT NULL,
    provider TEXT NOT NULL,
    body {bytes} NOT NULL
);

CREATE TABLE inventory_native (
    id {bytes} PRIMARY KEY,
    observed_at BIGINT NOT NULL,
    hash BIGINT NOT NULL,
    body {bytes} NOT NULL
);

CREATE TABLE inventory_history (
    sequence BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    subject TEXT NOT NULL,
    subject_id {bytes},
    name TEXT,
    provider TEXT,
    task TEXT,
    text TEXT,
    changes TEXT
);

CREATE INDEX inventory_history_subject ON inventory_history (subject_id, sequence);
CREATE INDEX inventory_history_at ON inventory_history (at);

CREATE TABLE inventory_counter (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
