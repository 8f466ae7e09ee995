-- The calls that passed through the gateway, by day, caller, account and path.

CREATE TABLE gateway_uses (
    at     BIGINT NOT NULL,  -- midnight in Shanghai
    caller TEXT NOT NULL,
    appid  TEXT NOT NULL,
    path   TEXT NOT NULL,
    calls  BIGINT NOT NULL,
    errors BIGINT NOT NULL,
    PRIMARY KEY (at, caller, appid, path)
);
