"""A word of time that is written as it sounds is named, and never becomes a part of the title."""

from datetime import datetime

import pytest

from tests.reminders.remembering import SHANGHAI
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.language.parse import parse
from wechat_scheduler.reminders.language.refused_sentences import LanguageError

NOW = datetime(2026, 11, 18, 10, 30, tzinfo=SHANGHAI)


def refusal(text: str) -> LanguageError:
    with pytest.raises(LanguageError) as refused:
        parse(text, now=NOW, zone=SHANGHAI)
    return refused.value


def test_the_word_that_sounds_like_a_time_is_named() -> None:
    cases = {
        "明早把点叫我起床": "把点",
        "后天上午是点开会": "是点",
        "明天下午刘点去接孩子": "刘点",
        "明天上午石点体检": "石点",
        "明天早上就点起床": "就点",
        "明天早上8店提醒我吃药": "8店",
        "明晚就点提醒我看球": "就点",
        "明早流点叫我": "流点",
        "后天晚上期点吃饭": "期点",
        "每天早上8店提醒我吃药": "8店",
        "明天下午3典开会": "3典",
        "3店半提醒我开会": "3店",
        "把点半叫我起床": "把点",
        "明天下五3点提醒我开会": "下五",
        "明天上五10点开会": "上五",
        "明天下舞3点半开会": "下舞",
        "明天下五点提醒我开会": "下五点",
        "明天晚尚8点吃药": "晚尚",
        "明天凌成5点出发": "凌成",
        "今天旁晚6点跑步": "旁晚",
        "名天下午3点提醒我开会": "名天",
        "侯天上午9点面试": "侯天",
        "下州三下午3点开会": "下州三",
        "每州一早上9点开例会": "每州一",
        "星其三下午开会": "星其三",
        "12月5浩提醒我交房租": "5浩",
        "每月25浩还信用卡": "25浩",
        "12月5好提醒我交房租": "好",
        "12越5号提醒我交房租": "12越5号",
        "1月15耗体检": "耗",
        "下约10号提醒我体检": "下约",
        "礼白三提醒我交报告": "礼白三",
        "碗上8点提醒我吃药": "碗上",
        "忠午12点提醒我吃饭": "忠午",
        "下午3点号开会": "号",
        "明天早晨7店叫我": "7店",
        "下越5号交房租": "下越",
        "明天下午3点办提醒我": "办",
        "明天下午3点20芬开会": "芬",
        "明天下午3点20份提醒我": "20份",
        "明天下午3点一克提醒我": "一克",
        "明天下午3点半点提醒我": "点",
        "明天下午3点半点开会": "点",
        "明天早上点叫我起床": "点",
        "明天下午3点分提醒我": "分",
    }

    told = {text: refusal(text) for text in cases}

    assert {each.reason for each in told.values()} == {Reason.SENTENCE_UNREAD}
    assert {text: each.sentence.split("，")[0] for text, each in told.items()} == {
        text: f"没有看懂“{word}”" for text, word in cases.items()
    }


def test_a_sign_of_a_time_that_is_left_over_is_named() -> None:
    cases = {
        "下3点提醒我开会": "下3点",
        "明天午3点提醒我开会": "午3点",
        "明天傍6点提醒我跑步": "傍6点",
        "下下午3点提醒我开会": "下下午3点",
        "明明天下午3点提醒我开会": "明明天",
        "今8点提醒我吃药": "今8点",
        "明天天下午3点提醒我开会": "天下午3点",
        "周周三下午3点提醒我开会": "三",
        "每天天8点提醒我吃药": "天8点",
        "明天下午3点半半提醒我": "半",
        "明天8提醒我起床": "8",
        "每天8提醒我吃药": "8",
        "下午3提醒我开会": "下午3",
        "明天下午3点5提醒我开会": "下午3点5",
        "明提醒我8点开会": "明",
        "星期期三提醒我开会": "星期期三",
        "10分钟钟后提醒我关火": "10分钟钟",
        "1小时时后提醒我关火": "1小时时",
        "十十分钟后提醒我关火": "十十",
    }

    told = {text: refusal(text).sentence.split("，")[0] for text in cases}

    assert told == {text: f"没有看懂“{word}”" for text, word in cases.items()}


def test_a_length_that_is_written_as_it_sounds_is_named() -> None:
    cases = {
        "十分种后提醒我关火": "十分种",
        "10分中后提醒我关火": "10分中",
        "10分終后提醒我关火": "10分终",
        "半小是后提醒我关火": "半小是",
        "2小事后提醒我关火": "2小事",
        "一消失后提醒我": "一消失",
        "两个种头后提醒我": "两个种头",
        "30秒种后提醒我": "30秒种",
        "再过十分种叫我": "十分种",
        "每十分种提醒我喝水": "十分种",
        "每小是提醒我喝水": "小是",
        "明天3点提前10分种提醒我开会": "10分种",
        "三天候提醒我交报告": "三天候",
        "两小时候提醒我开会": "两小时候",
        "十分钟厚提醒我": "十分钟厚",
        "15分针后提醒我": "15分针",
        "一刻种后提醒我": "一刻种",
        "五分种": "五分种",
        "推迟十分种": "十分种",
    }

    told = {text: refusal(text).sentence.split("，")[0] for text in cases}

    assert told == {text: f"没有看懂“{word}”" for text, word in cases.items()}


def test_what_sounds_like_a_time_and_is_something_to_do_stays_a_title() -> None:
    titles = {
        "明天就点外卖": "点外卖",
        "晚上8点点外卖": "点外卖",
        "晚上8点点两杯咖啡": "点两杯咖啡",
        "明天早上8点点名": "点名",
        "明天8点点火锅": "点火锅",
        "明天下午点下午茶": "点下午茶",
        "明天晚上8点点蜡烛": "点蜡烛",
        "提醒我明天留点时间给孩子": "留点时间给孩子",
        "明天下午3点分享会": "分享会",
        "明天分班考试": "分班考试",
        "明天下午3点办签证": "办签证",
        "明天下午3点提醒我20份报告打印": "20份报告打印",
        "提醒我下午3点班会": "班会",
        "周六3点搬家": "搬家",
        "周六去3号店": "去3号店",
        "提醒我周六去三店盘点": "去三店盘点",
        "提醒我明天下五子棋": "下五子棋",
        "提醒我明天上五年级的课": "上五年级的课",
        "提醒我明天下午3点科研会议": "科研会议",
        "提醒我后天添衣服": "添衣服",
        "提醒我10分钟后种花": "种花",
        "提醒我十分钟后候车": "候车",
        "提醒我今晚流点汗": "流点汗",
        "提醒我周六2点店里盘点": "店里盘点",
        "今晚就点饺子提醒我": "点饺子",
        "今晚就点半只鸡提醒我": "点半只鸡",
        "明天中午就点盖浇饭提醒我": "点盖浇饭",
        "明天晚上就点披萨": "点披萨",
        "明天9点去5店提醒我": "去5店",
        "明天去5店提醒我": "去5店",
        "明天3店盘点提醒我": "3店盘点",
        "每月25日时点余额冲刺提醒我": "时点余额冲刺",
        "月底时点存款提醒我": "时点存款",
        "明天早上实点库存提醒我": "实点库存",
        "明天下午把点阵屏装好提醒我": "把点阵屏装好",
        "明天晚上酒店退房": "酒店退房",
        "明天上舞蹈课": "上舞蹈课",
        "周五去小市场买菜": "去小市场买菜",
        "下午5点刻录光盘": "刻录光盘",
        "提醒我三天后候车": "候车",
        "提醒我明天8点半小时候的朋友来访": "小时候的朋友来访",
    }

    read = {text: parse(text, now=NOW, zone=SHANGHAI).title for text in titles}

    assert read == titles
