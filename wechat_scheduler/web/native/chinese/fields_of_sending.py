"""The Chinese of the fields of messages, deliveries and reminders."""

from collections.abc import Mapping
from typing import Final

# fmt: off
BOTH: Final[Mapping[str, str]] = {
    "One to a topic, or to those who joined a reminder, is counted until each of them has a delivery: until then it is `spreading`.": (
        "发给主题或提醒参与者的一条，在每个人都有自己的投递之前也计入，此时 `spreading` 为 true"
    ),
    "`topic` is the name of a topic, empty for others.": "`topic` 是主题的名称，其他的为空",
    "`doubts` say which keywords it would refuse in other messages.": "`doubts` 说明其他消息里微信会拒绝哪些关键词",
    "`to` holds uids, the app's own names of users, openids, ids of topics as numbers, or `*` for all subscribers.":
        "`to` 写 uid、应用自己的用户名、openid、主题 id（数字），或 `*` 表示所有订阅者",
    "The channel `webhook` sends to the app's callback; leave `to` out with it.": "渠道 `webhook` 发送到应用的回调；这时不写 `to`",
    "An alias of the app, or an id of WeChat's.": "应用的模板别名，或微信的模板 id",
    "Keywords of the template with their values.": "模板的关键词和它们的值",
    "The first line of a text; templates have it as a keyword.": "文本的第一行；模板里是一个关键词",
    "What the user reads.": "用户读到的内容",
    "How `text` is written.": "`text` 的写法",
    "What a tap opens.": "点击后打开的地址",
    "It is not sent before this.": "在此之前不发送",
    "It is not sent after this.": "在此之后不发送",
    "The message of the app in whose place it is sent.": "应用的一条消息，这条消息代替它发送",
    "It was sent in the place of the message `corrects`; `corrected_by` are those that were sent in its place.":
        "它代替 `corrects` 这条消息发送；`corrected_by` 是代替它发送的消息",
    "`urgent` ignores quiet hours.": "`urgent` 不受免打扰时段限制",
    "`deliveries` are in the order of `to`.": "`deliveries` 按 `to` 的顺序",
    "`to` has each user once, with `names` as in a list.": "`to` 里每个用户一次；`names` 与列表中相同",
    "`id` is null if nothing was stored; `notes` say what WeChat will not show, and why the account cannot send at present.":
        "没有保存任何内容时 `id` 为 null；`notes` 说明微信不会显示什么，以及账号现在为什么发不出去",
    "The delivery of one entry of `to`; if `id` is null, `error` says why there is none.":
        "`to` 中一项的投递；`id` 为 null 时，`error` 说明为何没有",
    "A receiver that is named twice gets one delivery.": "写了两次的接收者只有一条投递",
    "A message; `counts` has the number of its deliveries in each state.": "一条消息；`counts` 是各状态的投递数",
    "`reminder` is the id of the reminder that it comes from, or empty.": "`reminder` 是发出它的提醒的 id，没有则为空",
    "The page of a `retracted` message no longer shows it.": "已撤回（`retracted`）的消息，它的页面不再显示内容",
    "A message without its content.": "一条消息，不含内容",
    "`to` and `person` are those of its only receiver, empty if there are several.": "`to` 和 `person` 是唯一的接收者；有多个时为空",
    "`title` is its title, its template or the beginning of its text; empty if it is `retracted`.":
        "`title` 是标题、模板或文本的开头；已撤回（`retracted`）则为空",
    "While it is `spreading`, not each receiver is in `counts`.": "`spreading` 为 true 时，`counts` 里还不是每个接收者都有",
    "One message to one receiver.": "给一个接收者的一条消息",
    "`channel` says what `to` is: a person's uid, a topic's id, or the app's webhook.": "`channel` 说明 `to` 是什么：用户的 uid、主题的 id，或应用的 webhook",
    "`person` is the app's own name for the user, or the nickname; empty if neither is known.":
        "`person` 是应用自己的用户名，或昵称；都不知道时为空",
    "`title` is the message's, its template, or the beginning of its text.": "`title` 是消息的标题、模板，或文本的开头",
    "`due_at` is the time of the next attempt; `reason` explains `state`.": "`due_at` 是下次尝试的时间；`reason` 解释 `state`",
    "`openid` is that of a person, empty for others.": "`openid` 是用户的，其他接收者为空",
    "If `corrected` is true, the receiver was sent another message that corrects it.": "`corrected` 为 true 时，已有改正后的消息发给了接收者",
    "A replay of all that match leaves out those that were `corrected` in another message: a `dry_run` counts them.": "重发所有符合的投递时，不包括已在另一条消息中改正的（`corrected`）：`dry_run` 会给出它们的数量",
    "If `possibly_duplicate` is true, the receiver may have seen the message twice.": "`possibly_duplicate` 为 true 时，接收者可能看到两次",
    "A delivery with every attempt, the oldest first.": "一条投递和它的每次尝试，最早的在前",
    "`appid` is that of a person's account.": "`appid` 是用户所在账号的",
    "It is not sent after `expires`, and not tried again after `gives_up_at` if it failed before.":
        "`expires` 之后不再发送；失败过的在 `gives_up_at` 之后不再重试",
    "A claimed delivery is shown as SENDING and stored as PENDING.": "正在处理的投递显示为 SENDING，存为 PENDING",
    "A delivery is DELIVERED once the receiver confirms it, and stays ACCEPTED where WeChat sends no receipt.":
        "接收者确认后为 DELIVERED；微信不发回执的一直是 ACCEPTED",
    "DEAD, CANCELLED, EXPIRED and MISSED ones are not tried again.": "DEAD、CANCELLED、EXPIRED 和 MISSED 的不再重试",
    "A delivery is MISSED if its reminder fell due while no daemon ran.": "提醒到时间而没有守护进程在运行，投递就是 MISSED",
    "One attempt.": "一次尝试",
    "`error` is empty if the receiver took the message; `errcode` and `rid` are WeChat's.":
        "接收者收下消息时 `error` 为空；`errcode` 和 `rid` 由微信给出",
    "Deliveries that match all given fields; `since` and `until` are times of their creation.":
        "符合所有已写字段的投递；`since` 和 `until` 是创建时间",
    "Those that were `settled_by` a time have not been sent again since.": "`settled_by` 选出在这一时刻已有结果、之后没有重发过的",
    "With the `settled_at` that was seen as `settled_by`, a delivery that was sent again since is left as it is.":
        "把看到的 `settled_at` 写成 `settled_by`，之后又重发过的投递就保持不变",
    "With `dry_run` nothing is changed: the answer has the `ids` of those that would be.":
        "带 `dry_run` 时不改变任何东西：返回将会改变的投递的 `ids`",
    "`count` deliveries were changed, or would be after a `dry_run`: those of the `ids`.":
        "改变了（`dry_run` 时为将会改变）`count` 条投递，即 `ids` 里的",
    "If `more` is true there may be others: repeat the request.": "`more` 为 true 时可能还有：请重复请求",
    "What WeChat lists of the messages of this template that it intercepted.": "微信列出的这个模板被拦截的消息",
    "If `intercepted`, `title`, `content` and `at` are as WeChat tells them.": "被拦截（`intercepted`）时，`title`、`content` 和 `at` 由微信给出",
    "If it is not, and not `complete`, WeChat's list is longer than was read.": "没有被拦截、`complete` 又为 false 时，微信的列表比读到的长",
    "`ways` are tried in their order.": "`ways` 按顺序尝试",
    "`error` says why the message would not be sent; empty if it would.": "`error` 说明消息为何不会发送；会发送则为空",
    "`warnings` are about what WeChat does not show.": "`warnings` 说明微信不会显示什么",
    "`waits_until` is the end of the receiver's quiet hours.": "`waits_until` 是接收者免打扰时段的结束",
    "`uid`, `openid` and `person` are those of the receiver, empty if there is none.": "`uid`、`openid` 和 `person` 是接收者的；没有接收者则为空",
    "The message by one `way`: `text`, or a template with its keywords, which WeChat would refuse for its `faults`.":
        "以一种方式（`way`）显示的消息：`text`，或模板和它的关键词；因为 `faults`，微信会拒绝这个模板",
    "A tap opens `miniprogram`, or `url`.": "点击后打开 `miniprogram` 或 `url`",
    "A keyword of a template.": "模板的一个关键词",
    "`label` is the word in front of it that the user sees, empty if it is not known.": "`label` 是用户看到的、写在它前面的文字，不知道时为空",
    "`type` is empty for one of an older template; `takes` is what WeChat accepts, `fault` why it refuses this value.":
        "旧模板的关键词 `type` 为空；`takes` 是微信接受的值，`fault` 说明为何拒绝这个值",
    "Of one that is `cut` only the beginning is shown, and nothing of one that is `hidden`.":
        "`cut` 的只显示开头，`hidden` 的完全不显示",
    "A new reminder of an app; its zone is the app's if none is given.": "应用的一个新提醒；不写时区则用应用的时区",
    "`rule` null makes the reminder due once.": "`rule` 为 null 时提醒只有一次",
    "A rule contains its days: with a `time` on another day, give a new rule too.": "规则包含日子：`time` 换到别的日子时，也要写新的规则",
    "With `only_next` the `time`, or that of `when`, is of the next occurrence alone, and the rule and `defer` stay.":
        "写了 `only_next`，`time` 或 `when` 的时间只用于下一次，规则和 `defer` 不变",
    "`to` replaces the receivers that requests named; users who joined by themselves stay.":
        "`to` 替换请求里写的接收者；自己加入的用户保留",
    "`time` is the next occurrence in `zone`, or the last one of a finished reminder.": "`time` 是按 `zone` 的下一次，已结束的提醒则是最后一次",
    "`rule` is null for a reminder that is due once; its COUNT is what remains.": "只有一次的提醒 `rule` 为 null；规则里的 COUNT 是剩下的次数",
    "`due_at`, in UTC, is when the reminder is sent next.": "`due_at`（UTC）是下次发送提醒的时间",
    "`to` has the topics, and the first users who joined: at most 2000, and 20 in a list; `joined` counts all of them.":
        "`to` 是主题和最先加入的用户：最多 2000 个，列表里 20 个；`joined` 是总数",
    "`reason` says why the daemon itself paused it, and is empty if it did not.": "`reason` 说明守护进程为何自行暂停了它；没有则为空",
    "`fired` and `missed` count occurrences.": "`fired` 和 `missed` 是已触发和已错过的次数",
    "`notes` are warnings about parts of the request that are not carried out, and, when it is made, about its people and its account.":
        "`notes` 是警告：请求的哪些部分不会执行；创建时还有关于接收者和账号的",
    "The reminder that the body would make.": "请求体会创建的提醒",
    "`next` are the times at which it would be sent, in `zone`.": "`next` 是按 `zone` 会发送的各次时间",
    "`hour_assumed` means that `when` says no hour, `assumed` what else it leaves open.":
        "`hour_assumed` 表示 `when` 没有写几点，`assumed` 是它没有写明的各项",
    "What the sentence leaves open, and the time that it is read as: `hour` if no hour is written, `half` if an hour is, but not which half of the day, `day` if a week, a month or a year is, or 明天 in the small hours, `before` if a time is before which it is wanted, and `soon` for 一会儿.":
        "句子没有写明的一项，和按什么时间理解：没有写几点是 `hour`，没有写上午还是下午是 `half`，只写了周、月、年，或凌晨写的“明天”是 `day`，写的是“……之前”是 `before`，“一会儿”是 `soon`",
    "`said` are the words.": "`said` 是句子里的词",
    "`notes` are warnings: about parts of the request that would not be carried out, and about an app that has no template for reminders, its people and its account.":
        "`notes` 是警告：请求的哪些部分不会执行，应用没有提醒模板，以及关于接收者和账号的",
    "`waits_until` is the end of the only receiver's quiet hours, for which the first of `next` waits.":
        "`waits_until` 是唯一接收者免打扰时段的结束，`next` 的第一次等到那时才发",
    "`error` says why it would not be sent if it were due now; empty if it would.": "`error` 说明现在到点的话为什么发不出去；能发则为空",
    "`rings` are in the order of time.": "`rings` 按时间排列",
    "`after` names the next page, and is empty on the last.": "`after` 指向下一页，最后一页为空",
    "`complete` is false if more reminders recur than a page looks at: then some are missing, and `app` or `uid` shows fewer.":
        "重复的提醒多于一页能查看的数量时，`complete` 为 false：有些没有列出，可用 `app` 或 `uid` 缩小范围",
    "The reminder `id` is sent at `at`, in its zone.": "提醒 `id` 在 `at`（按它的时区）发送",
    "`rule` is null for a reminder that is due once.": "只有一次的提醒 `rule` 为 null",
    "`to` has its topics and the first 20 of those who joined; `joined` counts all of them; `names` are as in the list of reminders.":
        "`to` 是它的主题和最先加入的 20 个用户；`joined` 是总数；`names` 与提醒列表相同",
    "Also `names`: of its owner and those in `to` who have a name, by uid and by the id of the topic.":
        "另有 `names`：它的所有者和 `to` 里有名字的那些，按 uid 和主题 id",
    "`last_counts` has the number of deliveries in each state of what it sent last, of a thousand at most.":
        "`last_counts` 是它上次发送的各状态的投递数，最多数一千条",
    "The reminder is removed.": "提醒已删除",
    "Until `until`, `undo` restores it.": "在 `until` 之前可以用 `undo` 恢复",
    "`undo` is from the removal or the change.": "`undo` 来自删除或修改时的返回",
    "The changed reminder.": "修改后的提醒",
    "Until `until`, `undo` makes it what it was; `undo` is empty after a change of `to`, and if nothing changed.":
        "在 `until` 之前可以用 `undo` 改回原样；改了 `to` 则 `undo` 为空",
    "`before` was its time, null if neither that nor the rule changed; `changed` names the fields that are others now.":
        "`before` 是原来的时间，时间和规则都没改则为 null；`changed` 是改了的字段的名称",
    "The reminder as it was again.": "恢复原样的提醒",
    "`undone` is `removal` or `change`, or empty if it was so already; `changed` names the fields that a change had made others, and `before` is the time that it had given, null if it gave none.":
        "`undone` 是 `removal`（删除）或 `change`（修改），本来就是原样则为空；`changed` 是修改过的字段的名称，`before` 是修改后的时间，没有改过时间则为 null",
    "`now` defaults to this moment; `zone` is the speaker's.": "`now` 默认为此刻；`zone` 是说话人的时区",
    "`time` is the event, or the first of several; `rule` is null for a single one.": "`time` 是事情的时间，或多次中的第一次；只有一次则 `rule` 为 null",
    "The reminder is wanted `advance` minutes earlier; `end` is the end of a range of time.":
        "提醒要提前 `advance` 分钟；`end` 是时间范围的结束",
    "`hour_assumed` means that no hour is said, and `assumed` names what else it leaves open.":
        "`hour_assumed` 表示没有说几点，`assumed` 是句子没有写明的各项",
    "`understood` says all of it in words.": "`understood` 用文字说出全部理解",
    "`also` are the other reminders that the sentence asks for.": "`also` 是句子里要求的其他提醒",
}
