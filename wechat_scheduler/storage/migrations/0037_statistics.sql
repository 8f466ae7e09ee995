-- What happened in each hour and day, of all accounts together and of some on their own.

CREATE TABLE statistics (
    appid   TEXT NOT NULL,    -- empty: of all together
    span    TEXT NOT NULL,    -- hour or day
    at      BIGINT NOT NULL,  -- the beginning of the hour or day
    what    TEXT NOT NULL,
    errcode TEXT NOT NULL,    -- of an error, else empty
    number  BIGINT NOT NULL,
    PRIMARY KEY (appid, span, at, what, errcode)
);

CREATE INDEX statistics_hours ON statistics (at) WHERE span = 'hour';
CREATE INDEX statistics_days ON statistics (at) WHERE span = 'day';

-- The address that WeChat saw the calls of a machine come from.

CREATE TABLE egress (
    host    TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    seen_at BIGINT NOT NULL
);

CREATE INDEX egress_seen ON egress (seen_at);
