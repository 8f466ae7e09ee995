"""Sentences about calls to WeChat that brought no answer, or none that makes sense. The first place in each is the path."""

from typing import Final

from wechat_scheduler.engine.sentences import Sentence

NETWORK: Final = Sentence(
    "if this continues, check the network path to WeChat's API",
    "如果持续，请检查到微信 API 的网络",
)
NOT_WECHAT: Final = Sentence(
    "check the address of WeChat's API: something else seems to answer there",
    "请检查微信 API 的地址：那里回答的似乎不是微信",
)
CERTIFICATES: Final = Sentence(
    "check this machine's clock, its CA certificates and the address of WeChat's API",
    "请检查本机的时钟、CA 证书和微信 API 的地址",
)

TOO_LATE: Final = Sentence(
    "{path}: not sent, since its {seconds} s were over",
    "{path}：没有发出，因为它的 {seconds} 秒已用完",
)
NO_HOST: Final = Sentence("{path}: host {host} not found", "{path}：找不到主机 {host}")
NO_TLS: Final = Sentence("{path}: no TLS with {host}", "{path}：与 {host} 无法建立 TLS 连接")
NO_CONNECTION: Final = Sentence(
    "{path}: cannot connect to {host}:{port:d}: {reason}",
    "{path}：连接不上 {host} 的端口 {port}：{reason}",
)
NOT_IN_TIME: Final = Sentence(
    "{path}: no connection within {seconds} s", "{path}：{seconds} 秒内没有连上"
)
NO_ANSWER: Final = Sentence(
    "{path}: no answer within {seconds} s", "{path}：{seconds} 秒内没有回答"
)
BROKE_OFF: Final = Sentence("{path}: the answer broke off", "{path}：回答中途断了")
NOT_HTTP: Final = Sentence("{path}: the answer is not HTTP", "{path}：回答不是 HTTP")
LOST: Final = Sentence(
    "{path}: the connection was lost before an answer came", "{path}：还没有回答，连接就断了"
)
STATUS: Final = Sentence("{path}: HTTP status {status:d}", "{path}：HTTP 状态 {status}")
TOO_LONG: Final = Sentence(
    "{path}: the answer exceeds {limit:d} bytes", "{path}：回答超过 {limit} 字节"
)
NO_OBJECT: Final = Sentence("{path}: the answer is not a JSON object", "{path}：回答不是 JSON 对象")
NO_ERRCODE: Final = Sentence(
    "{path}: unexpected answer, errcode is not an integer", "{path}：意外的回答，errcode 不是整数"
)
NO_STRING: Final = Sentence(
    "{path}: unexpected answer, {name} is not a string", "{path}：意外的回答，{name} 不是文字"
)
NO_LIFETIME: Final = Sentence(
    "{path}: unexpected answer, expires_in is not a lifetime",
    "{path}：意外的回答，expires_in 不是有效期",
)
NO_FIELD: Final = Sentence(
    "{path}: unexpected answer, no {name}", "{path}：意外的回答，没有 {name}"
)
NO_LIST: Final = Sentence(
    "{path}: unexpected answer, no list as {name}", "{path}：意外的回答，{name} 不是列表"
)
SWITCHES: Final = Sentence("{path}: the answer switches protocols", "{path}：回答要切换协议")
SHOWS_TOKEN: Final = Sentence(
    "{path}: the answer has an address with the token", "{path}：回答里有带 token 的地址"
)
NOWHERE: Final = Sentence("{path}: WeChat has no host", "{path}：没有微信的主机")
