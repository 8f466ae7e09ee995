-- Lists are words separated by spaces; an empty list means no limit.

ALTER TABLE api_keys ADD COLUMN scopes TEXT NOT NULL DEFAULT 'admin';
ALTER TABLE api_keys ADD COLUMN appids TEXT NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN kinds TEXT NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN networks TEXT NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN expires_at BIGINT;
ALTER TABLE api_keys ADD COLUMN revoked_at BIGINT;
ALTER TABLE api_keys ADD COLUMN last_used_at BIGINT;
-- 1: the key has ended and its registrations have no addresses any more
ALTER TABLE api_keys ADD COLUMN silenced BIGINT NOT NULL DEFAULT 0;

CREATE TABLE audit (
    id      {identity},
    at      BIGINT NOT NULL,                  -- of reads: the beginning of the hour
    key_id  TEXT NOT NULL,
    address TEXT NOT NULL,
    action  TEXT NOT NULL,
    object  TEXT NOT NULL,
    count   BIGINT NOT NULL
);

CREATE INDEX audit_at ON audit (at);
CREATE UNIQUE INDEX audit_reads ON audit (at, key_id, object) WHERE action = 'credential.read';
