-- What people call an account. One that authorised a platform has no row in accounts.

CREATE TABLE account_names (
    appid TEXT PRIMARY KEY,
    name  TEXT NOT NULL
);

-- The credentials that platforms keep for an account are found by it.
CREATE INDEX IF NOT EXISTS jobs_of_subject ON jobs (subject, kind) WHERE subject <> '';
