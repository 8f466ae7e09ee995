-- The codes of an app are listed, the newest first, however many it has.

CREATE INDEX scenes_of_app ON scenes (app_id, created_at, id);
