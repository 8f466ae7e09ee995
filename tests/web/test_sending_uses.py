"""How many subscribe notices a user still allows, as a business system sees it."""

from tests.clock import START
from tests.house import APPID, Caller
from tests.keeper.conftest import clock, keeper, weixin
from tests.web.tenants import bound, made_app
from wechat_scheduler.audience.use_counts import UseChange, UseReport

__all__ = ["clock", "keeper", "weixin"]

GRANTED = UseReport(template_id="T1", change=UseChange.GRANTED)
OFF = UseReport(template_id="T2", change=UseChange.SWITCHED_OFF)


async def test_the_count_of_each_template_is_shown_with_the_apps_names(keeper: Caller) -> None:
    templates = {name: {"template_id": "T1"} for name in ("notice", "reminder")}
    app = await made_app(keeper, templates=templates)
    uid = (await bound(keeper, app, "alice", "bob"))["alice"]
    uses = keeper.daemon.ground.stores.uses
    await uses.count(APPID, "o_alice", [GRANTED, GRANTED, OFF], event="e1", now=START)

    paths = [f"/v1/apps/{app['id']}/subscribers/{name}/uses" for name in ("alice", uid, "bob")]
    by_name, by_uid, none = [(await keeper.call("GET", path)).result for path in paths]

    common = {"changed_at": "2026-11-18T02:30:00Z"}
    first = {"template_id": "T1", "used_as": ["notice", "reminder"], "remaining": 2}
    second = {"template_id": "T2", "used_as": [], "remaining": 0}
    assert by_name == [
        common | first | {"certain": False, "switched_off": False},
        common | second | {"certain": True, "switched_off": True},
    ]
    assert by_uid == by_name
    assert none == []


async def test_an_unknown_user_has_no_uses(keeper: Caller) -> None:
    app = await made_app(keeper)

    answer = await keeper.call("GET", f"/v1/apps/{app['id']}/subscribers/eve/uses")

    assert (answer.status, answer.json["reason"]) == (404, "subscriber.unknown")
