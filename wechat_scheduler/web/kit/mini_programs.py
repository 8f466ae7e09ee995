"""Pages of mini-programs in bodies, as WeChat writes them: `{"appid": …, "pagepath": …}`."""

import re
from typing import Final, Literal

import msgspec

from wechat_scheduler.audience.mini_programs import MiniProgramPage
from wechat_scheduler.audience.model import App
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.kit.ids import check_appid

LONGEST_PATH: Final = 1024
# Neither an address nor anything that could end the attribute of a link.
_PATH: Final = re.compile(r"(?!\w*:)[^\s\"'<>\\\x00-\x1f\x7f]*")


class MiniProgramBody(msgspec.Struct, forbid_unknown_fields=True):
    """The page that a tap opens; it wins over `url`. `appid` may be left out if the app's own account is
    the mini-program. `miniprogram_state` and `lang` are for that case only."""

    appid: str = ""
    pagepath: str = ""
    miniprogram_state: Literal["", "formal", "trial", "developer"] = ""
    lang: Literal["", "zh_CN", "en_US", "zh_HK", "zh_TW"] = ""


def read_page(given: MiniProgramBody | None, field: str) -> MiniProgramPage | None:
    """Raises InvalidRequestError at the field that is wrong."""
    if given is None:
        return None
    if given.appid:
        check_appid(given.appid, f"{field}.appid")
    path = given.pagepath.removeprefix("/")
    if len(path) > LONGEST_PATH or not _PATH.fullmatch(path):
        raise InvalidRequestError(
            f"must be a page's path such as pages/order/detail?id=7, at most {LONGEST_PATH} characters",
            field=f"{field}.pagepath",
        )
    return MiniProgramPage(
        appid=given.appid, path=path, state=given.miniprogram_state, lang=given.lang
    )


def check_page(page: MiniProgramPage | None, app: App, field: str) -> None:
    """Whether messages of the app can open the page. Raises InvalidRequestError."""
    if page is None:
        return
    if not app.mini_program and not page.appid:
        raise InvalidRequestError("name the mini-program", field=f"{field}.appid")
    if app.mini_program and page.appid not in ("", app.appid):
        raise InvalidRequestError(
            f"a mini-program's own notices open its own pages only, those of {app.appid}",
            field=f"{field}.appid",
        )


def page_body(page: MiniProgramPage | None) -> MiniProgramBody | None:
    if page is None:
        return None
    fields = {"appid": page.appid, "pagepath": page.path, "lang": page.lang}
    return msgspec.convert(fields | {"miniprogram_state": page.state}, MiniProgramBody)
