-- What a message says that must not stand in plain where it is kept: a token given to its user.

CREATE TABLE message_secrets (
    message_id BIGINT PRIMARY KEY,
    secret     TEXT NOT NULL                   -- sealed
);
