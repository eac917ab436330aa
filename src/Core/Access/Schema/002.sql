CREATE TABLE session (
    hash {bytes} PRIMARY KEY,
    token TEXT NOT NULL,
    token_made BIGINT NOT NULL,
    ends_at BIGINT NOT NULL
);

CREATE TABLE request_key (
    actor TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    made TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (actor, idempotency_key)
);
