-- What the contract's tests keep; a semicolon in a comment ends nothing.
CREATE TABLE items (
    id    {identity},
    name  TEXT NOT NULL UNIQUE,   -- the test's own key
    note  TEXT NOT NULL DEFAULT 'a;b -- c',
    extra {json},
    raw   {bytes},
    owner TEXT
);

CREATE INDEX items_free ON items (name) WHERE owner IS NULL;
