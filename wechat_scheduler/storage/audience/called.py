"""Finds users by what they are called."""

from collections.abc import Sequence
from typing import Final

from wechat_scheduler.storage.conditions import SqlConditions, containing

# Nicknames, and names of apps, in which a text is looked for: some hundredths of a second.
MOST_LOOKED_IN: Final = 100_000
# A nickname that is the text itself is found among any number. `> ''` is the condition of the index.
_FOUND: Final = """
    SELECT uid FROM subscribers WHERE uid = {text}
    UNION SELECT uid FROM subscribers WHERE openid = {text}
    UNION SELECT uid FROM subscribers WHERE nickname > '' AND nickname = {text}
    UNION SELECT uid FROM (SELECT uid, nickname FROM subscribers WHERE nickname > '' LIMIT {most}) few
        WHERE lower(nickname) LIKE {like} ESCAPE '!'
    UNION SELECT uid FROM
        (SELECT uid, name FROM aliases WHERE {apps} AND openkey_hash = '' LIMIT {most}) few
        WHERE lower(name) LIKE {like} ESCAPE '!'
"""

# Of some apps a whole name is found too.
_WHOLE: Final = (
    " UNION SELECT uid FROM aliases WHERE {apps} AND name = {text} AND openkey_hash = ''"
)


def called_by(text: str, where: SqlConditions, apps: Sequence[int] = ()) -> str:
    """A statement that gives the uids of those who have the text in their nickname, or in a name of these `apps`, all
    of them if empty, and of who has it as uid or openid. Its values are put among those of `where`."""
    inside = ", ".join(map(where.place, apps))
    of_apps = f"app_id IN ({inside})" if inside else "app_id > 0"
    sql = f"{_FOUND}{_WHOLE}" if inside else _FOUND
    return sql.format(
        text=where.place(text),
        like=where.place(containing(text)),
        most=MOST_LOOKED_IN,
        apps=of_apps,
    )
