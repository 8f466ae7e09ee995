-- Calls of consumers that the daemon itself refused, beside those that passed.

ALTER TABLE gateway_uses ADD COLUMN refused BIGINT NOT NULL DEFAULT 0;
