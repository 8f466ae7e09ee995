"""Wires the audience: apps, subscribers and topics, QR codes, and the reception of events."""

from collections.abc import Iterable

from wechat_scheduler.audience.consenting import Consenting
from wechat_scheduler.audience.desk import AudienceDesk
from wechat_scheduler.audience.directory import Directory
from wechat_scheduler.audience.openids import Openids
from wechat_scheduler.audience.passive_replies import PassiveReplies
from wechat_scheduler.audience.ports import AccountTemplates
from wechat_scheduler.audience.qrcodes import QrCodeDesk
from wechat_scheduler.audience.reception import Reception
from wechat_scheduler.audience.self_service import SelfService
from wechat_scheduler.audience.user_acts import Listener, Post, Receipts
from wechat_scheduler.credentials.account_tokens import AccountTokens
from wechat_scheduler.daemon.ground import Ground
from wechat_scheduler.daemon.heard import HeardRereads
from wechat_scheduler.delivery.gate import Gate
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.web.pages.paths import switches_path
from wechat_scheduler.wechat.qrcodes import WeChatQrCodes, page_base
from wechat_scheduler.wechat.templates import WeChatTemplates


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceParts:
    """`directory` holds every app in memory; `desk` manages subscribers and topics."""

    directory: Directory
    desk: AudienceDesk
    codes: QrCodeDesk
    account_templates: AccountTemplates
    openids: Openids


def wire_directory(ground: Ground) -> Directory:
    apps, clock = ground.stores.apps, ground.clock
    directory = Directory(apps, clock=clock)
    apps.on_change(HeardRereads("apps", directory.load, ground.supervisor, clock))
    return directory


def wire_audience(ground: Ground, tokens: AccountTokens, directory: Directory) -> AudienceParts:
    stores, clock = ground.stores, ground.clock
    drawn = WeChatQrCodes(ground.wechat, tokens, page_base(ground.config.wechat.api))
    return AudienceParts(
        directory=directory,
        desk=AudienceDesk(
            stores.topics,
            stores.subscribers,
            stores.subscriptions,
            stores.aliases,
            stores.uses,
            stores.names,
            clock=clock,
        ),
        codes=QrCodeDesk(stores.scenes, drawn, clock=clock, background=ground.supervisor.contained),
        account_templates=WeChatTemplates(ground.wechat, tokens),
        openids=Openids(stores.aliases, clock=clock),
    )


def wire_replies(
    tokens: AccountTokens, gate: Gate, directory: Directory, post: Post, clock: Clock
) -> PassiveReplies:
    at_hand = tokens.at_hand()

    async def sends(appid: str) -> bool:
        return gate.takes_texts(appid, clock.now()) and await at_hand.has_token(appid)

    return PassiveReplies(post, sends=sends, apps=directory.apps_of)


def wire_reception(
    ground: Ground,
    audience: AudienceParts,
    post: Post,
    receipts: Receipts,
    listeners: Iterable[Listener],
) -> Reception:
    """`listeners` are asked last, in their order."""
    stores, directory, clock = ground.stores, audience.directory, ground.clock
    consenting = Consenting(stores.subscriptions, audience.openids, directory=directory, post=post)
    self_service = SelfService(
        stores.subscriptions,
        directory,
        switches=lambda uid: ground.links.url_if_public(
            switches_path(ground.links, uid, clock.now())
        ),
        post=post,
    )
    return Reception(
        directory,
        subscribers=stores.subscribers,
        subscriptions=stores.subscriptions,
        topics=stores.topics,
        scenes=stores.scenes,
        handled=stores.handled,
        uses=stores.uses,
        listeners=(consenting, self_service, *listeners),
        post=post,
        receipts=receipts,
        clock=ground.clock,
    )
