"""The Chinese of errors of requests. Their English stands where they are raised."""

from typing import Final

from wechat_scheduler.engine.sentences import Sentence

# fmt: off
# About one field, of which they are the rest of a sentence.
_OF_FIELDS: Final = {
    "is required": "必须填写",
    "must not be empty": "不能为空",
    "must be a number": "必须是数字",
    "must be a number from 1 to {most:d}": "必须是 1 到 {most} 的数字",
    "must be a whole number": "必须是整数",
    "must be one of {choices}": "必须是其中之一：{choices}",
    "must be 6 to 32 hexadecimal digits": "必须是 6 到 32 位十六进制数字",
    "does not go with sort: these are listed by id": "不能与 sort 同时使用：按 id 查找的结果按 id 排列",
    "must be an id: up to 16 digits": "必须是 id：最多 16 位数字",
    "is needed with openid, which is a user's at one account: add appid=": "必须与 openid 一起填写：openid 只是一个账号里的用户，请加上 appid=",
    "goes with app alone": "只能和 app 一起使用",
    "must be at most 100 ids with commas between": "必须是 id，用逗号分开，最多 100 个",
    "must be at most 1000 appids with commas between": "必须是 appid，用逗号分开，最多 1000 个",
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
    "name one receiver: a uid, the app's own name, an openid, a topic, or *": "请填写一个接收者：uid、应用自己的名字、openid、主题，或者 *",
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
    "{scope} fetches values of credentials, and view is for a key that only looks: leave out one of the two":
        "{scope} 能获取凭据，view 只用于查看：两者只能选一个",
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
# About a whole request.
_OF_REQUESTS: Final = {
    "there is no app {id}": "没有应用 {id}",
    "there is no message {id}": "没有消息 {id}",
    "there is no delivery {id}": "没有投递 {id}",
    "there is no reminder {id}": "没有提醒 {id}",
    "there is no alert {id}": "没有告警 {id}",
    "there is no subscription {id}": "没有订阅 {id}",
    "nothing has that id: an id has up to 16 digits": "没有这个 id：id 最多 16 位数字",
    "there is no reminder of that id: an id has 32 hexadecimal digits":
        "没有这个 id 的提醒：id 有 32 位十六进制数字",
    "there is no open session with the id {id}": "没有 id 为 {id} 的会话",
    "there is no consumer {name}; the list of consumers has their names":
        "没有使用方 {name}：名字见使用方列表",
    "there is a consumer {name}: rotate its secret, or revoke it first":
        "已有使用方 {name}：请更换它的 secret，或先吊销它",
    "{name} was revoked: make a new one with this name": "{name} 已吊销：请用这个名字新建一个",
    "there is no other key {id}": "没有另一个 key {id}",
    "there is no API key with the id {id}: the list of keys has their ids":
        "没有 id 为 {id} 的 API key：id 见 key 列表",
    "the app has no topic {id}": "应用没有主题 {id}",
    "the name {name} is that of another user, {uid}: choose another, or let it move":
        "名字 {name} 属于另一个用户 {uid}：请换一个，或者让它移过来",
    "the app has no message {id}": "应用没有消息 {id}",
    "the app has no subscriber {name}": "应用没有订阅者 {name}",
    "the app has no reminder {id}": "应用没有提醒 {id}",
    "no push endpoint is configured for {appid}": "没有为 {appid} 设置推送地址",
    "no {kind} is registered for {names}": "{names} 没有登记 {kind}",
    "nothing is registered for {appid}": "{appid} 没有登记任何凭据",
    "this API key has registered nothing of {appid}": "这个 API key 没有登记过 {appid} 的凭据",
    "{name:s} is not registered": "{name} 没有登记",
    "{key} is still being fetched": "{key} 还在获取中",
    "{key} has no valid value: {message}": "{key} 没有有效的值：{message}",
    "{appid} has several {kind}: name one, as in …/{name}": "{appid} 有几个 {kind}：请指明一个，例如 …/{name}",
    "this API key has not registered {key}": "{key} 不是这个 API key 登记的",
    "unknown task type {type}; use one of {types}": "没有凭据类型 {type}：请从 {types} 里选",
    "the settings name no alert target {name}": "设置里没有告警接收者 {name}",
    "the user {name} did not join this reminder": "用户 {name} 没有加入这个提醒",

    "it is {state}: there is nothing to try again": "它的状态是 {state}：没有可以重发的",
    "it was sent again meanwhile, and is {state}: read why before you send it once more":
        "它刚被重新发送过，现在的状态是 {state}：请先看原因，再决定是否重发",
    "it was changed since: read it again, and send the change with its new ETag":
        "它刚被别处改过：请再读一次，并带上新的 ETag 发送更改",
    "it is {state}: there is nothing to cancel": "它的状态是 {state}：没有可以取消的",
    "it is over: there is nothing to mute": "它已结束：没有可以静音的",
    "the reminder is {state}": "提醒的状态是 {state}",
    "the reminder {id} is being changed by others: try again": "提醒 {id} 正在被别人修改：请再试一次",
    "there is no deletion to undo": "没有可以撤销的删除",
    "it was too long ago": "已过去太久",
    "it never fires (again)": "它（再也）不会到时间",
    "its lines fire more often than every {seconds} s together": "各行合起来比每 {seconds} 秒一次还频繁",
    "it was not sent as a template message: WeChat lists only those":
        "它不是作为模板消息发送的：微信只列出模板消息",
    "the key {key} was already used with another request: use a new one":
        "键 {key} 已用于另一个请求：请换一个新的",
    "the lifetime of a temporary code must be 1 second to 30 days": "临时二维码的有效期必须是 1 秒到 30 天",
    "give at least one filter: state, app, message, uid …": "请至少填写一个筛选条件：state、app、message、uid 等",
    "the body does not match its headers": "请求体与它的头不符",
    "the body is larger than {limit:d} bytes": "请求体超过 {limit} 字节",
    "the body has the same task twice": "同一个 task 出现了两次",
    "at most {most:d} subscribers are bound at once": "一次最多绑定 {most} 个订阅者",
    "a name has 1 to {longest:d} characters": "名字有 1 到 {longest} 个字符",
    "{name} looks like {other}: use another name": "{name} 写得像{other}：请换一个名字",
    "{name} comes without an openid": "{name} 没有带 openid",

    "the app {app} has no template for the purpose {purpose}: map the purpose to one of "
    "the account's templates in the app's templates, or use the channel auto":
        "应用 {app} 没有为用途 {purpose} 指定模板：请在应用的模板里为它指定账号的一个模板，或用 auto 方式",
    "the app {app} has no template {name}, and none of this id was imported":
        "应用 {app} 没有模板 {name}，也没有导入过这个 id 的模板",
    "if it is WeChat's id, give data for its keywords": "如果是微信的 id，请填写它的关键词的数据",
    "WeChat did not return the templates: {error}": "微信没有返回模板：{error}",
    "WeChat did not create a code: {error}": "微信没有生成二维码：{error}",
    "WeChat does not answer: {error}": "微信没有回答：{error}",
    "WeChat refused: {error}": "微信拒绝了：{error}",
    "{appid} was checked {most:d} times within a minute: wait a little":
        "{appid} 在一分钟里检查了 {most} 次：请稍等",
    "no {kind} is kept for {appid}: {remedy}": "没有为 {appid} 保管 {kind}：{remedy}",
    "register the account with its AppSecret": "请用 AppSecret 登记这个账号",
    "register type 1 (jsapi_ticket) of it": "请登记它的类型 1（jsapi_ticket）",

    "this API key lacks the scope {scope}": "这个 API key 没有 {scope} 权限",
    "this API key lacks the scope push, which pushes about users need":
        "这个 API key 没有 push 权限，查看关于用户的推送需要它",
    "it was sent or changed since": "之后已发送或又改过",
    "must be before the time after it, {time}": "必须早于再下一次，{time}",
    "there is no time zone {zone}": "没有时区 {zone}",
    "this API key is limited to types, and may not change what the whole account uses":
        "这个 API key 限于某些类型，不能修改整个账号使用的内容",
    "there is no API key with the id {name}; the id of {key} is {ids}": "没有编号为 {name} 的 API key；{key} 的编号是 {ids}",
    "this API key is limited to the types {types}": "这个 API key 只能用于类型 {types}",
    "this API key is limited to the appids {appids}": "这个 API key 只能用于 appid {appids}",
    "this API key is unknown, revoked or expired, or may not be used from this address":
        "这个 API key 不存在、已吊销、已过期，或不能从这个地址使用",
    "metrics are about all jobs, and this API key is limited to some":
        "指标是关于所有任务的，而这个 API key 只能用于一部分",
    "only the admin key of a state folder can revoke the other admin keys":
        "只有状态目录里的管理员 key 才能吊销其他管理员 key",
    "an admin key cannot be limited to appids or types": "管理员 key 不能限于某些 appid 或类型",
    "this session has ended": "会话已结束",
    "this key has opened {most:d} sessions within a minute: wait a minute":
        "这个 key 在一分钟里打开了 {most} 个会话：请等一分钟",
    "this needs server.public_url: the address at which users reach this daemon":
        "这需要设置 server.public_url：用户访问这个守护进程的地址",
    "too many requests of this API key wait for changes: end some, or retry later":
        "这个 API key 有太多请求在等待变化：请结束一些，或稍后再试",
}
# fmt: on
SENTENCES: Final = tuple(Sentence(*both) for both in (*_OF_FIELDS.items(), *_OF_REQUESTS.items()))
