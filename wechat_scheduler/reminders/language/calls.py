"""Sentences with a word such as 提醒我 that ask for no reminder: they forbid one, ask about one, or tell of one.

A word counts only if nothing but a time stands before 提醒我: 别每天8点提醒我 forbids, and 别迟到 明天8点提醒我 asks.
"""

from wechat_scheduler.engine.patterns import pattern

_CALL = r"(?:(?:提醒|叫醒?|喊醒?|通知)(?:一下|一声)?[我咱俺])(?![妈爸爷奶儿女们家姐哥弟妹孩媳婆公]|老[师板公婆])"
WHEN = (
    r"(?:[\d零一二两三四五六七八九十半:.点时分刻钟每逢天日周星期礼拜月年号今明后昨早晚上下中午凌晨傍夜里"
    r"这个在到隔小工作末底初都大老总是直你您再给来帮请以之前提的又候次些同准按自动])"
)
"""A character of a time, or of the small words beside one."""

NEVER = (
    r"(?:(?<!要)不(?:再|用|要(?!忘)|必|需要?|想要?|许|准|应?该|希望|得|可以?再|能再)"
    r"|(?<![分特级告个类性区辨送离])别(?![的人墅处家针名忘])|甭|无需|无须|勿|唔使|唔好|莫|禁止|停止|拒绝"
    r"|没(?:有)?(?:必要|打算|答应|同意|(?:让|叫|要求?|说|请|设置?|定|想)过?))"
)
"""The words that forbid what stands behind them."""

_FORBIDS = pattern(
    rf"(?:{NEVER}|(?<!有)没有?|(?<![要能会是好行可需该来用时])不(?:是(?:让|叫|要|说)?)?){WHEN}{{0,24}}?{_CALL}"
)
_TAKEN_BACK = pattern(
    rf"{_CALL}(?:{WHEN}{{0,12}}就?|.{{0,12}}就)(?:不用|不要|不必|免|算|取消)了?吧?[。!~ ]*$"
    rf"|{NEVER}(?:{WHEN}|[我收发送设定建被]){{0,24}}提醒[了吧啊。!~ ]*$|(?:提醒|闹钟|闹铃)(?:就|都|先)?(?:不需要了|(?:别|不要|不用)再?响)"
)
_FIRST = pattern(_CALL)

_WHAT = (
    r"(?:要|该|去|得)?[做干办忙吃买带开看说学写]?(?:什么|啥|(?<=[干做])[嘛吗]|哪些|哪个|谁|几点|几时|几[次遍回个]|多久|多少)"
    r"(?:的?(?:时候|事情?|东西|会|药|次))?"
)
_THEY = (
    r"(?:[我你]?(?:妈妈?|爸爸?|爷爷|奶奶|姐姐?|哥哥?|老[婆公师板]|媳妇|孩子|儿子|女儿)|[他她它]们?|"
    r"同事|领导|客服|闹钟|手机|系统|别人|有人)"
)
_SPEAKS = pattern(
    rf"{_CALL}(?:的(?:事|东西|内容|时候|时间|闹钟|是)|过(?=$|[了吗没吧?。,!~ ])|{WHEN}{{0,8}}{_WHAT}(?:来着|[呢呀啊呐了的吗?。!~ ])*$)"
    r"|(?:提醒|叫|喊|通知)过[我咱俺]"
    rf"|[你您它]会{WHEN}{{0,12}}{_CALL}|(?:^|(?<=[点分半天日号周晚午上时钟后前还]))会{WHEN}{{0,12}}{_CALL}.*(?<![好行可以成])[吗么吧?]+$"
    rf"|(?:老是|总是|[老总](?=[\d每在])|每次都|(?<!小时)(?<!钟头)又|已经?|刚刚?|刚才|才|怎么|为什么|为啥|凭什么){WHEN}{{0,12}}?{_CALL}"
    rf"|[你您](?:又|怎么|是不是|昨天|今天)?忘[记了]*{WHEN}{{0,12}}{_CALL}"
    rf"|(?:要不要|用不用|需不需要|该不该){WHEN}{{0,14}}{_CALL}|(?:需要|用){WHEN}{{1,14}}{_CALL}.*[吗么]"
    rf"|(?:谢谢?|感谢|多亏|幸亏|幸好)(?=[你您]?.{{0,8}}[\d每]){WHEN}{{1,14}}{_CALL}"
    rf"|^{_THEY}(?:说|也|会)*{WHEN}{{2,14}}{_CALL}"
)
_JUDGED = r"(?:太[^太].{0,2}了|真(?:[好棒吵早晚]|及时|准时?)|挺.{1,2}的|(?:好|很|真|太)?烦(?:死|人|了|我)*|[早晚]了|有(?:什么|啥)用|没用)[啊呀啦。!~ ]*$"
_CLAIMED = (
    r"(?:说好|[你您他她]说|我(?:昨天|刚才|刚)?让[你您]|我(?:昨天|刚才|刚)?[设定加建]置?[了过])"
)
_TOLD = pattern(rf"{_CALL}{WHEN}{{0,4}}{_JUDGED}|{_CLAIMED}{WHEN}{{1,14}}{_CALL}")
_DONE = pattern(rf"{_CALL}了(?=$|[吗没吧么呀啊,。!?~ ])|{_CALL}[吗么][?。 ]*$")
_POLITE = pattern(r"能|可以|可否|麻烦|请|帮|好[吗不]|行[吗不]|方便|拜托|劳驾|辛苦|谢")
_THAT_ONE = pattern(rf"{_CALL}的(?:那|这)(?![么样])")


def forbids(text: str) -> bool:
    """Whether a normalised sentence says that no reminder is wanted: 别每天8点提醒我, 我没让你明天8点提醒我."""
    if _TAKEN_BACK.search(text):
        return True
    found = _FORBIDS.search(text)
    return found is not None and _FIRST.search(text, 0, found.start()) is None


def names_one(text: str) -> bool:
    """Whether a normalised sentence speaks of a reminder that exists: 明天8点提醒我的那个."""
    return _THAT_ONE.search(text) is not None


def speaks_of_one(text: str) -> bool:
    """Whether a normalised sentence asks about reminders, or tells of them: 8点提醒我了吗, 你老是8点提醒我."""
    if _SPEAKS.search(text) or _TOLD.search(text):
        return True
    return _DONE.search(text) is not None and not _POLITE.search(text)
