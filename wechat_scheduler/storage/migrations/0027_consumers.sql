-- Business systems that call WeChat through the gateway.

CREATE TABLE consumers (
    name         TEXT PRIMARY KEY,
    hash         TEXT NOT NULL,    -- of its secret
    generation   BIGINT NOT NULL,  -- grows with each new secret and with the revocation
    appids       TEXT NOT NULL,
    networks     TEXT NOT NULL,
    per_minute   BIGINT NOT NULL,
    per_day      BIGINT NOT NULL,
    stand_in     BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    revoked_at   BIGINT,
    last_used_at BIGINT
);
