"""The state of one WeChat. No HTTP here, and no waiting."""

import random
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wechat_scheduler.sandbox.call_log import RefusedCalls
from wechat_scheduler.sandbox.grants import Authorizers, OAuthUsers
from wechat_scheduler.sandbox.limits import Limit, Meter
from wechat_scheduler.sandbox.options import SECRET, SandboxOptions
from wechat_scheduler.sandbox.people import People
from wechat_scheduler.sandbox.periods import Periods
from wechat_scheduler.sandbox.pushes.accounts import AccountPushes
from wechat_scheduler.sandbox.pushes.platforms import PlatformPushes
from wechat_scheduler.sandbox.qrcodes import QRCodes
from wechat_scheduler.sandbox.tags import Tags
from wechat_scheduler.sandbox.templates import Templates
from wechat_scheduler.sandbox.tokens import IssuedTokens
from wechat_scheduler.sandbox.uploads import Uploads
from wechat_scheduler.sandbox.whitelists import TokenDeaths, Whitelists

# Real appids are wx and 16 hexadecimal digits. Shorter ones make tests readable.
_APPID = re.compile(r"wx[0-9A-Za-z_-]{1,30}")


class World:
    """Passed to every endpoint."""

    def __init__(
        self,
        options: SandboxOptions,
        limits: Mapping[str, Limit],
        now: datetime,
        rng: random.Random,
    ) -> None:
        self._secrets = options.accounts
        self.rng = rng
        self.mini_programs = frozenset(options.mini_programs)
        self.periods = periods = Periods.scaled(options.token_lifetime)
        self.tokens = tokens = IssuedTokens(periods, rng)
        self.meter = Meter(limits, periods)
        self.oauth_users = OAuthUsers(tokens, periods, rng)
        self.authorizers = Authorizers(tokens, periods)
        self.refused_calls = RefusedCalls(rng)
        self.people = People(options, periods, now)
        self.qrcodes = QRCodes(periods, rng)
        self.templates = Templates(options.templates, periods, rng)
        self.platform_pushes = PlatformPushes(tokens, periods)
        self.account_pushes = AccountPushes()
        self.whitelists = Whitelists()
        self.token_deaths = TokenDeaths(tokens, periods, rng)
        self.uploads = Uploads(periods, rng)
        # By account: the buttons of the menu, the tags, the names of the staff.
        self.menus: dict[str, list[dict[str, Any]]] = {}
        self.tags: dict[str, Tags] = {}
        self.staff: dict[str, dict[str, str]] = {}

    def exists(self, appid: str) -> bool:
        return appid in self._secrets or _APPID.fullmatch(appid) is not None

    def secret_of(self, appid: str) -> str:
        return self._secrets.get(appid, SECRET)
