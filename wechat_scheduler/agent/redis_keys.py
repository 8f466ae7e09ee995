"""The keys under which WxJava keeps tokens and tickets in Redis, as plain strings with a TTL.

Read from its sources (binarywang/WxJava 3e48dc7): `WxMpRedisConfigImpl` and `WxMaRedisBetterConfigImpl` for accounts and
mini-programs, whose prefixes are `wx` and `wa` by default, and `AbstractWxOpenInRedisConfigStorage` for
platforms (`wx:open`). A value whose TTL is below 2 s counts as expired there; then WxJava fetches one itself.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from wechat_scheduler.agent.settings import MirrorSettings
from wechat_scheduler.agent.values import WantedCredential

ACCOUNT_KEYS = {
    "access_token": "{prefix}:access_token:{appid}",
    "jsapi_ticket": "{prefix}:ticket:key:{appid}:jsapi",
    "wx_card_ticket": "{prefix}:ticket:key:{appid}:wx_card",
    "component_access_token": "{prefix}:wechat_component_access_token:{appid}",
}
AUTHORIZER_KEYS = {
    "authorizer_access_token": "{prefix}:wechat_authorizer_access_token:{appid}:{subject}",
    "jsapi_ticket": "{prefix}:wechat_jsapi_ticket:{appid}:{subject}",
    "wx_card_ticket": "{prefix}:wechat_card_api_ticket:{appid}:{subject}",
}
FIELDS = ("prefix", "appid", "type", "subject")
_FIELD = re.compile(r"\{(?:" + "|".join(FIELDS) + r")\}")
_OTHER = re.compile(r"\{[^{}:]*\}?|\}")


def redis_key(settings: MirrorSettings, wanted: WantedCredential) -> str:
    """Empty if WxJava keeps no such credential, and the settings name no key."""
    known = AUTHORIZER_KEYS if wanted.subject else ACCOUNT_KEYS
    form = settings.key or known.get(wanted.kind, "")
    fields = {
        "{prefix}": settings.prefix,
        "{appid}": wanted.appid,
        "{type}": wanted.kind,
        "{subject}": wanted.subject,
    }
    for field, text in fields.items():
        form = form.replace(field, text)
    return form.removeprefix(":")  # WxJava leaves out an empty prefix with its colon


def wrong_keys(settings: MirrorSettings, wanted: Sequence[WantedCredential]) -> Iterator[str]:
    """Sentences about credentials without a key, or with that of another."""
    if strange := _OTHER.search(_FIELD.sub(" ", settings.key)):
        likely = get_close_matches(strange[0].strip("{} ").lower(), FIELDS, n=1)
        known = ", ".join(f"{{{field}}}" for field in FIELDS)
        hint = f"did you mean {{{likely[0]}}}?" if likely else f"there are {known}"
        yield f"key: {strange[0]} is not a field; {hint}"
        return
    keys: dict[str, WantedCredential] = {}
    for one in wanted:
        key = redis_key(settings, one)
        if not key:
            yield f"key: WxJava has none for {one.name}; write one, such as wx:{{type}}:{{appid}}:{{subject}}"
        elif key in keys:
            yield f"key: {keys[key].name} and {one.name} have the same; write {{appid}}, {{type}} or {{subject}}"
        keys[key] = one
