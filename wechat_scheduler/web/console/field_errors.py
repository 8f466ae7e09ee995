"""The Chinese of errors at one field of a request. Their English stands where they are raised."""

from itertools import permutations
from typing import Final

from wechat_scheduler.engine.sentences import Sentence

# fmt: off
_BOTH: Final = {
    "is required": "必须填写",
    "must not be empty": "不能为空",
    "must be a number": "必须是数字",
    "must be a number from 1 to {most:d}": "必须是 1 到 {most} 的数字",
    "must be a whole number": "必须是整数",
    "must be one of {choices}": "必须是其中之一：{choices}",
    "must be an id: up to 16 digits": "必须是 id：最多 16 位数字",
    "must be at most 100 ids with commas between": "必须是 id，用逗号分开，最多 100 个",
    "must be a time with its offset, such as 2026-11-18T10:30:00+08:00":
        "必须是带时区的时间，例如 2026-11-18T10:30:00+08:00",
    "must be an RFC 3339 time such as 2026-11-18T10:30:00+08:00":
        "必须是 RFC 3339 时间，例如 2026-11-18T10:30:00+08:00",
    "must be a time in the years {first:d} to {last:d}": "必须是 {first} 年到 {last} 年之间的时间",
    "must be a day such as 2026-11-18": "必须是日期，例如 2026-11-18",
    "must be 1 to {longest:d} printable characters": "必须是 1 到 {longest} 个可见字符",
    "must be 1 to {longest:d} printable ASCII characters": "必须是 1 到 {longest} 个可见的 ASCII 字符",
    "must be letters, digits, '-' and '_', 128 at the most": "必须是字母、数字、- 和 _，最多 128 个",
    "must be 1 to 32 lower-case letters, digits and '-' between them, such as shop-1":
        "必须是 1 到 32 个小写字母、数字和中间的 -，例如 shop-1",
    "must be 3 to 32 letters and digits": "必须是 3 到 32 个字母和数字",
    "must not be longer than {longest:d} characters": "不能超过 {longest} 个字符",
    "is longer than {longest:d} characters": "超过了 {longest} 个字符",
    "has more than {longest:d} characters": "超过了 {longest} 个字符",
    "must not have a NUL in it": "不能含有 NUL",
    "has a NUL in it": "含有 NUL",
    "is not a time zone such as Asia/Shanghai": "不是时区，例如 Asia/Shanghai",
    "is not known here": "这里没有这个名字",
    "has another form than it must have": "格式不对",
    "did you mean {name}?": "是指 {name} 吗？",
    "the body has {name}": "请求体里有 {name}",
    "is given twice; give it once": "写了两次，请只写一次",
    "occurs twice": "出现了两次",
    "differs from {name}": "与 {name} 不同",
    "is not a value from a Link header": "不是 Link 头里的值",
    "is not a value from a Link header, or its row is gone": "不是 Link 头里的值，或那一行已不存在",
    "expected {wanted}, got {given}": "应为{wanted}，实为{given}",
    "expected {wanted}": "应为{wanted}",

    "is not a secret that WeChat gives out": "不是微信发给的 secret",
    "goes by {name}": "以 {name} 区分",
    "name the {name}, or give a params URL that returns it": "请填写 {name}，或给出能返回它的 params 地址",
    "{kind} needs an {name}: register {parent} too, or give a params URL that returns {{\"{again}\": …}}":
        "{kind} 需要 {name}：请同时登记 {parent}，或给出能返回 {{\"{again}\": …}} 的 params 地址",
    "{kind} needs a params URL that returns {{\"{name}\": …}}":
        "{kind} 需要能返回 {{\"{name}\": …}} 的 params 地址",
    "has {count:d} tasks, more than {most:d}: register them with several requests, "
    "each with the appid and a part of the tasks":
        "有 {count} 个 task，超过 {most} 个：请分几次登记，每次带上 appid 和一部分 task",
    "has {count:d} fields, more than {most:d}: send those of the documentation":
        "有 {count} 个字段，超过 {most} 个：请只写文档里的字段",
    "must begin with http:// or https:// and name a host, without blanks and backslashes":
        "必须以 http:// 或 https:// 开头并写明主机，不能有空格和反斜杠",

    "name who is to get it": "请填写发给谁",
    "name who is to be reminded": "请填写提醒谁",
    "name one user: a uid, the app's own name, or an openid": "请填写一个用户：uid、应用自己的名字或 openid",
    "a webhook goes to the app's callback": "webhook 发往应用的回调",
    "a webhook has no preview": "webhook 没有预览",
    "must not name more than {most:d}": "不能超过 {most} 个",
    "must not have more than {most:d}": "不能超过 {most} 个",
    "must not be more than {most:d}": "不能超过 {most} 个",
    "takes at most {most:d}": "最多 {most} 个",
    "takes at most {most:d} rules": "最多 {most} 条规则",
    "give a text, or a template and its data": "请填写文字，或填写模板和它的数据",
    "give the data for the template": "请填写模板的数据",
    "a template is sent by the channel template": "模板要用 template 方式发送",
    "must be later than now, and than not_before": "必须晚于现在，也晚于 not_before",
    "must be within {days:d} days": "必须在 {days} 天之内",
    "must be later than since, by {days:d} days at the most": "必须晚于 since，最多晚 {days} 天",
    "must be two times such as 22:00-07:30, or null": "必须是两个时间，例如 22:00-07:30，或 null",
    "must not begin and end at the same time": "开始和结束的时间不能相同",
    "must be from 0 to 366 days": "必须是 0 到 366 天",
    "must be from {first:d} to {last:d}": "必须是 {first} 到 {last}",
    "is more than 100 years away": "在 100 年之后",
    "is more than 366 days": "超过 366 天",
    "give a time, or say when": "请填写时间，或说明什么时候",
    "give either a time or when": "时间和 when 只能填写一个",
    "the sentence says when, but not what to be reminded of; add it, or give a title":
        "这句话只说了时间，没说提醒什么：请补上，或填写标题",
    "more than {most:d} people: use a topic": "超过 {most} 人：请用主题",
    "lists active reminders: give state=active too": "只列出有效的提醒：请同时写 state=active",
    "must not look like {other}": "不能写得像{other}",
    "a code is for a topic or for a reminder": "二维码要么给主题，要么给提醒",
    "is given to an app, to nothing else": "只能授权给应用",
    "name the mini-program": "请填写小程序",
    "a mini-program's own notices open its own pages only, those of {appid}":
        "小程序自己的通知只能打开它自己的页面，即 {appid} 的",
    "must be a page's path such as pages/order/detail?id=7, at most {longest:d} characters":
        "必须是页面的路径，例如 pages/order/detail?id=7，最多 {longest} 个字符",

    "name what the key is for": "请选择 key 可以做什么",
    "name at least one delivery": "请至少选择一条投递",
    "name the accounts that it may use": "请填写它可以使用的账号",
    "must be a path such as /cgi-bin/menu/* or GET /cgi-bin/menu/get":
        "必须是路径，例如 /cgi-bin/menu/* 或 GET /cgi-bin/menu/get",
    "must be a path such as /cgi-bin/menu/get": "必须是路径，例如 /cgi-bin/menu/get",
    "names a path that issues tokens: no list keeps these from a consumer, but its revocation does":
        "这个路径会发给 token：名单挡不住使用方调用它，吊销才行",
    "is needed for a limit to paths or to a number of calls, since a token of WeChat's does not identify the "
    "caller: keep it, or end {limits} (0 ends a number, none or an empty list ends paths)":
        "限制路径或调用次数时需要它，因为微信的 token 认不出调用方：请保留它，或取消 {limits}"
        "（次数写 0，路径写 none 或空列表）",
    "must be a rid of WeChat's, such as 5f3c0f2a-1b2c3d4e-5a6b7c8d":
        "必须是微信的 rid，例如 5f3c0f2a-1b2c3d4e-5a6b7c8d",
    "must be an origin such as https://shop.example.com or http://127.0.0.1:8080: without a path or a "
    "wildcard, and in Punycode":
        "必须是页面源，例如 https://shop.example.com 或 http://127.0.0.1:8080：不带路径和通配符，用 Punycode 书写",
    "must be as the page's location.href has it: percent-encoded, and without blanks":
        "必须与网页的 location.href 一致：百分号编码，没有空格",
    "must be the page's location.href, with http:// or https:// and a host":
        "必须是网页的 location.href，带 http:// 或 https:// 和主机",
    "cannot come with hours: give one of the two": "不能与 hours 同时填写：请只写一个",
    "unknown kind {kind}; use some of {kinds}": "没有 {kind} 这一种：请从 {kinds} 里选",
}
# fmt: on
SENTENCES: Final = tuple(Sentence(*both) for both in _BOTH.items())
# What the reader of bodies says that it expected, and what it got.
_SORTS: Final = {
    "a string": "文字",
    "a whole number": "整数",
    "a decimal number": "小数",
    "true or false": "true 或 false",
    "a list": "列表",
    "an object": "对象",
    "an RFC 3339 time such as 2026-11-18T10:30:00+08:00": "RFC 3339 时间（例如 2026-11-18T10:30:00+08:00）",
    "null": "空值",
}
_MEASURES: Final = {
    "{sort} >= {least}": "不小于 {least} 的{zh}",
    "{sort} <= {most}": "不大于 {most} 的{zh}",
    "{sort} of length >= {least}": "长度至少为 {least} 的{zh}",
    "{sort} of length <= {most}": "长度最多为 {most} 的{zh}",
    "{sort} or null": "{zh}或空值",
}
EXPECTED: Final = (
    *(Sentence(*both) for both in _SORTS.items()),
    *(
        Sentence(en.replace("{sort}", sort), told.replace("{zh}", zh))
        for en, told in _MEASURES.items()
        for sort, zh in _SORTS.items()
    ),
    *(
        Sentence(f"{one} or {other}", f"{_SORTS[one]}或{_SORTS[other]}")
        for one, other in permutations(_SORTS, 2)
    ),
    Sentence("integer value out of range", "数字太大"),
    Sentence("number out of range", "数字太大"),
)
