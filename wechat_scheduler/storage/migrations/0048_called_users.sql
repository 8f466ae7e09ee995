-- Users are found by what they are called. Few have a nickname.

CREATE INDEX subscribers_called ON subscribers (nickname, uid) WHERE nickname > '';
