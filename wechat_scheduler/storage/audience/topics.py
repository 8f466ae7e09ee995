"""`audience.topic_store.Topics` on a database."""

import re
from collections.abc import Sequence
from datetime import datetime

from wechat_scheduler.access.once import Once
from wechat_scheduler.audience.ids import ID
from wechat_scheduler.audience.model import Topic
from wechat_scheduler.audience.topic_store import CountedTopic, TopicChange, TopicFilter
from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.storage.audience.removals import topic_removed
from wechat_scheduler.storage.conditions import SqlConditions, containing
from wechat_scheduler.storage.database import Database, Row, Script, Statement, rows_of
from wechat_scheduler.storage.rows import Vault, micros, record, stored
from wechat_scheduler.storage.stored_responses import put_response
from wechat_scheduler.storage.unreadable import only, readable

COLUMNS = ("id", "app_id", "name", "description", "created_at")
ONE = "SELECT * FROM topics WHERE id = $1"
OF_APP = "SELECT * FROM topics WHERE app_id = $1 ORDER BY created_at, id"
NAMED = "SELECT * FROM topics WHERE app_id = $1 AND name = $2 ORDER BY created_at, id LIMIT 10"
# The page first: only its topics are counted.
PAGE = """
    SELECT chosen.*, (
        SELECT count(*) FROM (
            SELECT 1 AS one FROM subscriptions n WHERE n.app_id = chosen.app_id AND n.topic_id = chosen.id LIMIT {most}
        ) few
    ) AS size FROM (SELECT * FROM topics WHERE {where} ORDER BY created_at, id LIMIT {limit}) chosen
    ORDER BY chosen.created_at, chosen.id
"""
CHANGE = """
    UPDATE topics SET name = coalesce($3, name), description = coalesce($4, description)
    WHERE app_id = $1 AND id = $2 RETURNING *
"""
PUT = f"INSERT INTO topics ({', '.join(COLUMNS)}) VALUES ($1, $2, $3, $4, $5)"  # noqa: S608 - our own names
_ID = pattern(ID, re.ASCII)
REMOVE = "DELETE FROM topics WHERE app_id = $1 AND id = $2 RETURNING id"


class SqlTopics:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def add(self, topic: Topic, *, once: Once | None) -> None:
        await self._database.write(lambda: _add(self._vault, topic, once))

    async def get(self, topic_id: int) -> Topic | None:
        rows = await self._database.read(ONE, topic_id)
        return only(rows, lambda row: record(Topic, row), table="topics")

    async def of_app(self, app_id: int, name: str = "") -> Sequence[Topic]:
        if name:
            rows = await self._database.read(NAMED, app_id, name)
        else:
            rows = await self._database.read(OF_APP, app_id)
        return readable(rows, lambda row: record(Topic, row), table="topics")

    async def page(self, app_id: int, wanted: TopicFilter, *, most: int) -> Sequence[CountedTopic]:
        statement = paging(app_id, wanted, most)
        rows = await self._database.read(statement.sql, *statement.params)
        return readable(rows, lambda row: _counted(row, most), table="topics")

    async def change(self, app_id: int, topic_id: int, change: TopicChange) -> Topic | None:
        statement = Statement(CHANGE, (app_id, topic_id, *change))
        rows = await self._database.write(lambda: rows_of(statement))
        return only(rows, lambda row: record(Topic, row), table="topics")

    async def remove(self, app_id: int, topic_id: int, *, now: datetime) -> bool:
        return await self._database.write(lambda: _remove(app_id, topic_id, now))


def paging(app_id: int, wanted: TopicFilter, most: int) -> Statement:
    where = SqlConditions()
    where.add("app_id = {}", app_id)
    if wanted.after:
        at, number = wanted.after
        where.add("(created_at, id) > ({}, {})", micros(at), number)
    if text := wanted.search:
        number = int(text) if _ID.fullmatch(text) else 0
        where.add("(lower(name) LIKE {} ESCAPE '!' OR id = {})", containing(text), number)
    sql = PAGE.format(where=where, limit=where.place(wanted.limit), most=where.place(most + 1))
    return Statement(sql, tuple(where.values))


def _counted(row: Row, most: int) -> CountedTopic:
    size = row["size"]
    return CountedTopic(record(Topic, row), subscribers=min(size, most), more=size > most)


def _add(vault: Vault, topic: Topic, once: Once | None) -> Script[None]:
    yield from put_response(vault, once, topic.created_at)
    yield Statement(PUT, stored(topic, COLUMNS))


def _remove(app_id: int, topic_id: int, now: datetime) -> Script[bool]:
    if not (yield Statement(REMOVE, (app_id, topic_id))):
        return False
    yield from topic_removed(app_id, topic_id, now)
    return True
