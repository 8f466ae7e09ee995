-- Which user's job a refresh token of OAuth2 belongs to, by the hash of the token.

CREATE TABLE refresh_digests (
    digest  TEXT PRIMARY KEY,
    appid   TEXT NOT NULL,
    subject TEXT NOT NULL,
    seen_at BIGINT NOT NULL   -- when it was last stored with the job
);

CREATE INDEX refresh_digests_seen ON refresh_digests (seen_at);
