-- The origins whose pages get signatures for the JS-SDK of an account.

CREATE TABLE page_origins (
    appid   TEXT PRIMARY KEY,
    origins TEXT NOT NULL      -- JSON
);
