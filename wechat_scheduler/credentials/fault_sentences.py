"""Sentences of the daemon about a job that failed, and what to do about it. WeChat's refusals are worded in
`wechat/errcodes.py`."""

from typing import Final

from wechat_scheduler.engine.sentences import Sentence

REGISTER_PARAMS: Final = Sentence(
    "register the task again with a params URL that returns it",
    "请重新登记 task，带上能返回它的 params 地址",
)
ANOTHER_PARAMS: Final = Sentence(
    "or register the task again with another params URL", "或用另一个 params 地址重新登记 task"
)
FIX_PARENT: Final = Sentence(
    "fix that job first: its own error says how", "请先修好那个任务：它自己的错误说明了办法"
)
PARENT_COMES: Final = Sentence("it is fetched first", "会先获取它")
WAITING_FOR: Final = Sentence("waiting for {key}", "等待 {key}")
NO_PARAMS: Final = Sentence(
    "no {name}: there is no params URL to ask", "没有 {name}：也没有可以询问的 params 地址"
)
NOT_PUSHED: Final = Sentence(
    "no {name}: WeChat has pushed none, and there is no params URL to ask",
    "没有 {name}：微信没有推送过，也没有可以询问的 params 地址",
)
LET_PUSH: Final = Sentence(
    "let WeChat push it: PUT /callbacks/{{appid}} with the platform's token and AES key, and "
    "the push URL in WeChat's console",
    "请让微信推送它：用第三方平台的 token 和 AES key 调用 PUT /callbacks/{{appid}}，"
    "并在微信后台填写推送地址",
)
OR_REGISTER_PARAMS: Final = Sentence(
    "or register the task again with a params URL that returns it",
    "或重新登记 task，带上能返回它的 params 地址",
)
NOT_ANSWERED: Final = Sentence("no {name}: {error}", "没有 {name}：{error}")
OF_ANOTHER: Final = Sentence(
    "{place} returned it for another {whose}", "{place} 返回的是另一个 {whose} 的"
)
WITHOUT_IT: Final = Sentence(
    "{place} returned {names} without it", "{place} 返回了 {names}，但没有它"
)
NO_STRINGS: Final = Sentence("{place} returned no string fields", "{place} 没有返回字符串字段")
PERMIT_ADDRESS: Final = Sentence(
    "let callbacks.allow and callbacks.deny permit the address, {another}",
    "请在 callbacks.allow 和 callbacks.deny 中允许这个地址，{another}",
)
ANSWER_IT: Final = Sentence(
    'let it answer 200 with {{"{name}": "…"}}, {another}',
    '请让它以 200 回答 {{"{name}": "…"}}，{another}',
)
NO_SUBJECT: Final = Sentence(
    "no {name}: params returned an {kept} only, and no account that authorised {appid} has it",
    "没有 {name}：params 只返回了 {kept}，而授权给 {appid} 的账号里没有它",
)
RETURN_SUBJECT: Final = Sentence("let params return the {name} too", "请让 params 也返回 {name}")

TOO_LATE: Final = Sentence(
    "WeChat was not asked, since its answer could not be stored before the claim ends",
    "没有询问微信，因为在认领结束之前来不及存下它的回答",
)
WHY_SLOW: Final = Sentence(
    "find out why params or the database is slow; if it must be, raise refresh.lease",
    "请查明 params 或数据库为什么慢；如果只能这样，请调大 refresh.lease",
)
PARAMS_SLOW: Final = Sentence(
    "it is retried soon; if this continues, find out why params answers so slowly",
    "很快会重试；如果持续，请查明 params 为什么回答得这么慢",
)
SEALED: Final = Sentence(
    "put the sealing key back, or remove the task and register it again",
    "请放回加密密钥，或移除 task 后重新登记",
)
CRASHED: Final = Sentence(
    "report what the log says; meanwhile the daemon tries again",
    "请报告日志里的内容；其间守护进程会继续尝试",
)
CALLS_SPENT: Final = Sentence(
    "{calls:d} of today's {limit:d} calls are spent; the rest becomes available during the day",
    "今天的 {limit} 次调用已用掉 {calls} 次；其余的会在这一天里陆续可用",
)
TOO_MANY_REFRESHES: Final = Sentence(
    "find the cause of so many refreshes: the audit names keys, the log reasons; raise "
    "refresh.daily_calls if values live for seconds, as in the sandbox",
    "请查明为什么刷新这么多次：审计里有密钥，日志里有原因；"
    "如果值只有几秒的寿命（如在沙箱里），请调大 refresh.daily_calls",
)
UNKNOWN_KIND: Final = Sentence(
    "this version does not know the credential type {kind}", "这个版本不认识凭据类型 {kind}"
)
INSTALL_NEWER: Final = Sentence(
    "install the wechat-scheduler that registered it; or stop the daemon, and correct or delete "
    "the row in the table jobs",
    "请安装登记它的那个版本的 wechat-scheduler；或停止守护进程，改正或删除 jobs 表里的这一行",
)

CONTESTED: Final = Sentence(
    "another program fetches this account's token", "另有程序在获取这个账号的 token"
)
STOP_IT: Final = Sentence(
    "find the program that has the account's secret and stop it, or have it fetch from here",
    "请找出持有账号 secret 的那个程序，停掉它，或让它改从这里取",
)
USE_STABLE: Final = Sentence(
    "switch the account to stable_token, whose token others cannot invalidate: access_token_endpoint in its "
    "registration, or wechat.access_token_endpoint for all",
    "请把账号换到 stable_token，它的 token 不会被别人弄失效：在登记里写 access_token_endpoint，"
    "或用 wechat.access_token_endpoint 统一设定",
)
ELSE_STOP_IT: Final = Sentence(
    "else find the program that has the account's secret and stop it, or have it fetch from here",
    "否则请找出持有账号 secret 的那个程序，停掉它，或让它改从这里取",
)
FORCED: Final = Sentence(
    "probably a program with the account's secret asks stable_token with force_refresh: find it and stop it, or have "
    "it fetch from here; if it cannot be found, reset the AppSecret and register the account again",
    "很可能是持有账号 secret 的某个程序以 force_refresh 调用 stable_token：请找出它并停掉，或让它改从这里取；"
    "实在找不到，再重置 AppSecret 并重新登记账号",
)

# Why an account cannot be used.
UNREGISTERED: Final = Sentence(
    "the account {appid} has no credential here: nothing can be sent until it is registered",
    "账号 {appid} 在这里没有凭据：登记之前，什么也发不出去",
)
AUTHORISE_AGAIN: Final = Sentence(
    "the account {appid} has to authorise the platform {platform} again: until it does, the platform cannot act for it",
    "账号 {appid} 需要重新授权平台 {platform}：授权之前，平台不能代它调用微信",
)
NO_TICKET: Final = Sentence(
    "no jsapi_ticket is registered for {appid} yet: register type 1",
    "还没有登记 {appid} 的 jsapi_ticket：请登记类型 1",
)
