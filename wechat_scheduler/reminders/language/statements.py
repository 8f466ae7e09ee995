"""Sentences in which others act, or something happens by itself: 老师明天请假, 48小时内回复, 周一到周五营业.

They name a time and nothing that their writer has to do. A word such as 提醒我 makes a reminder of them.
"""

from wechat_scheduler.reminders.language.lazy import pattern

# What is a state of a person, a shop or a thing, and no errand of the writer.
_STATES = (
    r"请.{0,3}假.{0,3}|休假|休息|放假|出差|出诊|坐诊|停诊|上班|下班|回[来国家]|到[岗家了]|不?在.{1,6}|"
    r"营业|打烊|[开关]门|[闭开]馆|开放|停[电水气机服播产课]|停止.{1,4}|[首末]班|装修|检修|维[修护]|施工|到[账期货店]|[送必]达|发[货出]|恢复.{0,3}|"
    r"包邮|有[效货空]|才?睡|可以.{1,4}|截止"
)
_WHO = (
    r"(?:(?:你|咱|[我你咱]们)家?|我家\w?|他们?|她们?|它|[本贵该]\w{1,4}|(?:(?![找跟给向和帮替去到要得请问约叫])\w{0,3}(?:老师|医生|大夫|经理|主任|老板|师傅|客服|总|司机|教练|阿姨|同学|同事))|"
    r"[小老]?[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马]\w{0,2}?|孩子|老公|老婆|爸爸?|妈妈?|家属|医院|银行|超市|食堂|学校|幼儿园|公司|餐厅|饭店|"
    r"商场|图书馆|门诊|快递|包裹|订单|货物?|电梯|店里?|会议室|工厂|邮局|物业|驾校|景区|公园|地铁|公交|展会|课程|活动|付款后|下单后|拍下后)"
)
_OTHERS = pattern(
    rf"{_WHO}(?:正常|照常|照样|都|就|才|也|一般|全天|会|将|已经?|要|可能|开始|临时)*(?:{_STATES})(?:的|哦|哈|了)?"
    rf"|{_WHO}.{{0,8}}(?:休假|请.{{0,3}}假).+"
)
# What happens by itself, and is nothing to do.
_HAPPENS = pattern(
    r"(?:我|你|他|她|会|要|快递|东西|货|正常|照常|都|就|才|先|也|还|应该|一定|人)*"
    r"(?:下[雨雪]|降温|刮风|放假|休息|营业|开门|关门|[闭开]馆|(?:全天)?停[电水气诊服课]|加油|再[说聊见看]|再联系|到货?|到店|到账|送达|必达|送到|发[货出]|包邮|"
    r"有[课空事货位票]|这样|[去来]|在(?:家|公司|店里?|外面|忙|路上)|人?很?多|忙|堵车|出太阳|有活动|有优惠|打折|打烊)(?:的|吧|哈|哦)?"
    r"|(?:正常|照常)(?:上班|上课)|[^在和跟去到]{2,4}在.{2,8}(?:中心|馆|厅|广场|外地|国外|老家)|(?:会员|优惠|活动)日.*|.*(?:客服|工作|办公|服务)时间[:是为]?"
)
_PROMISES = pattern(
    r"(?:我们|客服|将|会|统一|尽快|[付下]\w后|一般|均|都)*(?:回复|答复|响应|受理|处理|审核|解决|退款|反馈)(?:完[成毕])?"
)
_I_DO = pattern(r"我(?=[到来过在先再还回就会也都等])")
_DAYS = pattern(
    r"(?<!每)(?:周|星期|礼拜)[一二三四五六日天](?:到|至|-|~)(?:周|星期|礼拜)?[一二三四五六日天]"
)
# 我每天早上都去公园, 本小区将于9时停电, 各位家长明天4点放学, 您预约的已确认.
_TOLD = pattern(
    r"(?:营业|工作|门诊|办公|服务|开放|就诊|接待|探视|受理)时间[:是为]? ?(?=[\d早上中下晚周一二三四五六七八九十])|^我.{0,4}每.*[都才总常也](?![要得该是])|将于|预计|(?<![谢问找给])(?:各位|尊敬的)|已(?:确认|预约|安排|通知|发货)|(?<!请)(?<!麻烦)(?<!给)您(?!好)(?=的|预|已|将|会|在|可)|"
    r"(?:联系|回复|答复|通知|告知)您|也是[^,。]|的一天$|(?<![刚天人])才(?=[开睡起到来回上下有能])(?!能|艺)|包邮"
)


def is_statement(title: str, text: str, *, within: bool) -> bool:
    """Whether a title without its time is nothing to do. `text` is the whole sentence, both normalised; `within`
    means that its time is the end of a period: 48小时内."""
    if _HAPPENS.fullmatch(title) or _OTHERS.fullmatch(title) or _I_DO.match(title):
        return True
    promised = within and _PROMISES.fullmatch(title)
    return bool(promised or (title in ("上班", "上课") and _DAYS.search(text)))


def tells(text: str) -> bool:
    """Whether the words of a normalised sentence tell of what others do, wherever its time stands."""
    return _TOLD.search(text) is not None
