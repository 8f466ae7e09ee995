"""`audience.names.Names` on a database."""

from collections.abc import Collection, Mapping

from wechat_scheduler.audience.names import AppPerson
from wechat_scheduler.storage.database import IDS, Database, GivenRows, Row, with_ids

# An alias with an openkey is the openid of signed calls, which no one knows the user by.
_OWN = """
    SELECT min(a.name) FROM aliases a
    WHERE a.uid = given.uid AND a.app_id = given.app_id AND a.openkey_hash = ''
"""
PEOPLE = GivenRows(
    columns={"uid": "TEXT", "app_id": "BIGINT"},
    sql=f"""
    SELECT given.uid, given.app_id, s.nickname, s.openid,
        ({_OWN} AND a.name <> s.openid) AS named, ({_OWN}) AS called
    FROM given JOIN subscribers s ON s.uid = given.uid
    """,  # noqa: S608 - our own text
)
TOPICS = f"SELECT id, name FROM topics WHERE id IN ({IDS})"  # noqa: S608 - our own text


class SqlNames:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_people(self, people: Collection[AppPerson]) -> Mapping[AppPerson, str]:
        found: dict[AppPerson, str] = {}
        wanted = [(one.uid, one.app_id) for one in dict.fromkeys(people)]
        for query in PEOPLE.statements(wanted):
            for row in await self._database.read(query.sql, *query.params):
                if name := _name(row):
                    found[AppPerson(row["app_id"], row["uid"])] = name
        return found

    async def of_topics(self, topics: Collection[int]) -> Mapping[int, str]:
        found: dict[int, str] = {}
        for query in with_ids(TOPICS, list(topics)):
            for row in await self._database.read(query.sql, *query.params):
                found[row["id"]] = _text(row, "name")
        return found


def _name(row: Row) -> str:
    """The first of the app's own names that is no openid; else the nickname, else the openid."""
    names = ("named", "nickname", "called", "openid")
    return next(filter(None, (_text(row, name) for name in names)), "")


def _text(row: Row, column: str) -> str:
    """Empty if it is damaged."""
    return row[column] if isinstance(row[column], str) else ""
