"""A third-party platform whose pushes come to the daemon."""

from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.house import AUTHORIZER, COMPONENT, Answer, Caller, WeChat
from tests.platform.sealing import KEY, TOKEN
from wechat_scheduler.pushes.model import Push
from wechat_scheduler.sandbox.options import PlatformReceiver

PATH = f"/wechat/callback/{COMPONENT}"


@dataclass(slots=True)
class Platform:
    keeper: Caller
    weixin: WeChat

    async def expect(self, token: str = TOKEN, key: str = KEY) -> Answer:
        """What an operator does at our side …"""
        body = {"token": token, "encoding_aes_key": key}
        return await self.keeper.call("PUT", f"/callbacks/{COMPONENT}", body=body)

    def tell_wechat(self, token: str = TOKEN, key: str = KEY) -> None:
        """… and in WeChat's console. A ticket is due at once."""
        url = f"{self.keeper.daemon.url}{PATH}"
        self.weixin.sandbox.register_platform(
            PlatformReceiver(component_appid=COMPONENT, url=url, token=token, encoding_aes_key=key)
        )

    async def register(self, *tasks: dict[str, Any], **task: Any) -> Answer:
        """The platform's own token and, beside it, `tasks`."""
        return await self.keeper.register({"type": 3} | task, *tasks, appid=COMPONENT)

    async def authorise(self) -> None:
        """The platform as it is once its pushes come and an account has authorised it."""
        await self.expect()
        self.tell_wechat()
        await self.register()
        await self.pushed()
        self.weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
        await self.pushed()

    async def pushed(self) -> int:
        """WeChat pushes what is due, and what that calls for is done."""
        accepted = await self.weixin.sandbox.push_once()
        await self.keeper.settle()
        return accepted

    async def send(self, push: Push, path: str = PATH, data: bytes | None = None) -> Answer:
        query = (
            f"?signature={push.signature}&timestamp={push.timestamp}&nonce={push.nonce}"
            f"&encrypt_type=aes&msg_signature={push.msg_signature}"
        )
        return await self.keeper.call(
            "POST", path + query, data=push.body if data is None else data, key=""
        )

    async def view(self) -> dict[str, Any]:
        (view,) = (await self.keeper.call("GET", "/callbacks")).result
        found: dict[str, Any] = view
        return found

    async def job(self, appid: str = AUTHORIZER) -> dict[str, Any]:
        return await self.keeper.job(f"type=4&subject={appid}")

    async def value(self, appid: str = AUTHORIZER) -> str:
        return await self.keeper.value(f"{COMPONENT}/4/{appid}")

    async def works(self, token: str) -> bool:
        """Whether WeChat takes this token of an account's for a call."""
        url = f"{self.weixin.url}/cgi-bin/getcallbackip?access_token={token}"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return "ip_list" in await response.json(content_type=None)
