"""How the three get to know each other: over HTTP, as they would anywhere else."""

import aiohttp
import msgspec

from wechat_scheduler.demo.business import BusinessSystem
from wechat_scheduler.demo.calls import post
from wechat_scheduler.demo.cast import ACCOUNT, AUTHORIZERS, EVENTS, PLATFORM, USER, registrations
from wechat_scheduler.demo.snapshot import Places
from wechat_scheduler.errors import CallError, StartError


class Consent(msgspec.Struct):
    """What the sandbox hands out when a user, or an account, agrees."""

    refresh_token: str = ""
    authorizer_refresh_token: str = ""


async def introduce(
    session: aiohttp.ClientSession, business: BusinessSystem, places: Places, *, key: str
) -> None:
    """First with WeChat, then with the daemon, whose admin key is `key`. Raises StartError."""
    try:
        await _fill_in_console(session, places)
        await _gather_consents(session, business, places.sandbox)
        for registration in registrations(places.business):
            await post(session, f"{places.daemon}/registe", registration, key=key)
    except CallError as error:
        raise StartError(f"the demo cannot be set up: {error}") from error


async def _fill_in_console(session: aiohttp.ClientSession, places: Places) -> None:
    """As the owner of a platform does, so that its events are pushed."""
    push = {
        "component_appid": EVENTS.appid,
        "url": f"{places.business}/events",
        "token": EVENTS.token,
        "encoding_aes_key": EVENTS.encoding_aes_key,
    }
    await post(session, f"{places.sandbox}/_sandbox/pushes", push)


async def _gather_consents(
    session: aiohttp.ClientSession, business: BusinessSystem, wechat: str
) -> None:
    """A user agrees to OAuth2, and two accounts let the platform act for them."""
    user = {"kind": "oauth2", "appid": ACCOUNT, "openid": USER}
    consent = await _grant(session, wechat, user)
    business.learn("oauth2_access_token", USER, consent.refresh_token)
    for appid in AUTHORIZERS:
        account = {"kind": "authorizer", "component_appid": PLATFORM, "authorizer_appid": appid}
        consent = await _grant(session, wechat, account)
        business.learn("authorizer_access_token", appid, consent.authorizer_refresh_token)


async def _grant(session: aiohttp.ClientSession, wechat: str, body: dict[str, str]) -> Consent:
    answer = await post(session, f"{wechat}/_sandbox/grants", body)
    return msgspec.json.decode(answer, type=Consent)
