"""Who plays in the demo: one account with a user, and a platform that acts for two accounts."""

from typing import Any

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.demo.pushes import PushSecrets
from wechat_scheduler.sandbox.options import SECRET

ACCOUNT = "wx_tea"
USER = "o_alice"
PLATFORM = "wx_hub"
AUTHORIZERS = ("wx_rice", "wx_book")

# What the owner of a platform enters in WeChat's console, for the events that are pushed to it.
EVENTS = PushSecrets(
    appid=PLATFORM,
    token="demo-token",  # noqa: S106 - of a platform that exists for as long as the demo runs
    encoding_aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
)

# In the order in which they are shown.
CREDENTIALS = (
    JobKey(ACCOUNT, "access_token"),
    JobKey(ACCOUNT, "jsapi_ticket"),
    JobKey(ACCOUNT, "wx_card_ticket"),
    JobKey(ACCOUNT, "oauth2_access_token", USER),
    JobKey(PLATFORM, "component_access_token"),
    *(JobKey(PLATFORM, "authorizer_access_token", appid) for appid in AUTHORIZERS),
    JobKey(PLATFORM, "jsapi_ticket", AUTHORIZERS[0]),
)

# What the daemon cannot know by itself, and asks the business system for.
NEED_PARAMS = ("oauth2_access_token", "component_access_token", "authorizer_access_token")


def registrations(business: str) -> list[dict[str, Any]]:
    """What a business system at the URL `business` asks for: the JSON of one request per account."""
    return [_registration(appid, business) for appid in (ACCOUNT, PLATFORM)]


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
