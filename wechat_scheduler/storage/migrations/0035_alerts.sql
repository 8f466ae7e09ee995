-- Alerts: what is or was wrong, and what people were told of it.

CREATE TABLE alerts (
    id            BIGINT PRIMARY KEY,
    rule          TEXT NOT NULL,
    subject       TEXT NOT NULL,
    node          TEXT NOT NULL,      -- the host that alone can see it, or empty
    appid         TEXT NOT NULL,
    kind          TEXT NOT NULL,
    severity      TEXT NOT NULL,
    text          TEXT NOT NULL,
    advice        TEXT NOT NULL,
    since         BIGINT NOT NULL,
    fired_at      BIGINT,
    told_at       BIGINT,
    told_severity TEXT NOT NULL,
    gone_at       BIGINT,
    cleared_at    BIGINT,
    muted_until   BIGINT,
    times         BIGINT NOT NULL,
    version       BIGINT NOT NULL
);

CREATE UNIQUE INDEX alerts_open ON alerts (rule, subject, node) WHERE cleared_at IS NULL;
CREATE INDEX alerts_cleared ON alerts (cleared_at) WHERE cleared_at IS NOT NULL;
CREATE INDEX alerts_newest ON alerts (since, id);

-- The jobs that alerts ask about each minute. An ordinary day takes about 14 calls.
CREATE INDEX jobs_noted ON jobs (appid, kind, subject)
    WHERE fault IS NOT NULL OR contest IS NOT NULL OR calls > 15;
CREATE INDEX jobs_platforms ON jobs (kind, appid) WHERE kind = 'component_access_token';
