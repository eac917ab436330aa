CREATE TABLE guest_tag (
    guest TEXT PRIMARY KEY,
    tags TEXT NOT NULL
);
