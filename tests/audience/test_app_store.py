"""Apps, tokens, stored responses and the secret of links on both databases."""

from dataclasses import replace
from ipaddress import ip_network

import pytest

from tests.audience.people import CALLBACK, SECOND, an_app
from tests.clock import START
from tests.databases import Open
from tests.stores.suite import VAULT
from wechat_scheduler.access.once import KEPT, Once, RepeatedError
from wechat_scheduler.audience.model import AccountTemplate, Template, Token, TokenKind, Topic
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import ConflictError
from wechat_scheduler.storage.access.link_secrets import link_secret
from wechat_scheduler.storage.audience.apps import SqlApps
from wechat_scheduler.storage.audience.topics import SqlTopics
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.stored_responses import SqlStoredResponses

APP = an_app("shop", callback=CALLBACK)


async def test_an_app_comes_back_as_it_was_put_and_changed(database: Database) -> None:
    store = SqlApps(database, VAULT)
    full = replace(
        an_app(),
        zone="Asia/Tokyo",
        templates={"notice": Template(template_id="T1", fields={"thing1": "{title}"})},
        at_most_once=True,
        per_minute=5,
        recipient_per_minute=1,
        networks=(ip_network("10.0.0.0/8"),),
        home="http://x/home",
        contact="a@x",
        welcome="hello",
        description="sells",
    )
    token = Token(hash="h1", kind=TokenKind.APP, app_id=full.id, created_at=START)

    await store.add_app(full, [token], once=None)
    was = await store.all_apps()
    changed = replace(full, name="other", callback=CALLBACK, templates={}, app_key="")

    assert await store.change_app(changed.id, lambda _: changed) == changed
    assert await store.change_app(APP.id, lambda app: app) is None
    assert was == [full]
    assert await store.all_apps() == [changed]
    assert await store.all_tokens() == [token]


async def test_templates_of_an_account_come_with_its_apps_until_the_last_is_removed(
    database: Database,
) -> None:
    store = SqlApps(database, VAULT)
    ours, other = an_app("shop"), replace(an_app("other"), id=APP.id + 1, appid="wx9")
    for app in (ours, other):
        await store.add_app(app, [], once=None)
    listed = [
        AccountTemplate(
            template_id="T1", title="到货", keywords={"thing1": (), "phrase2": ("有", "无")}
        ),
        AccountTemplate(template_id="N1", title="预约", keywords={"time1": ()}, is_notice=True),
    ]

    await store.put_templates(ours.appid, listed)
    await store.put_templates(other.appid, listed)
    await store.put_templates(other.appid, [])
    await store.change_app(ours.id, lambda app: replace(app, name="renamed"))
    found = {app.name: app.account_templates for app in await store.all_apps()}
    await store.remove_app(ours.id, now=START)
    await store.add_app(ours, [], once=None)

    assert found == {"renamed": {one.template_id: one for one in listed}, "other": {}}
    assert all(app.account_templates == {} for app in await store.all_apps())


async def test_a_new_token_replaces_those_of_its_owner_and_kind(database: Database) -> None:
    store = SqlApps(database, VAULT)
    tokens = [
        Token(hash=str(number), kind=kind, app_id=0, uid=uid, created_at=START)
        for number, (kind, uid) in enumerate(
            [(TokenKind.USER, "u1"), (TokenKind.SIMPLE, "u1"), (TokenKind.USER, "u2")]
        )
    ]
    for token in tokens:
        await store.replace_token(token)

    newer = replace(tokens[0], hash="newer")
    await store.replace_token(newer)
    revoked = [await store.revoke_tokens(0, TokenKind.USER, uid="u2") for _ in range(2)]

    assert sorted(token.hash for token in await store.all_tokens()) == ["1", "newer"]
    assert revoked == [True, False]


async def test_a_repeated_replacement_leaves_the_token_of_the_first(database: Database) -> None:
    store, once = SqlApps(database, VAULT), Once(scope="s", key="k", digest="d", response="made")
    token = Token(hash="1", kind=TokenKind.USER, app_id=0, uid="u1", created_at=START)
    await store.replace_token(token, once=once)

    with pytest.raises(RepeatedError) as repeated:
        await store.replace_token(replace(token, hash="2"), once=once)

    assert repeated.value.response == "made"
    assert [one.hash for one in await store.all_tokens()] == ["1"]


async def test_what_came_with_a_key_is_done_once(database: Database) -> None:
    topics, answers = SqlTopics(database, VAULT), SqlStoredResponses(database, VAULT)
    once = Once(scope="apps", key="k1", digest="d1", response="secret")
    topic = Topic(id=5, app_id=APP.id, name="news", created_at=START)
    await topics.add(topic, once=once)

    with pytest.raises(RepeatedError) as answered:
        await topics.add(replace(topic, id=6), once=replace(once, response="other"))
    with pytest.raises(ConflictError):
        await topics.add(replace(topic, id=6), once=replace(once, digest="d2"))
    with pytest.raises(ConflictError):
        await answers.find("apps", "k1", "d2")

    assert answered.value.response == "secret"
    assert await answers.find("apps", "k1", "d1") == "secret"
    assert await answers.find("other", "k1", "d1") is None
    assert await topics.of_app(APP.id) == [topic]

    late = START + KEPT + SECOND
    await topics.add(replace(topic, id=7, created_at=late), once=once)
    assert len(await topics.of_app(APP.id)) == 2


async def test_of_two_who_ask_at_once_with_one_key_one_is_answered(database: Database) -> None:
    topics = SqlTopics(database, VAULT)
    answers: list[str] = []

    async def ask(number: int) -> None:
        topic = Topic(id=number, app_id=APP.id, name="news", created_at=START)
        once = Once(scope="topics", key="k1", digest="d1", response=str(number))
        try:
            await topics.add(topic, once=once)
            answers.append(once.response)
        except RepeatedError as answered:
            answers.append(answered.response)

    async with Supervisor() as supervisor:
        for number in range(1, 9):
            supervisor.essential("ask", ask(number))

    (topic,) = await topics.of_app(APP.id)
    assert answers == [str(topic.id)] * 8


async def test_links_keep_their_secret(open_again: Open) -> None:
    made = [await link_secret(await open_again(), VAULT) for _ in range(2)]

    assert made[0] == made[1]
    assert len(made[0]) == 32
