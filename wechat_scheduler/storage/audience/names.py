"""`audience.names.Names` on a database."""

from collections.abc import Collection, Mapping

from wechat_scheduler.audience.names import AppPerson
from wechat_scheduler.storage.database import IDS, Database, Row, with_ids

# An alias with an openkey is the openid of signed calls, which no one knows the user by.
PEOPLE = f"""
    SELECT s.uid, s.nickname, s.openid, a.app_id, a.name FROM subscribers s
    LEFT JOIN aliases a ON a.uid = s.uid AND a.openkey_hash = ''
    WHERE s.uid IN ({IDS}) ORDER BY a.name
"""  # noqa: S608 - our own text
TOPICS = f"SELECT id, name FROM topics WHERE id IN ({IDS})"  # noqa: S608 - our own text


class SqlNames:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_people(self, people: Collection[AppPerson]) -> Mapping[AppPerson, str]:
        rows: dict[str, list[Row]] = {}
        for query in with_ids(PEOPLE, list(dict.fromkeys(person.uid for person in people))):
            for row in await self._database.read(query.sql, *query.params):
                rows.setdefault(row["uid"], []).append(row)
        named = {one: _name(rows.get(one.uid, ()), one.app_id) for one in people}
        return {one: name for one, name in named.items() if name}

    async def of_topics(self, topics: Collection[int]) -> Mapping[int, str]:
        found: dict[int, str] = {}
        for query in with_ids(TOPICS, list(topics)):
            for row in await self._database.read(query.sql, *query.params):
                found[row["id"]] = _text(row, "name")
        return found


def _name(rows: Collection[Row], app_id: int) -> str:
    """The first of the app's own names that is no openid; else the nickname, else an openid that is a name."""
    own = [row for row in rows if row["app_id"] == app_id]
    named = [_text(row, "name") for row in own if row["name"] != row["openid"]]
    nickname = [_text(row, "nickname") for row in rows]
    rest = [_text(row, "name") for row in own]
    return next((name for name in (*named, *nickname, *rest) if name), "")


def _text(row: Row, column: str) -> str:
    """Empty if it is damaged."""
    return row[column] if isinstance(row[column], str) else ""
