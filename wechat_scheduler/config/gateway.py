"""The settings of the gateway."""

from typing import Annotated

from wechat_scheduler.config import notation
from wechat_scheduler.config.notation import whole
from wechat_scheduler.config.section import Count, Section, Size

# Which families of WeChat's API pass. Paths that issue tokens never do.
PASSED = (
    "/bizwifi/*", "/business/*", "/card/*", "/cgi-bin/*", "/channels/*", "/cityservice/*",
    "/customservice/*", "/cv/*", "/datacube/*", "/device/*", "/guide/*", "/intp/*", "/marketing/*",
    "/merchant/*", "/product/*", "/publisher/*", "/redpacketcover/*", "/scan/*", "/semantic/*",
    "/shakearound/*", "/shop/*", "/sns/*", "/tcb/*", "/union/*", "/wxa/*", "/wxaapi/*", "/wxopen/*",
    "/xpay/*",
)  # fmt: skip


class GatewaySettings(Section, frozen=True, kw_only=True):
    """The gateway to WeChat's API. With `real_secrets` an AppSecret proves a caller as a consumer secret does. A
    call passes if one of `allow` fits it and none of `deny`; with `user_tokens` also those that carry a token
    of a user.

    A body of up to `repeat_limit` bytes is sent again if WeChat refuses the token. `connections` are those
    to WeChat, `account_connections` the calls of one account at once, and `account_calls` those in a minute
    (0 for no limit). `connect_port` takes CONNECT to WeChat's hosts (0 for none). `hosts` are WeChat's in
    their order, known from `wechat.api` if there are none.
    """

    enabled: Annotated[bool, notation.SWITCH] = False
    real_secrets: Annotated[bool, notation.SWITCH] = True
    allow: Annotated[tuple[str, ...], notation.PATHS] = PASSED
    deny: Annotated[tuple[str, ...], notation.PATHS] = ()
    user_tokens: Annotated[bool, notation.SWITCH] = True
    repeat_limit: Size = 1 << 20
    connections: Count = 128
    account_connections: Count = 48
    account_calls: Annotated[int, whole(0, 1_000_000)] = 0
    connect_port: Annotated[int, whole(0, 65535)] = 0
    hosts: Annotated[tuple[str, ...], notation.BASE_URLS] = ()
