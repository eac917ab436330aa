CREATE TABLE task (
    sequence {identity},
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    target_type TEXT NOT NULL,
    target_id TEXT,
    target_name TEXT NOT NULL,
    provider TEXT,
    state TEXT NOT NULL,
    undoing BIGINT NOT NULL,
    actor TEXT NOT NULL,
    source TEXT,
    idempotency_key TEXT,
    fingerprint TEXT NOT NULL,
    body TEXT NOT NULL,
    lanes TEXT NOT NULL,
    parent TEXT,
    planned BIGINT NOT NULL,
    host TEXT,
    makes TEXT,
    result TEXT,
    error TEXT,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    ended_at BIGINT
);
CREATE UNIQUE INDEX task_by_key ON task (actor, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX task_open ON task (sequence) WHERE ended_at IS NULL;
CREATE INDEX task_by_target ON task (target_id, sequence);

CREATE TABLE task_step (
    task TEXT NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    ordinal BIGINT NOT NULL,
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    arguments TEXT NOT NULL,
    weight DOUBLE PRECISION NOT NULL,
    no_return BIGINT NOT NULL,
    state TEXT NOT NULL,
    started_at BIGINT,
    ended_at BIGINT,
    PRIMARY KEY (task, ordinal)
);

CREATE TABLE task_log (
    task TEXT NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    ordinal BIGINT NOT NULL,
    at BIGINT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (task, ordinal)
);

CREATE TABLE task_item (
    task TEXT NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    ordinal BIGINT NOT NULL,
    object TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    child TEXT,
    error TEXT,
    PRIMARY KEY (task, ordinal)
);

-- Sealed; gone when the task ends.
CREATE TABLE task_secret (
    task TEXT NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    envelope {bytes} NOT NULL,
    PRIMARY KEY (task, name)
);
