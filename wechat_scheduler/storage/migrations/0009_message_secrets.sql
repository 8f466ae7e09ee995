-- Secret parts of messages, such as a token for the user.

CREATE TABLE message_secrets (
    message_id BIGINT PRIMARY KEY,
    secret     TEXT NOT NULL                   -- sealed
);
