"""The sentences of alerts: what is wrong, and what to do about it."""

from typing import Final

from wechat_scheduler.engine.sentences import Sentence

REPLAY: Final = Sentence(
    "find out why, and send them again once the cause is gone: `wechat-scheduler deliveries list --in dead`, then "
    "`wechat-scheduler deliveries replay --in dead`",
    "请查明失败的原因，原因消除后重新发送：`wechat-scheduler deliveries list --in dead`，"
    "再 `wechat-scheduler deliveries replay --in dead`",
)
TICKET: Final = Sentence(
    "WeChat pushes one every ten minutes, and each is valid for twelve hours: check that the platform's 授权事件接收URL "
    "leads here; `wechat-scheduler doctor` says more",
    "微信每十分钟推送一个，每个的有效期是十二小时：请检查平台的授权事件接收URL指向这里；`wechat-scheduler doctor` 有更多说明",
)
MANY_CALLS: Final = Sentence(
    "find out why it is fetched so often, since a failure that repeats makes many calls: `wechat-scheduler jobs list`",
    "请查明为什么调用这么多次，反复的失败会产生许多调用：`wechat-scheduler jobs list`",
)
SLOW_DOWN: Final = Sentence(
    "slow down the system that calls most, or reset the quota: `GET /v1/quotas/{appid}` names it, `wechat-scheduler quota clear` "
    "resets",
    "请让调用最多的系统放慢，或把额度清零：`GET /v1/quotas/{appid}` 列出调用方，`wechat-scheduler quota clear` 清零",
)
SLOW_STORE: Final = Sentence(
    "look for a slow or full disk, or a busy database; `wechat-scheduler doctor` measures it",
    "检查磁盘是否太慢或已满，数据库是否繁忙；`wechat-scheduler doctor` 会测量它",
)
STANDING: Final = Sentence(
    "restart the daemon, and please report what its log said before",
    "请重启守护进程，并报告此前的日志",
)
LATE_QUEUE: Final = Sentence(
    "calls hang, or more rows fall due than `refresh.slots` and `callbacks.slots` can handle; "
    "`wechat-scheduler doctor` says more",
    "有调用挂起，或到期的行超过了 `refresh.slots` 和 `callbacks.slots` 的处理能力；"
    "`wechat-scheduler doctor` 有更多说明",
)

# How a text begins that is about a job: its key, and what is wrong with it.
OF_JOB: Final = Sentence("wx{appid}/{kind}: {message}", "wx{appid}/{kind}：{message}")
MORE: Final = Sentence(
    "{key}, and {others:d} more of this account: {message}",
    "{key}，以及这个账号的另外 {others} 个：{message}",
)
NO_VALUE_YET: Final = Sentence("it has no value yet", "还没有取得过值")
NO_VALID_VALUE: Final = Sentence("it has no valid value", "没有有效的值")
EXPIRES_AT: Final = Sentence("its value expires at {at}", "它的值将于 {at} 过期")
NO_TICKET: Final = Sentence(
    "no component_verify_ticket came for {appid} since {at}",
    "自 {at} 以来，{appid} 没有收到 component_verify_ticket",
)
DIED: Final = Sentence(
    "{messages} of {whose} died in the last hour: {error}",
    "最近一小时，{whose}有 {messages}失败：{error}",
)
WAITS: Final = Sentence(
    "WeChat refuses what {appid} sends with {errcode:d}; deliveries that wait: {count:d}",
    "微信以 {errcode} 拒绝 {appid} 的发送；等待中的投递：{count}",
)
PUSH_REFUSED: Final = Sentence(
    "the last push to {appid} was refused, and none passed since: {reason}",
    "{appid} 的上一个推送被拒绝，之后没有推送通过：{reason}",
)
SAME_SECRETS: Final = Sentence(
    "compare the Token and the EncodingAESKey in WeChat's console with those of its push endpoint here, or set both up again",
    "请核对微信后台的 Token 和 EncodingAESKey 与这里推送地址的是否一致，或两边重新设置",
)
MESSAGE: Final = Sentence("1 message", "1 条消息")
MESSAGES: Final = Sentence("{count:d} messages", "{count} 条消息")
BOT: Final = Sentence("the bot", "机器人")
APP: Final = Sentence("app {app:d}", "应用 {app} ")
NAMED_APP: Final = Sentence("app {app:d} ({name})", "应用 {app}（{name}）")
PATH_OF: Final = Sentence("/{path:s} of {appid:s}", "{appid} 的 /{path}")
SPENT: Final = Sentence(
    "{what} has used {used:d} of its {most:d} calls of today",
    "{what} 今天的 {most} 次调用已用掉 {used} 次",
)
SLOW_COMMIT: Final = Sentence(
    "a commit on {node} takes {seconds} s", "{node} 上的一次提交要 {seconds} 秒"
)
LOOP_STANDS: Final = Sentence(
    'the loop "{name}" on {node} does not turn', "{node} 上的循环“{name}”不转了"
)
QUEUE_LATE: Final = Sentence(
    'the queue "{name}" is late by more than {minutes:d} minutes',
    "队列“{name}”晚了 {minutes} 分钟以上",
)

IS_TEST: Final = Sentence(
    "this is a test of the alerts, and says nothing about what is wrong at present",
    "这是告警的测试，不说明当前有没有问题",
)
NOTHING_TO_DO: Final = Sentence("nothing is to be done", "不需要处理")
GONE: Final = Sentence("the settings name no such target any more", "设置里已没有这个告警接收者")
NOT_SENT_YET: Final = Sentence("it is not sent yet", "还没有发送")
