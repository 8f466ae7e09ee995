-- Lists of the credentials that need a look, and of who reads one.

CREATE INDEX jobs_failing ON jobs (appid, kind, subject) WHERE fault IS NOT NULL;
CREATE INDEX audit_readers ON audit (object, at) WHERE action = 'credential.read';
