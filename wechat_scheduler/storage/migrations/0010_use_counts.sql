-- The subscribe notices that users still allow. A person is named by openid: users who allow them on a
-- web page, or in a mini-program, need not be subscribers.

CREATE TABLE use_counts (
    appid        TEXT NOT NULL,
    openid       TEXT NOT NULL,
    template_id  TEXT NOT NULL,
    remaining    BIGINT NOT NULL DEFAULT 0,
    certain      BIGINT NOT NULL DEFAULT 0,
    switched_off BIGINT NOT NULL DEFAULT 0,
    granted_at   BIGINT,
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (appid, openid, template_id)
);
