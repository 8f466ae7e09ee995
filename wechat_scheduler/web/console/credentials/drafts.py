"""The content of the form of a registration, as it was typed."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from wechat_scheduler.credentials.model import ACCESS_TOKEN, AUTHORIZER_TOKEN, COMPONENT_TOKEN
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.web.console.visit import Visit

PLATFORM: Final = "platform"
OWN_TYPES: Final = (ACCESS_TOKEN, "jsapi_ticket", "wx_card_ticket")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationDraft:
    """`authorizers` are the appids of accounts that authorised the platform, as they were typed."""

    is_platform: bool
    appid: str = ""
    secret: str = field(default="", repr=False)
    name: str = ""
    types: Sequence[str] = (ACCESS_TOKEN,)
    authorizers: str = ""
    params: str = ""
    notify: str = ""
    endpoint: str = ""
    anyway: bool = False

    def body(self) -> dict[str, Any]:
        """Of `POST /register`."""
        return {
            "appid": self.appid,
            "appsecret": self.secret,
            "access_token_endpoint": self.endpoint,
            "name": self.name,
            "tasks": self._of_platform() if self.is_platform else self._of_account(),
        }

    @property
    def keeps_nothing(self) -> bool:
        """Whether no credential of an account is chosen."""
        return not (self.is_platform or self._of_account())

    def _of_account(self) -> list[dict[str, str]]:
        return [self._task(one) for one in OWN_TYPES if one in self.types]

    def _of_platform(self) -> list[dict[str, str]]:
        theirs = [{"authorizer_appid": appid} for appid in self.authorizers.split()]
        return [
            self._task(COMPONENT_TOKEN),
            *(self._task(AUTHORIZER_TOKEN) | their for their in theirs),
        ]

    def _task(self, kind: str) -> dict[str, str]:
        given = {"notify": self.notify, "params": self.params}
        return {"type": kind} | {name: url for name, url in given.items() if url}


def draft_in(query: Mapping[str, str]) -> RegistrationDraft:
    """What the address of an empty form says."""
    return RegistrationDraft(
        is_platform=query.get("as", "") == PLATFORM, appid=query.get("appid", "")
    )


def draft_of(visit: Visit) -> RegistrationDraft:
    """What a form was sent with."""
    given = {name: value.strip() for name, value in visit.form.items()}
    return RegistrationDraft(
        is_platform=given.get("as", "") == PLATFORM,
        appid=given.get("appid", ""),
        secret=given.get("appsecret", ""),
        name=given.get("name", ""),
        types=visit.form_list("types"),
        authorizers=given.get("authorizers", ""),
        params=given.get("params", ""),
        notify=given.get("notify", ""),
        endpoint=given.get("endpoint", ""),
        anyway="anyway" in given,
    )
