CREATE TABLE provider (
    name TEXT PRIMARY KEY,
    driver TEXT NOT NULL,
    url TEXT NOT NULL,
    user_name TEXT,
    settings TEXT NOT NULL,
    insecure INTEGER NOT NULL,
    enabled INTEGER NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE provider_secret (
    provider TEXT NOT NULL,
    name TEXT NOT NULL,
    envelope {bytes} NOT NULL,
    PRIMARY KEY (provider, name)
);
