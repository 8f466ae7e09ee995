-- What one user of an account did is found without the acts of all its users.

CREATE INDEX IF NOT EXISTS heard_of_user ON heard (appid, openid, at) WHERE appid IS NOT NULL;
