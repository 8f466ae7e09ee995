"""The Chinese of the fields of the daemon's own state, of statistics, alerts, and of what WeChat counts and records."""

from collections.abc import Mapping
from typing import Final

# fmt: off
BOTH: Final[Mapping[str, str]] = {
    "`subject` is what the alert is about: a job, an app, a platform, a path.": "`subject` 是告警所指的：任务、应用、平台或路径",
    "`node` is the machine that alone sees it, or empty.": "`node` 是唯一看到它的机器，或为空",
    "`state` is firing or cleared.": "`state` 为 firing 或 cleared",
    "`since` is when it was first seen, `told_at` the last message about it.": "`since` 是第一次看到的时间，`told_at` 是最近一次通知的时间",
    "`name` is what people call the account of `appid`.": "`name` 是人们怎样称呼 `appid` 这个账号",
    "`changed_at` is when `text` changed last after it fired.": "`changed_at` 是触发之后 `text` 最近一次改变的时间",
    "`gone_at` is since when its cause is not seen any more, and `clears_at` when it is over then, unless the cause comes back.":
        "`gone_at` 是原因消失的时间，`clears_at` 是原因不再出现时告警结束的时间",
    "`times` is 2 or more if its cause came back within a day.": "原因在一天内再次出现时，`times` 为 2 或更多",
    "Instants are RFC 3339 in UTC.": "时间为 UTC 的 RFC 3339",
    "`target` is one that the settings name; without it all of them are tested.": "`target` 是设置里的一个告警接收者；不写则测试全部",
    "What became of a test.": "测试的结果",
    "`answer` says why it was not `accepted`; `delivery` is that of a message in WeChat, else empty.":
        "`answer` 说明为何没有 `accepted`；`delivery` 是微信消息的投递，否则为空",
    "For how many seconds no message about it is sent; 0 ends it.": "多少秒内不发它的消息；0 表示恢复",
    "The address that WeChat saw the calls of a machine come from.": "微信看到的一台机器的调用来源地址",
    "`clock_ahead_seconds` is how far its machine's clock is ahead of the database's, negative if behind; `schema_version` is the newest schema that its program knows; `store_answer_seconds` how long the database takes to answer it.":
        "`clock_ahead_seconds` 是它的机器时钟比数据库快多少秒，慢则为负；`schema_version` 是它的程序认识的最新结构版本；`store_answer_seconds` 是数据库回答它要多少秒",
    "The state of a node.": "节点的状态",
    "`silent`: it died, hangs, or cannot reach the store.": "`silent`：进程已结束、挂起，或连不上存储",
    "One that stops normally is removed at once.": "正常停止的会立即移除",
    "The rows that it works on, by queue.": "它正在处理的行数，按队列",
    "`nodes` and `egress` are for keys with the scope admin, and null for others.": "`nodes` 和 `egress` 只给带 admin 权限的 key，其他 key 得到 null",
    "What the store does not tell within two seconds is null.": "存储两秒内没有回答的为 null",
    "Whether each loop is on time.": "每个循环是否准时",
    "`refreshed`: new values of credentials, without the same value again, and attempts that failed.":
        "`refreshed` 是凭据的新值，不含微信再次返回的同一个值；另有失败的尝试",
    "Messages to people: `accepted` by WeChat, `delivered` by its receipt, attempts that failed and are repeated, and `dead` ones, expired included.":
        "给用户的消息：微信已接收的 `accepted`，有回执的 `delivered`，失败后会重试的，以及 `dead` 的（含过期的）",
    "Calls to business systems likewise.": "对业务系统的调用，同理",
    "Reminders that `fired`, and that were `missed`.": "已触发（`fired`）和已错过（`missed`）的提醒",
    "`pushed`: what WeChat pushed to us.": "`pushed`：微信推送给我们的",
    "The hour or the day that begins `at`.": "从 `at` 开始的一小时或一天",
    "The last one is not over.": "最后一个还没有结束",
    "`periods` are the oldest first, without gaps; `total` and `errors` are of all of them.":
        "`periods` 从最早的开始，没有间断；`total` 和 `errors` 是全部的合计",
    "Failures of refreshes and messages by WeChat's errcode, the most first; `none` where WeChat gave none, `other` beyond those that are counted on their own.":
        "刷新和消息的失败，按微信的 errcode，最多的在前；微信没有给出的为 `none`，没有单独计数的为 `other`",
    "What to do about each errcode that is known.": "每个已知 errcode 该怎么处理",
    "The length of a period.": "一个时间段的长度",
    "A day begins at midnight in Shanghai.": "一天从上海时间零点开始",
    "`store` says whether the store is readable and writable, `loops` which loops run; `store_error` why the store is not writable.":
        "`store` 说明存储能否读写，`loops` 说明哪些循环在运行；`store_error` 说明存储为何不能写",
    "`clock_ahead_seconds` is how far this machine's clock is ahead of the database's, which decides.":
        "`clock_ahead_seconds` 是本机时钟比数据库快多少秒；以数据库的为准",
    "Credentials that are not fresh do not make the daemon unready: another daemon on the same store has no fresher ones.":
        "凭据不新鲜不算没有准备好：同一个存储上的其他守护进程也没有更新的",
    "`kind` is sqlite or postgresql.": "`kind` 为 sqlite 或 postgresql",
    "`error` says why it is not writable; `answer_seconds` is how long a read took just now, `commit_seconds` how long a commit takes.":
        "`error` 说明为何不能写；`answer_seconds` 是刚才一次读取用的秒数，`commit_seconds` 是一次提交用的秒数",
    "Null while it does not respond.": "没有响应时为 null",
    "Deliveries of messages and callbacks that wait, those that died in the last 24 hours, and the reminders that are due in the next 24.":
        "等待中的消息和回调投递、最近 24 小时内失败的投递，以及接下来 24 小时内到时间的提醒",
    "A setting by its path, with its value in the notation of the environment.": "一项设置的路径，以及它按环境变量写法的值",
    "Passwords are masked.": "密码已遮盖",
    "`path` is one of WeChat's, such as `/cgi-bin/menu/get`.": "`path` 是微信的路径，例如 `/cgi-bin/menu/get`",
    "The first three are WeChat's numbers of today; `largest` are those who made the most calls through the gateway.":
        "前三个是微信今天的数字；`largest` 是经网关调用最多的调用方",
    "A call as WeChat recorded it, without its secrets: when it came and how long it took, its address and body, WeChat's answer, and the address that it came from.":
        "微信记录的一次调用，不含秘密：何时到达、用了多久、地址和请求体、微信的回答，以及来源地址",
}
