"""A daemon on a store with damaged rows starts, sends what is whole, and shows everything else."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from structlog.testing import capture_logs

from tests.clock import FakeClock
from tests.house import APPID, SECRET, Caller, daemon, wechat
from tests.reminders.remembering import draft
from tests.sending.town import PUBLIC, settled_in, town

MINUTE = timedelta(minutes=1)
LOST = "s1.00000000.AAAA"

DAMAGE = (
    f"UPDATE link_secrets SET value = '{LOST}'",
    f"UPDATE accounts SET secret = '{LOST}' WHERE appid <> '{APPID}'",
    "UPDATE jobs SET fault = '[', contest = '['",
    f"UPDATE registrations SET notify = '{LOST}' WHERE owner <> 'admin'",
    "UPDATE api_keys SET scopes = 'fly' WHERE id <> 'admin'",
    f"UPDATE apps SET signing_secret = '{LOST}' WHERE name = 'other'",
    "UPDATE tokens SET kind = 'none' WHERE app_id IN (SELECT id FROM apps WHERE name = 'other')",
    "UPDATE topics SET created_at = 4611686018427387904",
    f"UPDATE callbacks SET secrets = '{LOST}' WHERE appid <> '{APPID}'",
    "UPDATE audit SET action = 'flown' WHERE id = (SELECT min(id) FROM audit)",
    """UPDATE messages SET content = '{"way":"pigeon"}'
       WHERE id IN (SELECT message_id FROM deliveries WHERE target = '{amy}')""",
    "UPDATE reminders SET late = 'later' WHERE owner = '{amy}'",
)
SHOWN = (
    "/tasks", "/v1/keys", "/v1/audit", "/callbacks", "/metrics", "/readyz", "/v1/apps",
    "/v1/reminders", "/v1/deliveries", "/v1/messages", "/v1/apps/{app}/subscribers",
    "/v1/apps/{app}/topics",
)  # fmt: skip


async def test_damaged_rows_keep_nothing_else_from_its_work(tmp_path: Path) -> None:
    clock = FakeClock()
    async with wechat(clock) as weixin:
        async with daemon(tmp_path, weixin.url, clock=clock, server__public_url=PUBLIC) as caller:
            place = await settled_in(weixin, caller, clock, APPID)
            app = place.app.id
            uids = {name: await place.follow(f"o-{name}") for name in ("amy", "bob")}
            for uid in uids.values():
                soon = draft(clock.now() + MINUTE, app_id=app, owner=uid)
                await place.desk.create(soon, ())
                await place.call("POST", "/v1/messages", {"app": app, "to": [uid], "text": "hi"})
            await populate(caller, app)
        harm(tmp_path, [damage.replace("{amy}", uids["amy"]) for damage in DAMAGE])
        clock.advance(2 * MINUTE)

        with capture_logs() as logs:
            async with daemon(tmp_path, weixin.url, clock=clock) as caller:
                await caller.settle()
                await caller.daemon.cores.rounds.run_once()
                statuses = {
                    path: (await caller.call("GET", path.replace("{app}", str(app)))).status
                    for path in SHOWN
                }

        arrived = {name: len(weixin.sandbox.people.arrived(APPID, f"o-{name}")) for name in uids}
    assert statuses == dict.fromkeys(SHOWN, 200)
    assert arrived == {"amy": 0, "bob": 2}
    assert [log["event"] for log in logs if "crashed" in log["event"]] == []


async def populate(caller: Caller, app: int) -> None:
    """One more of each kind of rows."""
    other = {"appid": "wx2222222222222222", "appsecret": SECRET, "tasks": [{"type": 0}]}
    made = await caller.call("POST", "/v1/keys", body={"name": "k", "scopes": ["admin"]})
    for path, body, key in (
        ("/registe", other | {"notify": "http://127.0.0.1:9/n"}, made.result["key"]),
        ("/v1/apps", {"name": "other", "appid": APPID}, None),
        (f"/v1/apps/{app}/topics", {"name": "news"}, None),
    ):
        answer = await caller.call("POST", path, body=body, key=key)
        assert answer.status == 200, answer.json
    secrets = {"token": "tokentoken", "encoding_aes_key": "a" * 43}
    assert (await caller.call("PUT", "/callbacks/wx9999999999999999", body=secrets)).status == 200


def harm(state: Path, damages: Iterable[str]) -> None:
    (database,) = state.rglob("*.db")
    with closing(sqlite3.connect(database)) as connection, connection:
        for damage in damages:
            assert connection.execute(damage).rowcount > 0, damage


ALONE = {
    "/v1/messages/{message}": "UPDATE messages SET created_at = 'word'",
    "/v1/deliveries/{delivery}": "UPDATE deliveries SET state = 'flown'",
    "/v1/reminders/{reminder}": "UPDATE reminders SET late = '['",
}


async def test_a_damaged_row_that_is_asked_for_says_what_cannot_be_read(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        uid = await place.follow("o-amy")
        sent = await place.call(
            "POST", "/v1/messages", {"app": place.app.id, "to": [uid], "text": "hi"}
        )
        listed = await place.call("GET", f"/v1/deliveries?message={sent.result['id']}")
        made = await place.desk.create(
            draft(place.clock.now() + MINUTE, app_id=place.app.id, owner=uid), ()
        )
        names = {
            "message": sent.result["id"],
            "delivery": listed.result[0]["id"],
            "reminder": made.id,
        }
        harm(tmp_path, ALONE.values())

        answers = {path: await place.call("GET", path.format(**names)) for path in ALONE}

        assert {
            path: (one.status, one.json["reason"]) for path, one in answers.items()
        } == dict.fromkeys(ALONE, (500, "row.damaged"))
        assert {"cannot be read" in one.json["message"] for one in answers.values()} == {True}
