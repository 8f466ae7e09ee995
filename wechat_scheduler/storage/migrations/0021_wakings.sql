-- Jobs that wait for something that has come are woken a part at a time, in the order of this index.

DROP INDEX jobs_waiting;
CREATE INDEX jobs_waiting ON jobs (appid, waits_on, kind, subject) WHERE waits_on <> '';

-- Of each, those after (kind, subject) are still asleep.

CREATE TABLE wakings (
    appid    TEXT NOT NULL,
    waits_on TEXT NOT NULL,
    kind     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    since    BIGINT NOT NULL,
    PRIMARY KEY (appid, waits_on)
);
