-- Metrics ask every few seconds which messages died lately.

CREATE INDEX deliveries_died ON deliveries (settled_at) WHERE state = 'dead';
