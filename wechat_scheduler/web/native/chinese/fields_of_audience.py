"""The Chinese of the fields of apps, their templates and QR codes, and of users."""

from collections.abc import Mapping
from typing import Final

# fmt: off
BOTH: Final[Mapping[str, str]] = {
    "A new app.": "一个新应用",
    "It sends through the account `appid`, which cannot be changed.": "它通过账号 `appid` 发送，账号不能修改",
    "An app without its secrets; `callback` is shown without its query.": "一个应用，不含它的秘密；`callback` 不显示查询参数",
    "`token`, `app_key` and `signing_secret` are shown only once.": "`token`、`app_key` 和 `signing_secret` 只显示一次",
    "`token` is shown only once.": "`token` 只显示一次",
    "A template of the account.": "账号的一个模板",
    "`keywords` has the values that WeChat accepts for each keyword; an empty list means any value.":
        "`keywords` 列出每个关键词微信接受的值；空列表表示任何值",
    "`labels` has the words in front of keywords that users see.": "`labels` 是用户看到的、写在关键词前面的文字",
    "`notice` says that it is a subscribe notice, `lasting` that one consent allows any number of them.":
        "`notice` 表示是订阅通知，`lasting` 表示同意一次就可以发送任意多条",
    "`faults` say where the app's own `templates` do not fit them.": "`faults` 说明应用自己的 `templates` 哪里与它们不符",
    "One of WeChat's templates, and the text of each of its keywords, in which `{title}`, `{content}`, `{time}`, `{app}`, and the data of the message by their names are filled in.":
        "微信的一个模板和每个关键词的文本，其中会填入 `{title}`、`{content}`、`{time}`、`{app}`，以及消息 data 里同名的值",
    "A template as an app would have it under a `purpose` or alias, and a message that it would show.":
        "应用以某个 `purpose` 或别名使用的模板，以及要用它显示的消息",
    "The text of each keyword as WeChat gets it; of those in `shortened` the beginning.":
        "微信收到的每个关键词的文本；`shortened` 里的只有开头",
    "Why WeChat would refuse a template.": "微信为何会拒绝一个模板",
    "The `sentence` names the `keyword`, which is empty if no single one is at fault.": "`sentence` 说出 `keyword`；不是某一个关键词的问题时，`keyword` 为空",
    "For its `faults` WeChat would refuse it.": "因为 `faults`，微信会拒绝它",
    "`people` get a message that is sent now; for `heard` of them WeChat accepts texts, as far as it is "
    "known.": "现在发送的消息到达 `people` 人；据目前所知，微信接收发给其中 `heard` 人的客服消息",
    "Up to 10,000 are counted; `more` says whether there are more.": "最多数到 10,000；`more` 说明是否还有更多",
    "`wrong` has them by keyword, which is empty for one of the template itself.": "`wrong` 按关键词列出它们；模板本身的问题，关键词为空",
    "The page that a tap opens; it wins over `url`.": "点击后打开的页面；优先于 `url`",
    "`appid` may be left out if the app's own account is the mini-program.": "应用自己的账号就是小程序时，可以不写 `appid`",
    "`miniprogram_state` and `lang` are for that case only.": "`miniprogram_state` 和 `lang` 只用于这种情况",
    "A new topic.": "一个新主题",
    "A message with this `id` in `to`, as a number, is sent to all subscribers of the topic.":
        "消息的 `to` 里写这个 `id`（数字），就发送给主题的所有订阅者",
    "In pages, `subscribers` is how many subscribe to the topic, also those who get nothing now.":
        "分页时，`subscribers` 是主题的订阅人数，包括现在收不到的人",
    "Up to 1000 are counted; `more` says whether there are more.": "最多数到 1000；`more` 说明是否还有更多",
    "Changes a topic; fields left out stay.": "修改主题；省略的字段不变",
    "A code for the app, for one of its `topic`s, or for a `reminder` that users join.":
        "应用、它的一个 `topic`，或供用户加入的 `reminder` 的二维码",
    "With `consent`, a user who scans it also allows the app's signed calls to set reminders.":
        "带 `consent` 时，扫码的用户也允许应用的签名调用设提醒",
    "`extra` is sent to the app's callback.": "`extra` 会发送到应用的回调",
    "The code expires in `expires_in` seconds, or never.": "二维码在 `expires_in` 秒后过期，不写则永不过期",
    "`url` is the content of the code, for a system that draws it itself; `image_url` is WeChat's image.":
        "`url` 是二维码的内容，供自己绘制的系统使用；`image_url` 是微信的图片",
    "Both are valid until `image_until`; repeat the request to have a code without `expires_at` drawn again.":
        "两者在 `image_until` 之前有效；没有 `expires_at` 的二维码，重复请求即可重新绘制",
    "`stable_url` is the daemon's address of the image, which stays the same; `page_url` is its page that shows a code without `expires_at`.":
        "`stable_url` 是图片在守护进程上的地址，保持不变；`page_url` 是显示没有 `expires_at` 的二维码的页面",
    "The `purpose` of a code is `app`, `topic`, `reminder` or `consent`, and `target` the id of the topic or reminder.":
        "二维码的 `purpose` 是 `app`、`topic`、`reminder` 或 `consent`，`target` 是主题或提醒的 id",
    "`person` is what the app calls that user, or the nickname.": "`person` 是应用自己的用户名，或昵称",
    "`last_uid` scanned it last; it is empty for a code that no user has scanned.": "`last_uid` 是最后扫码的用户，没人扫过则为空",
    "Both are empty without server.public_url.": "没有设置 server.public_url 时两者为空",
    "The openid of one of the app's users.": "应用的一个用户的 openid",
    "The openid of a user, with the app's own name for the user.": "用户的 openid，以及应用自己的用户名",
    "The uid that the daemon gave the user.": "守护进程给用户的 uid",
    "A subscription and its user; `topic` is null for the app itself.": "一个订阅和它的用户；应用本身的订阅，`topic` 为 null",
    "The subscription to the app itself, with `topic` null, or to one of its topics.": "对应用本身的订阅（`topic` 为 null），或对它的一个主题的订阅",
    "`names` are the app's own for the user.": "`names` 是应用自己的用户名",
    "The app sets `blocked`, the user sets `muted`.": "`blocked` 由应用设置，`muted` 由用户设置",
    "`trouble` says why WeChat accepts no message for the user.": "`trouble` 说明微信为何不接收给这个用户的消息",
    "`heard_at` is the user's last action.": "`heard_at` 是用户最近的动作",
    "WeChat accepts texts until `texts_until`, as far as it is known.": "据目前所知，微信接收客服消息到 `texts_until` 为止",
    "`id` is that of the subscription, and the value for `after`.": "`id` 是订阅的 id，也是 `after` 的值",
    "One user as the app knows them.": "应用所知的一个用户",
    "`names` are the app's own for the user; `consented` says whether the user lets the app's signed calls set reminders.":
        "`names` 是应用自己的用户名；`consented` 说明用户是否允许应用的签名调用设提醒",
    "Without `subscriptions` the user left the app.": "没有 `subscriptions` 表示用户已退出应用",
    "Fields that are left out stay as they are.": "没有写的字段保持不变",
    "`quiet` are the hours without messages in the user's time zone, such as `22:00-07:30`, or null.":
        "`quiet` 是用户时区的免打扰时段，例如 `22:00-07:30`，或 null",
    "A user of the account, with the ids of the `apps` to which they subscribed.": "账号的一个用户，以及所订阅应用的 id（`apps`）",
    "`names` are those that apps have for the user.": "`names` 是各应用给这个用户的用户名",
    "`token` is for this user only, and is shown only once.": "`token` 只用于这个用户，只显示一次",
    "`openid` stays the same; `openkey` is valid until `expires_at` and replaces the previous one.":
        "`openid` 保持不变；`openkey` 在 `expires_at` 之前有效，并替换原来的",
    "`consented` says whether the user authorised reminders.": "`consented` 说明用户是否允许设提醒",
    "The user does so on `consent_url`, which is empty without `server.public_url`.":
        "用户在 `consent_url` 上允许；没有设置 `server.public_url` 时它为空",
    "The notices of a template that the user still allows, according to WeChat's pushes: at least `remaining`, or exactly if it is `certain`.":
        "按微信的推送，用户对一个模板还允许的通知数：至少 `remaining` 条，`certain` 时恰好这么多",
    "`used_as` are the app's names of the template.": "`used_as` 是应用给模板的名称",
    "`changed_at` is when the count last changed.": "`changed_at` 是数量最近变化的时间",
}
