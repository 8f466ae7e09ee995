"""Notes on a message that may not come as it was written."""

from typing import Final

from wechat_scheduler.engine.sentences import Sentence

UNSEEN_KEYWORDS: Final = Sentence(
    "WeChat no longer shows first and remark", "微信不再显示 first 和 remark"
)
CANCELLED: Final = Sentence("cancelled by {key}", "被 {key} 取消")
CUT_KEYWORDS: Final = Sentence(
    "WeChat shows only the beginning of {names}", "微信只显示 {names} 的开头"
)
CUT_TEXT: Final = Sentence(
    "the text is too long for one message of WeChat's: only its beginning is sent",
    "文字超过微信一条消息的长度：只发送开头",
)
LONG_AGO: Final = Sentence(
    "WeChat accepts a text only for 48 hours after the user wrote, and for one minute after a follow, a scan or a click on the "
    "menu; this user is not known to have written: "
    "if WeChat refuses it, the message fails. Let the user write to the account first, or send it as a template",
    "只有在用户发言后 48 小时内，以及关注公众号、扫码或点菜单后的一分钟内，微信才收文本，而这个用户没有发言的记录：如果微信拒绝，这条消息就会失败。请先让用户给账号发一条消息，或者改用模板发送",
)
LONG_AGO_THEN: Final = Sentence(
    "WeChat accepts a text only for 48 hours after the user wrote, or one minute after a follow, a scan or a click; that ends before this is sent: unless the user "
    "writes to the account once more until then, the message fails. Send it earlier, or as a template",
    "只有在用户发言后 48 小时内，或关注公众号、扫码、点菜单后的一分钟内，微信才收文本，而到发送时已经超过：除非用户在那之前再给账号发消息，否则这条消息会失败。请提早发送，或者改用模板发送",
)
FALLS_BACK: Final = Sentence(
    "if WeChat refuses the text, the template is sent", "如果微信拒绝文本，就发送模板"
)
NO_REMINDERS: Final = Sentence(
    "the app has no template for reminders: they reach a user only within 48 hours of the user's last message; map the "
    "purpose reminder to one of the account's templates in the app's templates",
    "应用没有提醒用的模板：只有用户最近 48 小时内发过消息才能收到；请在应用的模板里为用途 reminder 选一个账号的模板",
)
UNSUBSCRIBED_PEOPLE: Final = Sentence(
    "{number:d} of its people do not subscribe to the app: they get this reminder, and no messages of the app",
    "其中 {number} 人没有订阅这个应用：他们会收到这个提醒，但收不到应用的消息",
)
NO_URL: Final = Sentence(
    "a mini-program's notice cannot open a url: give one of its pages as miniprogram",
    "小程序的通知不能打开 url：请用 miniprogram 指定它的一个页面",
)
NO_KEYWORD: Final = Sentence("data has no keyword for it", "data 里没有它的关键词")
NEEDS_DATA: Final = Sentence(
    "{keyword} needs {places} in data", "{keyword} 需要 data 里有 {places}"
)
MORE_KEYWORDS: Final = Sentence("it also has the keywords {names}", "模板还有关键词 {names}")
MORE_AND_NONE: Final = Sentence(
    "it also has the keywords {names}, and has no {odd}", "模板还有关键词 {names}，但没有 {odd}"
)
NOT_IMPORTED: Final = Sentence(
    "it is not known whether the account has the template {template_id:s}: import the account's templates to check it",
    "不知道账号有没有模板 {template_id}：请导入账号的模板后再核对",
)
NOT_OF_ACCOUNT: Final = Sentence(
    "the account has no template {template_id:s}, by the list that was imported: name another, or import the list once "
    "more",
    "按已导入的列表，账号没有模板 {template_id}：请换一个，或者重新导入",
)
ONLY_NOTICE: Final = Sentence(
    "the template {template_id:s} is one for subscribe notices: send it by the channel subscribe",
    "模板 {template_id} 是订阅通知的模板：请按订阅通知（subscribe）发送",
)
NO_NOTICE: Final = Sentence(
    "the template {template_id:s} is none for subscribe notices: send it by the channel template",
    "模板 {template_id} 不是订阅通知的模板：请按模板消息（template）发送",
)
TEXT_ALONE: Final = Sentence(
    "a text has no template: the template and its keywords are left out",
    "客服消息不用模板：模板和关键词不会发送",
)
HOLDS_UNSEEN: Final = Sentence(
    "the message holds {names}: characters that are not seen and change how the rest is read; write it without them",
    "消息里有 {names}：这些字符看不见，却会改变其余文字的读法；请去掉再发送",
)
