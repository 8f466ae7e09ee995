-- The last time that somebody else was found to fetch the job's credential, as JSON.

ALTER TABLE jobs ADD COLUMN contest TEXT;
