"""The pages of mini-programs, which a tap on a message may open."""

from wechat_scheduler.engine.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MiniProgramPage:
    """`appid` is the mini-program's; empty stands for the app's own account. `path` is that of the page,
    with a query if it takes one; empty stands for the first page.

    `state` (`formal`, `trial`, `developer`) and `lang` (`zh_CN`, `en_US`, `zh_HK`, `zh_TW`) are for the
    notices of a mini-program itself; empty stands for WeChat's default. Source: 发送订阅消息.
    """

    appid: str = ""
    path: str = ""
    state: str = ""
    lang: str = ""
