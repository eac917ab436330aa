CREATE TABLE audit (
    sequence {identity},
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT,
    source TEXT,
    outcome TEXT NOT NULL,
    task TEXT,
    detail TEXT
);

CREATE TABLE token (
    name TEXT PRIMARY KEY,
    hash {bytes} NOT NULL UNIQUE,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT
);
