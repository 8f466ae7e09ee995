-- Templates as WeChat lists them for an account.

CREATE TABLE account_templates (
    appid     TEXT PRIMARY KEY,
    templates TEXT NOT NULL                    -- JSON
);
