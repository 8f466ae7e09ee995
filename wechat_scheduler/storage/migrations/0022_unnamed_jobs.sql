-- A registration without a subject hangs on the job of the account or user that its `params` lead to.

ALTER TABLE registrations RENAME TO former_registrations;

-- The columns of before, and `job`, the subject of the job. `subject` is that of the registration.
CREATE TABLE registrations (
    appid      TEXT NOT NULL,
    kind       TEXT NOT NULL,
    subject    TEXT NOT NULL,
    owner      TEXT NOT NULL,
    notify     TEXT NOT NULL,
    params     TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    job        TEXT NOT NULL,
    PRIMARY KEY (appid, kind, subject, owner),
    FOREIGN KEY (appid, kind, job) REFERENCES jobs (appid, kind, subject) ON DELETE CASCADE
);

INSERT INTO registrations (appid, kind, subject, owner, notify, params, changed_at, job)
SELECT appid, kind, subject, owner, notify, params, changed_at, subject FROM former_registrations;

DROP TABLE former_registrations;

CREATE INDEX registrations_job ON registrations (appid, kind, job);

-- Jobs without a subject that know theirs: the next start moves what they hold to the job of that subject,
-- which may be there already.
CREATE TABLE bound_jobs (
    appid TEXT NOT NULL,
    kind  TEXT NOT NULL,
    job   TEXT NOT NULL,
    PRIMARY KEY (appid, kind)
);

INSERT INTO bound_jobs (appid, kind, job)
SELECT appid, kind, bound FROM jobs WHERE subject = '' AND bound <> '';

DROP INDEX jobs_bound;

ALTER TABLE jobs DROP COLUMN bound;
