-- Removed apps, and removed topics, of which something is still to be deleted.

CREATE TABLE removals (
    app_id     BIGINT NOT NULL,
    topic_id   BIGINT NOT NULL,               -- 0 for a whole app
    removed_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, topic_id)
);
