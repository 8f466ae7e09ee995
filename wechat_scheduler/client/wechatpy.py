"""A session storage for wechatpy, whose tokens and tickets come from the daemon.

storage = DaemonStorage(SyncClient(DAEMON, KEY, watch=True))
wechat = storage.attach(WeChatClient(APPID, ""))  # it needs no AppSecret
"""

import re
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from wechat_scheduler.client.kept import Name

if TYPE_CHECKING:
    from wechat_scheduler.client.sync_client import SyncClient

ClientT = TypeVar("ClientT")

PLATFORMS_TOKEN = "component_access_token"  # noqa: S105 - a name
# wechatpy fetches a ticket anew after this time, in seconds since 1970. The daemon's is always valid.
NEVER = 2**53
# wechatpy wants a refresh token of each account, though it needs none.
HELD_BY_DAEMON = "held-by-the-daemon"
EXPIRY = "_expires_at"
_KEY = re.compile(r"(?P<appid>.+?)_(?P<kind>access_token|jsapi_ticket)")


class DaemonStorage:
    """For `session` of wechatpy's clients. `component_appid` is the platform, if it is for one: then the tokens
    are those of the accounts that authorised it. What is no token and no ticket is kept in memory.

    It raises what `SyncClient.credential` raises.
    """

    def __init__(self, client: "SyncClient", component_appid: str = "") -> None:
        self._client = client
        self._component = component_appid
        self._others: dict[str, Any] = {}
        self._given = threading.local()

    def attach(self, client: ClientT) -> ClientT:
        """The same wechatpy client, with this session. When WeChat refuses a token, the client gets the
        next one from the daemon, and asks WeChat for none."""
        key: str = getattr(client, "access_token_key", PLATFORMS_TOKEN)
        attached: Any = client
        attached.session = self
        attached.fetch_access_token = lambda: self._renew(key, self._name(key))
        return client

    def get(self, key: str, default: Any = None) -> Any:
        """The current value."""
        if key.endswith(EXPIRY) and self._name(key.removesuffix(EXPIRY)):
            return NEVER
        name = self._name(key)
        if name is None:
            by_daemon = self._component and key.endswith("_refresh_token")
            return self._others.get(key, HELD_BY_DAEMON if by_daemon else default)
        return self._give(key, self._client.credential(*name))

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        """A token that wechatpy fetched itself is not kept. It did so because WeChat refused the one that
        this thread got, so that one is reported."""
        name = self._name(key)
        if name is None:
            self._others[key] = value
        elif hasattr(self._given, key):
            self._renew(key, name)

    def delete(self, key: str) -> None:
        self._others.pop(key, None)

    def _renew(self, key: str, name: Name | None) -> dict[str, str]:
        """What wechatpy's `fetch_access_token` returns."""
        if name is None:
            raise LookupError(f"{key} needs the component_appid of the session")
        given = getattr(self._given, key, "")
        if given:
            self._give(key, self._client.invalid(name.appid, name.kind, given, name.subject))
        else:
            self._give(key, self._client.credential(*name))
        return {name.kind: getattr(self._given, key)}

    def _give(self, key: str, value: str) -> str:
        setattr(self._given, key, value)
        return value

    def _name(self, key: str) -> Name | None:
        """The credential that wechatpy calls so."""
        if key == PLATFORMS_TOKEN:
            return Name(self._component, key) if self._component else None
        found = _KEY.fullmatch(key)
        if found is None:
            return None
        if found["kind"] == "access_token" and self._component:
            return Name(self._component, "authorizer_access_token", found["appid"])
        return Name(found["appid"], found["kind"])
