"""The accounts of the demo, and how WeChat, the business system and the daemon are set up."""

from typing import Any

import aiohttp
import msgspec

from wechat_scheduler.client.admin import Admin
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.demo.business import BusinessSystem, PushSecrets
from wechat_scheduler.demo.snapshot import Places
from wechat_scheduler.errors import CallError, RequestError, StartError
from wechat_scheduler.sandbox.options import SECRET

ACCOUNT = "wx_tea"
USER = "o_alice"
PLATFORM = "wx_hub"
AUTHORIZERS = ("wx_rice", "wx_book")

# The owner of a platform enters these in WeChat's console.
SECRETS = PushSecrets(
    appid=PLATFORM,
    token="demotoken",  # noqa: S106 - of a platform that exists only during the demo
    encoding_aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
)

# In the order of the screen.
CREDENTIALS = (
    JobKey(ACCOUNT, "access_token"),
    JobKey(ACCOUNT, "jsapi_ticket"),
    JobKey(ACCOUNT, "wx_card_ticket"),
    JobKey(ACCOUNT, "oauth2_access_token", USER),
    JobKey(PLATFORM, "component_access_token"),
    *(JobKey(PLATFORM, "authorizer_access_token", appid) for appid in AUTHORIZERS),
    JobKey(PLATFORM, "jsapi_ticket", AUTHORIZERS[0]),
)

# The daemon asks the business system for the input of these.
NEED_PARAMS = ("oauth2_access_token", "component_access_token", "authorizer_access_token")


class Consent(msgspec.Struct):
    """The sandbox returns the first for a user, the second for an account."""

    refresh_token: str = ""
    authorizer_refresh_token: str = ""


async def set_up(client: Admin, business: BusinessSystem, places: Places) -> None:
    """Sets up the sandbox, then the daemon, both over HTTP. Raises StartError."""
    try:
        async with aiohttp.ClientSession() as session:
            await _fill_in_console(session, places)
            await _gather_consents(session, business, places.sandbox)
            await _connect_pushes(client, session, places)
        for appid in (ACCOUNT, PLATFORM):
            await client.register(_registration(appid, places.business))
    except (CallError, RequestError) as error:
        raise StartError(f"the demo cannot be set up: {error}") from error


async def _fill_in_console(session: aiohttp.ClientSession, places: Places) -> None:
    """Makes WeChat push the platform's events to the business system."""
    receiver = {
        "component_appid": SECRETS.appid,
        "url": f"{places.business}/events",
        "token": SECRETS.token,
        "encoding_aes_key": SECRETS.encoding_aes_key,
    }
    await post(session, f"{places.sandbox}/_sandbox/pushes", receiver)


async def _connect_pushes(client: Admin, session: aiohttp.ClientSession, places: Places) -> None:
    """Makes WeChat push what users write to the daemon, and lets the user follow the account."""
    secrets = {"token": SECRETS.token, "encoding_aes_key": SECRETS.encoding_aes_key}
    await client.ask(dict[str, Any], "PUT", "callbacks", ACCOUNT, body=secrets)
    receiver = {
        "appid": ACCOUNT,
        "url": f"{places.daemon}/wechat/callback/{ACCOUNT}",
        "mode": "safe",
        **secrets,
    }
    await post(session, f"{places.sandbox}/_sandbox/callbacks", receiver)
    await post(session, f"{places.sandbox}/_sandbox/users/{ACCOUNT}/{USER}/follow", {})


async def _gather_consents(
    session: aiohttp.ClientSession, business: BusinessSystem, wechat: str
) -> None:
    """A user agrees to OAuth2, and two accounts authorise the platform."""
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


async def post(session: aiohttp.ClientSession, url: str, body: Any) -> bytes:
    """Raises CallError."""
    try:
        async with session.post(url, json=body, raise_for_status=True) as response:
            return await response.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise CallError(f"{url}: {error}") from error


def _registration(appid: str, business: str) -> dict[str, Any]:
    tasks = [_task(key, business) for key in CREDENTIALS if key.appid == appid]
    return {"appid": appid, "appsecret": SECRET, "tasks": tasks}


def _task(key: JobKey, business: str) -> dict[str, str]:
    params = f"{business}/params" if key.kind in NEED_PARAMS else ""
    return {
        "type": key.kind,
        "subject": key.subject,
        "notify": f"{business}/notify",
        "params": params,
    }
