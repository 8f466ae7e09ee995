"""The Chinese of errors about a whole request. Their English stands where they are raised."""

from typing import Final

from wechat_scheduler.engine.sentences import Sentence

# fmt: off
_BOTH: Final = {
    "there is no app {id}": "没有应用 {id}",
    "there is no message {id}": "没有消息 {id}",
    "there is no delivery {id}": "没有投递 {id}",
    "there is no reminder {id}": "没有提醒 {id}",
    "there is no alert {id}": "没有告警 {id}",
    "there is no subscription {id}": "没有订阅 {id}",
    "there is no {name} of that id: an id has up to 16 digits": "没有这个 id 的 {name}：id 最多 16 位数字",
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
    "{name:s} is not registered": "{name} 没有登记",
    "{key} is still being fetched": "{key} 还在获取中",
    "{key} has no valid value: {message}": "{key} 没有有效的值：{message}",
    "{appid} has several {kind}: name one, as in …/{name}": "{appid} 有几个 {kind}：请指明一个，例如 …/{name}",
    "this API key has not registered {key}": "{key} 不是这个 API key 登记的",
    "unknown task type {type}; use one of {types}": "没有凭据类型 {type}：请从 {types} 里选",
    "the settings name no alert target {name}": "设置里没有告警接收者 {name}",
    "the user {name} did not join this reminder": "用户 {name} 没有加入这个提醒",

    "it is {state}: there is nothing to try again": "它的状态是 {state}：没有可以重发的",
    "it is {state}: there is nothing to cancel": "它的状态是 {state}：没有可以取消的",
    "it is over: there is nothing to mute": "它已结束：没有可以静音的",
    "the reminder is {state}": "提醒的状态是 {state}",
    "the reminder {id} is being changed by others: try again": "提醒 {id} 正在被别人修改：请再试一次",
    "there is no deletion to undo": "没有可以撤销的删除",
    "it was deleted too long ago": "删除已过去太久",
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
    "register {appid} too: until then nothing is sent through this account":
        "{appid} 还没有登记：登记之前，不会通过这个账号发送任何内容",
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

    "this API key lacks the scope {scope}": "这个 API key 没有 {scope} 权限",
    "this API key lacks the scope push, which pushes about users need":
        "这个 API key 没有 push 权限，查看关于用户的推送需要它",
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
SENTENCES: Final = tuple(Sentence(*both) for both in _BOTH.items())
