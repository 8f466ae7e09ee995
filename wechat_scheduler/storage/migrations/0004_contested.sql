-- The last sign that another program fetches the job's credential, as JSON.

ALTER TABLE jobs ADD COLUMN contest TEXT;
