"""A house in which something of every kind has failed."""

from datetime import timedelta
from typing import Any

from tests.alerts.samples import alert
from tests.business import Business, status
from tests.clock import START, FakeClock, flowing
from tests.console.furnishing import SEND, STABLE, furnish
from tests.house import APPID, COMPONENT, Caller, WeChat
from tests.platform.listening import Platform
from tests.platform.sealing import Sender
from tests.web.tenants import bound, made_app, send
from wechat_scheduler.alerts import conditions
from wechat_scheduler.alerts.conditions import NearQuota, Speed
from wechat_scheduler.alerts.model import Condition
from wechat_scheduler.alerts.ports import DeadLetters

# What WeChat answers instead of a token.
REFUSALS: tuple[dict[str, Any], ...] = (
    {"errcode": 40001}, {"errcode": 40125}, {"errcode": 40164}, {"errcode": 40243}, {"errcode": 45009},
    {"errcode": 48001}, {"errcode": 50002}, {"errcode": -1}, {"errcode": 99999}, {"status": 502}, {"garbage": True}, {"drop": True},
)  # fmt: skip
# What it answers instead of taking a message.
UNSENT: tuple[dict[str, Any], ...] = (
    {"errcode": 40037}, {"errcode": 43004}, {"errcode": 47003}, {"errcode": 48001}, {"errcode": 45009}, {"errcode": 99999},
    {"status": 502}, {"garbage": True}, {"lose": True},
)  # fmt: skip


async def fail_at_everything(
    keeper: Caller, weixin: WeChat, business: Business, clock: FakeClock
) -> dict[str, str]:
    """Returns what was made, by the names in the paths of pages."""
    names = await furnish(keeper, weixin, "快递", rule="WORKDAY")
    weixin.sandbox.clear_scripts()
    weixin.sandbox.people.follow(APPID, "o_amy1")
    await _credentials(keeper, weixin, business, clock)
    await _messages(keeper, weixin, business, names)
    await _pushes(keeper, weixin)
    await _alerts(keeper)
    return names


async def _credentials(
    keeper: Caller, weixin: WeChat, business: Business, clock: FakeClock
) -> None:
    for number, refusal in enumerate(REFUSALS):
        appid = f"wx80000000000000{number:02}"
        weixin.sandbox.script(STABLE, appid=appid, times=None, **refusal)
        await keeper.register({"type": 0}, {"type": 1}, appid=appid)
    business.always = status(500)
    await keeper.register({"type": 0}, appid="wx8100000000000000", appsecret="wrong")
    await keeper.register({"type": 5, "params": business.url("/code")}, appid="wx8200000000000000")
    await keeper.register(
        {"type": 3, "params": business.url("/ticket")}, appid="wx8300000000000000"
    )
    await keeper.register({"type": 3}, {"type": 4}, appid="wx8400000000000000")
    await keeper.register(
        {"type": 0, "notify": business.url("/notify")}, appid="wx8500000000000000"
    )
    async with flowing(clock):  # a busy WeChat is asked again after a moment
        await keeper.settle()


async def _messages(
    keeper: Caller, weixin: WeChat, business: Business, names: dict[str, str]
) -> None:
    app = {"id": int(names["app"])}
    for failure in UNSENT:
        weixin.sandbox.script(SEND, times=1, **failure)
        await send(keeper, app, names["name"], text="", template="T", data={"thing1": "here"})
        await keeper.settle()
    await send(keeper, app, names["name"])
    bare = await made_app(keeper, "bare", callback=business.url("/hook"))
    await bound(keeper, bare, "bob")
    await send(keeper, bare, "bob")
    await send(keeper, bare, "bob", channel="webhook")
    await keeper.settle()


async def _pushes(keeper: Caller, weixin: WeChat) -> None:
    platform = Platform(keeper, weixin)
    await platform.authorise()
    wrong = Sender(token="another")
    await platform.send(wrong.push(f"<xml><AppId>{COMPONENT}</AppId><InfoType>x</InfoType></xml>"))
    await keeper.settle()


async def _alerts(keeper: Caller) -> None:
    slow = Speed(
        commit_time=timedelta(seconds=3),
        standing=("delivery",),
        late={"delivery": timedelta(minutes=5)},
    )
    wrong: list[Condition] = [
        *conditions.slow(slow, commit_time=timedelta(seconds=1), node="host"),
        *conditions.near_quotas(
            [
                NearQuota(appid="wx8", kind="", what="/cgi-bin/x of wx8", used=9, most=10),
                NearQuota(appid="wx8", kind="access_token", what="wx8/access_token", used=9, most=9),
            ],
            share=0.5,
            node="host",
        ),
        *conditions.missing_tickets(
            {"wx8": START - timedelta(hours=7)}, age=timedelta(hours=1), known=(),
            started_at=START - timedelta(hours=9), now=START,
        ),
        *conditions.dead_letters(
            [DeadLetters(app_id=7, deliveries=3, error="the user's quiet hours")],
            {7: ("shop", "wx8")}, most=1,
        ),
    ]  # fmt: skip
    made = [
        alert(
            one.key, id=number, appid=one.appid, kind=one.kind, severity=one.severity,
            text=one.text, advice=one.advice, since=START, fired_at=START, version=0,
        )
        for number, one in enumerate(wrong, start=100)
    ]  # fmt: skip
    await keeper.daemon.ground.stores.alerts.store(made, [], [], now=START)
