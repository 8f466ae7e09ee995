-- What became of each act of a user, beside the event that is not handled again; no text of the user's.
-- Rows of a daemon of the version before have none of it.

ALTER TABLE heard ADD COLUMN appid TEXT;
ALTER TABLE heard ADD COLUMN openid TEXT;
ALTER TABLE heard ADD COLUMN kind TEXT;
ALTER TABLE heard ADD COLUMN name TEXT;                -- WeChat's MsgType or Event
ALTER TABLE heard ADD COLUMN effect TEXT;

CREATE INDEX heard_of ON heard (appid, at) WHERE appid IS NOT NULL;
CREATE INDEX events_received ON events (received_at);

-- Pushes that were refused or passed over: one row for an account, an hour, and what became of them.
CREATE TABLE refused_pushes (
    appid  TEXT NOT NULL,
    fate   TEXT NOT NULL,
    hour   BIGINT NOT NULL,
    at     BIGINT NOT NULL,                            -- of the last
    reason TEXT NOT NULL,                              -- of the last
    count  BIGINT NOT NULL,
    PRIMARY KEY (appid, fate, hour)
);

CREATE INDEX refused_pushes_at ON refused_pushes (at);

-- The users of all accounts, by openid alone.
CREATE INDEX subscribers_openid ON subscribers (openid);
