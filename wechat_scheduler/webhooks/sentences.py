"""Sentences about a call to another server that failed; `place` is what was called."""

from typing import Final

from wechat_scheduler.engine.sentences import Sentence

# What is called: the address of a business system, without its secrets, or a receiver of alerts.
PARAMS_OF: Final = Sentence("params of {url:s}", "params 地址 {url}")
NOTIFY_OF: Final = Sentence("notify of {url:s}", "通知地址 {url}")
CALLBACK_OF: Final = Sentence("callback of {url:s}", "回调地址 {url}")

TIMEOUT: Final = Sentence("{place} did not answer in time", "{place} 没有及时回答")
NO_NAME: Final = Sentence("{place} has a name that does not resolve", "{place} 的主机名解析不了")
UNTRUSTED: Final = Sentence(
    "{place} shows a certificate that is not trusted", "{place} 出示的证书不受信任"
)
NO_TLS: Final = Sentence("{place} cannot be reached through TLS", "{place} 无法建立 TLS 连接")
NO_CONNECTION: Final = Sentence("{place} refuses the connection", "{place} 拒绝连接")
BROKE_OFF: Final = Sentence(
    "{place} broke off in the middle of its answer", "{place} 的回答中途断了"
)
CLOSED: Final = Sentence(
    "{place} closed the connection without an answer", "{place} 没有回答就关闭了连接"
)
NOT_HTTP: Final = Sentence("{place} did not answer in HTTP", "{place} 没有以 HTTP 回答")
NO_CALL: Final = Sentence("{place} cannot be called", "{place} 无法调用")
NO_ADDRESS: Final = Sentence(
    "{place} is not an address that can be called", "{place} 不是能调用的地址"
)
ANSWERED: Final = Sentence("{place} answered {status:d}", "{place} 回答了 {status}")
REDIRECTED: Final = Sentence(
    "{place} answered {status:d}, and redirects are not followed",
    "{place} 回答了 {status}，而这里不跟随重定向",
)
MUST_NOT: Final = Sentence(
    "{place} must not be called: {address} {reason}", "{place} 不允许调用：{address} {reason}"
)
REFUSED_URL: Final = Sentence("the address of {what:s} {problem}", "{what} 的地址{problem}")
ITSELF: Final = Sentence("is this daemon itself", "是这个守护进程自己")
DENIED: Final = Sentence("is in a denied network", "在禁止的网段里")
NOT_ALLOWED: Final = Sentence("is not in an allowed network", "不在允许的网段里")
TOO_LONG: Final = Sentence(
    "{place} answered more than {limit:d} bytes", "{place} 的回答超过 {limit} 字节"
)
NO_CALLBACK: Final = Sentence("the app has no callback any more", "应用已没有回调")
NOTHING_VALID: Final = Sentence("nothing valid to announce yet", "还没有有效的值可以通知")
NO_OBJECT: Final = Sentence(
    "{place} did not answer with a JSON object", "{place} 没有以 JSON 对象回答"
)
