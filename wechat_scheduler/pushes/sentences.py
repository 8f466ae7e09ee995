"""Sentences about pushes: why one was refused or waits, and what an operator does about a push URL."""

from typing import Final

from wechat_scheduler.config.consoles import PLATFORM, PUSH_URL
from wechat_scheduler.engine.sentences import Sentence

LAST_REFUSED: Final = Sentence("the last push was refused: {reason}", "上一个推送被拒绝：{reason}")
EVENT_WAITS: Final = Sentence("{name} waits: {note}", "{name} 在等待：{note}")
NOTHING_YET: Final = Sentence(
    "nothing has come yet: once a user did something, check that the account's 服务器URL leads here and is "
    f"enabled ({PUSH_URL})",
    f"还没有推送：有用户操作过之后，请检查账号的服务器URL指向这里并已启用（{PUSH_URL}）",
)
REGISTER: Final = Sentence("register {job}", "请登记 {job}")
REGISTER_IF: Final = Sentence(
    "if it is a platform's, register {job}", "如果是第三方平台，请登记 {job}"
)
FIRST_TICKET: Final = Sentence(
    "waiting for the first ticket: one comes every ten minutes", "等待第一张票据：每十分钟来一张"
)
NO_TICKET: Final = Sentence(
    "no ticket has come for {minutes:d} minutes: check that the platform's 授权事件接收URL leads here "
    f"({PLATFORM})",
    f"{{minutes}} 分钟没有来票据：请检查平台的授权事件接收URL指向这里（{PLATFORM}）",
)
ASKED_AGAIN: Final = Sentence(
    "no ticket has come for {minutes:d} minutes: asked to push again, WeChat said {answer}; check that the "
    f"platform's 授权事件接收URL leads here ({PLATFORM})",
    "{minutes} 分钟没有来票据：请微信再推送时，它回答 {answer}；请检查平台的授权事件接收URL指向这里"
    f"（{PLATFORM}）",
)

NO_ENDPOINT: Final = Sentence(
    "no push endpoint is configured for this appid", "没有为这个 appid 设置推送地址"
)
WRONG_TIME: Final = Sentence(
    "its timestamp is {seconds:d} s from this machine's clock: is that clock right?",
    "它的时间戳与本机时钟相差 {seconds} 秒：本机时钟对吗？",
)
USED_SIGNATURE: Final = Sentence(
    "this signature was already used with a different body", "这个签名已用于另一个内容"
)
OF_PLATFORM: Final = Sentence(
    "it is an event of the platform, and belongs to the 授权事件接收URL",
    "这是平台的事件，应发往授权事件接收URL",
)
NOT_AUTHORISED: Final = Sentence(
    "it is about {account}, which is not known to have authorised {platform}: if it did so earlier, register {key}",
    "它关于 {account}，没有记录表明它已授权 {platform}：如果之前授权过，请登记 {key}",
)
FIELD_MISSING: Final = Sentence("its {name} is missing", "缺少 {name}")
FIELD_ODD: Final = Sentence(
    "its {name} is missing, or not of the form that WeChat documents",
    "缺少 {name}，或它不符合微信文档的格式",
)
REVOKED: Final = Sentence(
    "{account} revoked its authorisation of the platform", "{account} 取消了对平台的授权"
)
UNTIL_AGAIN: Final = Sentence(
    "no call goes to WeChat until its administrator authorises the platform again; then the job continues by itself",
    "在它的管理员重新授权平台之前不再调用微信；授权之后任务自动继续",
)
REGISTER_SECRET: Final = Sentence(
    "register {job}, with the platform's AppSecret", "请登记 {job}，带上平台的 AppSecret"
)
OF_ANOTHER: Final = Sentence(
    "the code is that of another account, {account}", "授权码属于另一个账号 {account}"
)
NO_REFRESH: Final = Sentence(
    "WeChat gave {account} a token without an authorizer_refresh_token, so access may end with this token, at {at} UTC",
    "微信给 {account} 的 token 不带 authorizer_refresh_token，授权可能随这个 token 在 {at} UTC 结束",
)
AUTHORISE_AGAIN: Final = Sentence(
    "have the account's administrator authorise the platform again, with its API permissions; before the end the "
    "daemon looks in the platform's list of authorizers",
    "请账号的管理员重新授权平台，勾选接口权限；在结束之前守护进程会查看平台的授权列表",
)
