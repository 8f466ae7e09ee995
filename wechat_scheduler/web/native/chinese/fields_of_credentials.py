"""The Chinese of the fields of credentials and accounts, of pages that sign, and of what WeChat pushes."""

from collections.abc import Mapping
from typing import Final

# fmt: off
BOTH: Final[Mapping[str, str]] = {
    "An account and its tasks.": "一个账号和它的任务",
    "`access_token_endpoint` chooses where its access_token comes from; empty means the daemon's default.":
        "`access_token_endpoint` 选择从哪个接口取 access_token；空表示守护进程的默认值",
    "With `name`, what people call the account, such as the name of the 公众号; an account that has a name keeps it.":
        "可以带 `name`，即人们怎样称呼这个账号，例如公众号的名称；已有名称的账号保留原来的名称",
    "An account, a platform, or an account that authorised one.": "账号、平台，或授权给平台的账号",
    "`name` is what people call it, empty if it has none; `kept` says whether a credential is kept for it.":
        "`name` 是人们怎样称呼它，没有则为空；`kept` 说明是否为它维护着凭据",
    "What people call the account; an empty name removes the one that it has.": "人们怎样称呼这个账号；留空则去掉原来的名称",
    "`name` is what people call the account, `subject_name` what they call the account that is the subject.":
        "`name` 是人们怎样称呼这个账号，`subject_name` 是怎样称呼作为主体的账号",
    "A credential to keep.": "一个要维护的凭据",
    "`subject` may also be given by WeChat's name for it: `authorizer_appid` or `openid`.":
        "`subject` 也可以用微信的名称写：`authorizer_appid` 或 `openid`",
    "`accepted` if WeChat takes the appid with this secret.": "微信接受这个 appid 和 secret 时 `accepted` 为 true",
    "If not, `error` says why; `field` is the field that is wrong, `appid`, `appsecret` or `type`; `address` is that of this machine, if WeChat refuses calls from there.":
        "否则 `error` 说明原因；`field` 是写错的字段：`appid`、`appsecret` 或 `type`；微信拒绝来自本机的调用时，`address` 是本机的地址",
    "Both may be empty.": "两者都可能为空",
    "A job and its state.": "一个任务和它的状态",
    "Instants are RFC 3339 in UTC; `expires_in` is in seconds, 0 without a valid value.":
        "时间为 UTC 的 RFC 3339；`expires_in` 单位秒，没有有效值时为 0",
    "The state of a job's credential.": "任务的凭据的状态",
    "The reason of a failed attempt.": "一次尝试失败的原因",
    "Callers and operators see it; it never holds a secret.": "调用方和管理员能看到；从不含秘密",
    "What a failed fetch of a credential calls for.": "获取凭据失败之后该做什么",
    "Every failure has exactly one.": "每次失败恰有一种",
    "Another program fetches the same credential: a value died long before its expiry, and this daemon had not replaced it.":
        "另一个程序在获取同一个凭据：一个值远未到期就失效了，而替换它的不是这个守护进程",
    "A system that registered the job.": "登记了这个任务的系统",
    "`state` is that of its last notification: pending, delivered or cancelled; empty before the first.":
        "`state` 是最近一次通知的状态：pending、delivered 或 cancelled；还没有通知时为空",
    "`key` is the id of an API key, or `consumer/NAME`.": "`key` 是 API key 的 id，或 `consumer/名字`",
    "`last` is the hour of its last read, in UTC.": "`last` 是最近一次读取所在的小时（UTC）",
    "`value` is the one that WeChat refused, as it was fetched.": "`value` 是微信拒绝的那个值，与取到时相同",
    "The number of tasks in each state, with each reaction to a failed attempt, and that are contested.":
        "各状态的任务数、各种失败处理方式的任务数，以及被争用的任务数",
    "Up to 10,000 rows are counted; `more` says whether there are more.": "最多数到 10,000 行；`more` 说明是否还有更多",
    "A job without a fresh credential; `state` is pending, stale or expired.":
        "没有新鲜凭据的任务；`state` 为 pending、stale 或 expired",
    "Origins as `https://shop.example.com`, without a path or a wildcard.": "页面源写作 `https://shop.example.com`，不带路径和通配符",
    "An empty list allows none.": "空列表表示都不允许",
    "The origins whose pages get signatures of the account without a key.": "这些页面源的网页不用 key 就能得到账号的签名",
    "`url` is the page's `location.href`; from a `#` on it is left out.": "`url` 是网页的 `location.href`；从 `#` 起去掉",
    "What a page gives to `wx.config`, beside its own `debug` and `jsApiList`.":
        "网页交给 `wx.config` 的内容；`debug` 和 `jsApiList` 由网页自己写",
    "`timestamp` is in seconds since 1970.": "`timestamp` 是 1970 年以来的秒数",
    "A push that came `at` for `appid`.": "在 `at` 为 `appid` 收到的一个推送",
    "`name` is WeChat's InfoType, MsgType or Event; `authorizer_appid` the account of an event, `openid` the user of an act, with the `uid` and the `nickname` if they are known.":
        "`name` 是微信的 InfoType、MsgType 或 Event；`authorizer_appid` 是事件所属的账号，`openid` 是有动作的用户，`uid` 和 `nickname` 是此用户已知的 uid 和昵称",
    "`state` says what became of it, `effect` what was done with an act, `reason` why it was refused or passed over, or waits.":
        "`state` 说明结果如何，`effect` 说明对用户的动作做了什么，`reason` 说明为何被拒绝、被略过或在等待",
    "An entry of the kind `refused` counts those of one hour: `at` and `reason` are those of the last.":
        "类型为 `refused` 的一条是一个小时的合计：`at` 和 `reason` 属于最后一个",
    "Which of WeChat's pushes it is.": "是微信的哪种推送",
    "REFUSED counts those of an account and an hour that were refused, or passed over since they could not be read.":
        "REFUSED 是某账号一个小时内被拒绝的，或读不出来而略过的",
    "What became of a push.": "推送的结果如何",
    "The token and key that were entered in WeChat's console; without a key, plain pushes are accepted.":
        "在微信后台填写的 Token 和 Key；没有 Key 则接收明文推送",
    "An account or platform whose pushes are accepted.": "接收其推送的账号或平台",
    "In WeChat's console, `path` follows the daemon's address; `messages_path` does in the 消息与事件接收URL of a platform.":
        "在微信后台，`path` 接在守护进程的地址后面；平台的“消息与事件接收URL”则接 `messages_path`",
    "`events` counts the events of the last seven days by InfoType.": "`events` 是最近七天各 InfoType 的事件数",
    "`verified_at` is the last time WeChat's console verified the URL, `pushed_at` the last push of the last days.":
        "`verified_at` 是微信后台最近一次验证地址的时间，`pushed_at` 是最近几天里最后一次推送的时间",
    "`answer` is WeChat's answer to our last request to push tickets again.": "`answer` 是微信对最近一次“重新推送票据”请求的回答",
    "`count` pushes were refused since the daemon started; `at` and `reason` are those of the last.":
        "守护进程启动以来拒绝了 `count` 个推送；`at` 和 `reason` 属于最后一个",
    "An event that the daemon still has to handle; `note` says why the last attempt failed.":
        "守护进程还要处理的事件；`note` 说明上次尝试为何失败",
    "How many tasks were `removed`, 200 at most, and how many are `left`: of a platform with more, or of other keys.":
        "`removed` 是移除的任务数，最多 200；`left` 是剩下的：平台的任务更多，或属于其他 key",
}
