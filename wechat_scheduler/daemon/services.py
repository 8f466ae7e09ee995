"""Puts together what the HTTP side works with."""

from collections.abc import Sequence
from functools import partial

from wechat_scheduler.access.once import Idempotency
from wechat_scheduler.config.settings import Config
from wechat_scheduler.credentials import policy
from wechat_scheduler.credentials.census import Health
from wechat_scheduler.credentials.model import Account
from wechat_scheduler.credentials.ports import Issuer
from wechat_scheduler.credentials.refresher import Limits
from wechat_scheduler.daemon.credentials import Works
from wechat_scheduler.daemon.loops import Loop, turning
from wechat_scheduler.daemon.pushes import Hearing
from wechat_scheduler.daemon.stores import Kinds, Stores
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.metrics.counters import Counters
from wechat_scheduler.metrics.page import Page, Vitals
from wechat_scheduler.pushes.endpoints import EndpointDesk
from wechat_scheduler.web.kit.auth import Doorkeeper
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.web.kit.memo import Memo
from wechat_scheduler.web.kit.services import Services
from wechat_scheduler.web.kit.throttle import Throttle
from wechat_scheduler.webhooks.urls import check_url


async def front(
    config: Config,
    stores: Stores,
    works: Works,
    hearing: Hearing,
    loops: Sequence[Loop],
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
        partial(_vitals, works, loops, kinds, memo),
        clock=clock,
    )
    return Services(
        manager=works.manager,
        kinds=KindTable(kinds.values()),
        check_url=check_url,
        doorkeeper=doorkeeper,
        intake=hearing.intake,
        endpoints=EndpointDesk(stores.pushes, hearing.intake, clock=clock),
        keyring=works.keyring,
        auditor=works.auditor,
        memo=memo,
        health=Health(stores.census, clock=clock),
        turning=partial(turning, loops),
        tally=counters,
        page=page,
        clock=clock,
        directory=people.directory,
        audience=people.audience,
        codes=people.codes,
        openids=people.openids,
        sending=people.sending,
        deliveries=people.deliveries,
        idempotency=Idempotency(stores.responses),
        links=people.links,
        reminders=people.reminding.desk,
    )


def _vitals(works: Works, loops: Sequence[Loop], kinds: Kinds, memo: Memo) -> Vitals:
    limits = works.refresher.limits
    return Vitals(
        turning=turning(loops),
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
