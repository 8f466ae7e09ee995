"""Sentences that tell others something are no reminders; errands that look like them are."""

from tests.reminders.language.sentences import NOW, ZONE
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.language.parse import parse
from wechat_scheduler.reminders.language.refused_sentences import LanguageError


def _read(text: str) -> str:
    """The title, or why there is none."""
    try:
        return parse(text, now=NOW, zone=ZONE).title
    except LanguageError as error:
        return error.reason


def test_what_is_told_to_others_is_no_reminder() -> None:
    cases = [
        # persons
        "明天我让我弟过去取", "那我周五再联系你", "下周三他们全家来住两晚", "我儿媳妇后天从老家过来", "周六咱们店里见个面",
        # what others say and do
        "妈说周六回来吃饭", "房东叫我月底之前搬走", "物业通知我周五清洗水箱", "贷款经理说后天放款", "阿姨周三下午才有时间",
        # what is over, goes on, or will be
        "上午发的货后天应该能到", "师傅周四上午装好的热水器今天漏水", "报告周一会发到邮箱", "这批料12月3号到港得三天", "周二拍的片子还没出",
        # orders, offers and conditions
        "晚上七点六个人要个靠窗的", "麻烦周三之前把发票开给我", "下午四点前能发的话我就拍", "周末三天两件八折", "急聘夜班周一面试",
        # who comes to the reader
        "周六上午过来看房", "后天来取", "晚上送过来", "星期天带孩子来试听", "下午孩子外婆来接", "明晚六点四位", "周日两大一小", "后天上午的号",
        "周三发的顺丰", "禮拜五要兩個便當",
        # two sides of a time
        "停车场的栏杆今天早上又抬不起来", "蓝色那套下周补货给孩子报名", "会员积分月底清零赶紧来店里用",
    ]  # fmt: skip

    read = {text: _read(text) for text in cases}

    assert set(read.values()) <= {Reason.SENTENCE_CHAT, Reason.SENTENCE_PAST}, read


def test_an_errand_that_names_others_is_a_reminder() -> None:
    cases = [
        ("下周三晚上七点半陪老婆去看话剧", "陪老婆去看话剧"),
        ("29号给我妈转生活费", "给我妈转生活费"),
        ("12月3号我爸生日订蛋糕", "我爸生日订蛋糕"),
        ("12月8号给儿子的班主任打电话说转学的事", "给儿子的班主任打电话说转学的事"),
        ("明天下午3点物业来修水管", "物业来修水管"),
        ("周日下午三点半去高铁站接从老家来的爸妈", "去高铁站接从老家来的爸妈"),
        ("24号带简历去人才市场", "带简历去人才市场"),
        ("周日9点抢7折券", "抢7折券"),
        ("房租每月5号转账", "房租转账"),
        ("宝宝疫苗12月7号上午", "宝宝疫苗"),
        ("周六一早把冬天的被子拿出来晒", "把冬天的被子拿出来晒"),
        ("【重要】明天上午10点交标书", "【重要】交标书"),
        ("提醒我后天还王师傅工具", "还王师傅工具"),
        ("下周二业主大会投票", "业主大会投票"),
        ("周六同学会", "同学会"),
        ("周五交小说稿", "交小说稿"),
        ("周一发通知给家长", "发通知给家长"),
        ("周五去都江堰", "去都江堰"),
        ("下午三点就业指导课", "就业指导课"),
        ("周三把它们送走", "把它们送走"),
        ("周五带他们去体检", "带他们去体检"),
        ("周六把那件大衣送去干洗", "把那件大衣送去干洗"),
        ("周三领免费流感疫苗", "领免费流感疫苗"),
        ("周日约装修师傅量尺寸", "约装修师傅量尺寸"),
        ("我明天早上8点开会", "开会"),
        ("周日朋友来家里吃饭", "朋友来家里吃饭"),
        ("明天客户来访", "客户来访"),
        ("周五在酒店住一晚带洗漱包", "在酒店住一晚带洗漱包"),
        ("明天中午幫我媽拿藥", "幫我媽拿藥"),
    ]

    assert {text: _read(text) for text, _ in cases} == dict(cases)


def test_a_title_keeps_no_request_in_its_middle() -> None:
    cases = [
        ("快递明天记得拿", "快递拿"),
        ("出门记得带伞明早8点", "出门带伞"),
        ("周五下午聚餐别忘了订位", "聚餐订位"),
        ("垃圾今晚8点千万别忘了倒", "垃圾倒"),
        ("水費月底記得交", "水費交"),
        ("明天看电影《记得我》", "看电影《记得我》"),
    ]

    assert {text: _read(text) for text, _ in cases} == dict(cases)


def test_a_time_that_only_its_writer_knows_is_asked_about() -> None:
    cases = [
        "每天睡前提醒我数胎动", "周五放学后买本子", "明天下班后去健身", "周六日出前到山顶", "每周一开会前打印材料", "后天手术前禁食",
        "比赛前一天晚上早睡", "每个半小时休息到12点", "跨年那天晚上11点出发", "每天早九晚六打卡", "上四休二从20号开始", "明天下午5点半年会", "三十晚上吃饺子",
    ]  # fmt: skip

    read = {text: _read(text) for text in cases}

    assert set(read.values()) <= {Reason.SENTENCE_UNREAD, Reason.SENTENCE_AMBIGUOUS}, read


def test_a_pause_by_the_clock_is_an_errand() -> None:
    cases = [
        ("每一个半小时休息到晚上8点", "FREQ=MINUTELY;INTERVAL=90"),
        ("每1.5小时休息到下午6点", "FREQ=MINUTELY;INTERVAL=90"),
        ("每45分钟休息到晚上6点", "FREQ=MINUTELY;INTERVAL=45"),
    ]

    for text, rule in cases:
        parsed = parse(text, now=NOW, zone=ZONE)

        assert (parsed.rule.partition(";UNTIL")[0].partition(";BYHOUR")[0], parsed.title) == (
            rule,
            "休息",
        ), text


def test_a_second_errand_with_its_own_time_is_asked_about() -> None:
    cases = [
        "后天提醒我给客户报价和下午三点去面试", "明天提醒我买菜，6点做饭", "周五提醒我交表还有下午4点开会", "每天提醒我吃药和晚上9点锁门",
        "明天买菜然后下午三点去面试",
    ]  # fmt: skip

    assert {text: _read(text) for text in cases} == dict.fromkeys(cases, Reason.SENTENCE_AMBIGUOUS)


def test_a_time_behind_the_errand_is_its_own() -> None:
    cases = [
        ("明天提醒我和小王下午三点开会", "和小王开会"),
        ("明天交表，10点前", "交表"),
        ("明天开会，下午三点，带电脑", "开会带电脑"),
        ("周五聚餐，晚上7点", "聚餐"),
        ("明天提前到公司八点半", "提前到公司"),
    ]

    assert {text: _read(text) for text, _ in cases} == dict(cases)


def test_an_errand_that_is_moved_ahead_is_no_new_one() -> None:
    cases = ["报价提前到早上八点", "会议提前到周三", "聚餐提早到晚上6点"]

    assert {text: _read(text) for text in cases} == dict.fromkeys(cases, Reason.SENTENCE_COMMAND)
