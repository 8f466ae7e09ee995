"""Puts together what the HTTP side works with."""

from datetime import timedelta
from functools import partial

from wechat_scheduler.api.auth import Doorkeeper
from wechat_scheduler.api.compat.limits import WxPusherLimits
from wechat_scheduler.api.compat.wecron.office import WeCron, authorize_base
from wechat_scheduler.api.compat.wecron.posters import Posters
from wechat_scheduler.api.memo import Memo
from wechat_scheduler.api.rates import Rate
from wechat_scheduler.api.registration import RegistrationReader
from wechat_scheduler.api.services import Services
from wechat_scheduler.api.throttle import Throttle
from wechat_scheduler.clock import Clock
from wechat_scheduler.config.settings import Compat, Config
from wechat_scheduler.credentials import policy
from wechat_scheduler.credentials.model import Account
from wechat_scheduler.credentials.ports import Issuer
from wechat_scheduler.credentials.refresher import Limits
from wechat_scheduler.hearing import Hearing
from wechat_scheduler.metrics.counters import Counters
from wechat_scheduler.metrics.page import Page, Vitals
from wechat_scheduler.stores import Kinds, Stores
from wechat_scheduler.webhooks.urls import check_url
from wechat_scheduler.wiring import Works

# What WxPusher counts calls in.
WXPUSHER_PERIOD = timedelta(seconds=10)


# Remembered, in some megabytes.
POSTERS = 64


async def front(
    config: Config,
    stores: Stores,
    works: Works,
    hearing: Hearing,
    kinds: Kinds,
    counters: Counters,
    memo: Memo,
    clock: Clock,
) -> Services:
    """With the keys loaded. Raises StorageError."""
    works.keyring.on_change(memo.clear)
    await works.keyring.load()
    people = works.outgoing
    doorkeeper = Doorkeeper(
        works.keyring,
        Throttle(clock),
        trusted_proxies=config.server.trusted_proxies,
        open_door=config.server.insecure_no_auth,
    )
    page = Page(
        counters,
        stores.census,
        partial(_vitals, works, hearing, kinds, memo),
        clock=clock,
    )
    return Services(
        manager=works.manager,
        reader=RegistrationReader(kinds, check_url),
        doorkeeper=doorkeeper,
        intake=hearing.intake,
        callbacks=stores.pushes,
        keyring=works.keyring,
        auditor=works.auditor,
        memo=memo,
        census=stores.census,
        turning=partial(_turning, works, hearing),
        tally=counters,
        page=page,
        clock=clock,
        kinds=frozenset(kinds),
        directory=people.directory,
        audience=people.audience,
        people=stores.people,
        codes=people.codes,
        openids=people.openids,
        sending=people.sending,
        messages=stores.messages,
        answers=stores.answers,
        links=people.links,
        wxpusher=_wxpusher_limits(config.compat, clock),
        reminders=people.reminding.desk,
        forbidden_words=config.compat.tencent_words,
        wecron=_wecron(config, clock),
    )


def _wxpusher_limits(settings: Compat, clock: Clock) -> WxPusherLimits:
    return WxPusherLimits(
        calls=Rate(clock, most=settings.wxpusher_calls, period=WXPUSHER_PERIOD),
        queries=Rate(clock, most=settings.wxpusher_queries, period=WXPUSHER_PERIOD),
    )


def _wecron(config: Config, clock: Clock) -> WeCron:
    limits, font = config.compat, config.reminders.font
    return WeCron(
        created=limits.wecron_created,
        creates=Rate(clock, most=limits.wecron_creates, period=timedelta(hours=1)),
        calls=Rate(clock, most=limits.wecron_calls, period=timedelta(days=1)),
        pictures=Rate(clock, most=limits.wecron_pictures, period=timedelta(minutes=1)),
        posters=Posters(str(font) if font else "", most=POSTERS),
        authorize_base=authorize_base(config.wechat.api),
    )


def _turning(works: Works, hearing: Hearing) -> dict[str, bool]:
    """By the name of each loop, whether it comes round in time."""
    return {
        "refreshing": works.refreshing.healthy(),
        "reminding": works.outgoing.reminding.reminders.healthy(),
        "dispatching": works.outgoing.dispatching.healthy(),
        "hearing": hearing.events.healthy(),
    }


def _vitals(works: Works, hearing: Hearing, kinds: Kinds, memo: Memo) -> Vitals:
    limits = works.refresher.limits
    return Vitals(
        turning=_turning(works, hearing),
        daily_limits={kind: _daily_limit(issuer, limits) for kind, issuer in kinds.items()},
        memo_hits=memo.hits,
        memo_entries=len(memo),
        memo_bytes=memo.size,
    )


def _daily_limit(issuer: Issuer, limits: Limits) -> int:
    """The least that holds for any account: where there are two endpoints, that of the narrower."""
    narrow = Account(appid="", secret="", endpoint="token")
    documented = issuer.daily_calls(narrow)
    return policy.daily_limit(
        most=limits.daily_calls, documented=documented, share=limits.quota_share
    )
