"""Tells acts and appointments of a writer (交房租, 带猫打疫苗, 家长会) from what may be told to others.

A title that begins with an act, or ends with an appointment, is the writer's. 张总飞上海 and 限购两份 may be, and may as well
be told to others: without 提醒 their writer is asked.
"""

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.reminders.language.statements import PERSONS

# Characters with which acts begin: 交, 买, 去.
_BEGINS = (
    "总交吃喝去给带接取拿买看做还洗换修关签办跑练写读背学考讲录拍寄约订定退领报缴付充续存汇测量抽拔喂遛浇倒扫擦晒晾剪理烫染煮炒蒸炖烤腌泡熬冲切包捞"
    "翻挪加卸拆搬租卖盘核对算记登抢秒刷拼投评审改校译画配听唱跳踢游滑爬走散骑坐搭乘赶起睡敷抹涂贴戴穿化祭拜烧点挂祝见陪教把帮替找问叫催请提申复确"
    "整准预参值培面答聚讨巡备维食饮睇赏踏植庆许祈献探逛摘挖锄割喊查盖清检播缝绑归试搞弄捡锁遮挤烘补落攞覆种驱插施浸回转发打送收出上下升抄晨早离摇"
    "占休活站停进过导连瞅除灌采钓竞压轮入输露野撒剃砌粉钻铺擀酿熨刻描递邮捐结兑赎购囤砍薅谈聊扔丢夹垫焊漆刨酱卤拌擂磨撕夸追护捎熏蹲举冥默诵批"
)
# 发货, 送达, 出结果, 下雨, 上门: they begin like an act, and are what others do.
_OTHERS = (
    r"总(?!结)|买[一二两三]送|交[警管通]|收款(?:到|成)|发(?:[货车](?!给)|[烧现]|票(?=.))|送(?:[货达到过]|[一二两三四五六七八九十\d]*(?:桶|[箱件份盒袋瓶].{0,3}$))|出(?:结果|报告|账|来|成绩|太阳|单$|货|库)|下(?:[雨雪架]|次)|上(?:门|映|架|市|来|涨|新款|次)|转[晴阴雨凉]|打(?:折|烊|不|[\d一二三四五六七八九]折)|"
    r"收(?:摊|市|盘|不|到|完|费|货)|回(?:[来暖升头]|款$)|起[价飞售风]|[走看拿做洗买对送]不[了到起着及开完动]|加价|提价|补[货发]|早(?:鸟|就|已|[市场餐]$)|休息(?:日|中|$)|停(?:止|电|水|气|业|诊|课|车)|"
    r"叫号|过(?:节|期|年$|敏)|进[不度]|总共|点开|化[雪冰]|[寄发走](?:顺丰|圆通|中通|申通|韵达|京东|ems)|[约订抢卖][满完光]|改[成到]|开[课盘园张业学]$|签收|入[园场]|校(?![对准稿验正])|导[游致]|对[方面]|面[条包馆膜]|"
    r"[^,]{0,3}[买卖商厂店]家|[^,]{2,6}(?:上门|再.)(?!拜访)|放学$|汇率|活动(?!一下|筋骨)|护士|订单|配[件送货]|取[件货餐]码|领导|教[练室]|[买卖]家|学[生校员位]|理财|租[金客期约]|登机口|问题|预[计售告]|整[栋租]|[^,]{1,6}(?:[过进]来|取消|改(?:线上|线下)?)$"
)
# What appointments end with: 家长会, 胃镜, 钢琴考级, 高铁.
_APPOINTMENTS = (
    "[会课考试班赛展秀演礼宴餐局趴训练检诊镜术标审评测验账税贷寿操球棋剧影舞琴营拳疫]|会议|生日|[忌祭]日|崇拜|首保|保养|纪念日?|复查|疫苗|总结|报告|作业|牙医|讲座|论坛|派对|"
    "面谈|拜访|直播|视频|高铁|火车|飞机|航班|大巴|截止|开庭|年检|盘点|[团会公]战|大促|抢购|秒杀|打卡|签到|集合|投票|出发|起床|睡觉|结婚|开学|毕业照?|证件照|领证|喂奶|"
    "b超|ct|核磁|透析|化疗|矫正|输液|打针|抽血|空腹|瑜伽|健身房?|普拉提|扫除|旅游|野餐|露营|团建|值日|义工|志愿者?|汇报|答辩|课程|约会|相亲|签约|[网面]签|[开收]工|自习|"
    "复核|练车|逃脱|密室|剧本杀|桌游|麻将|德扑|剧场|电影夜|欧冠|英超|中超|nba|f1|考级|[四六八]级|国考|联考|省考|雅思|托福|科目?[一二三四]|交接|下单|申[报购]|报[到税名]|下架|到期|跨年|追剧|出差|出院|"
    "住院|路演|彩排|排练|验[收货]|巡检|到岗|开播|宣讲|沙龙|午[休睡]|换[班岗]|轮岗|入职|离职|转正|交割|备份|发版|上线|压测|割接|尽调|竞标|投标|夜宵|下午茶|k歌|ktv|查房|关账|结账|番茄钟|取样|采样|"
    "[夜晨慢早]跑|跑步|游泳|爬山|徒步|骑行|滑雪|攀岩|潜水|冥想|录音|录像|拍摄|摄影|美甲|美容|植发|按摩|推拿|针灸|理疗|开放日|家庭日|亲子日|演习|断舍离|弥撒|礼拜|法会|祭祖|还[书款贷]|花呗|白条|房租|物业费|"
    "水电费|学费|社保|医保|公积金|英语|数学|语文|奥数|书法|街舞|乐高|编程|英文|日语|大寿|满月酒?|百日宴?|周岁|喜酒|婚礼|葬礼|追悼会"
)
_ACT = pattern(
    rf"(?!{_OTHERS})[{_BEGINS}](?=.)|开(?!始|饭|售|抢|放|门|店|奖|票|业|通|车)|(?!\d+(?:个?人|位|大)?$)[a-z\d·【]|[和跟与同]..|"
    rf"(?:在|到|为|向|用|让|从|将|一起|提前|空腹|睡前|个人|集体|全家|人工|远程|线上|万一|会).{{0,8}}?[{_BEGINS}开].|有一?[个场节].|熄(?!灯)|限行|轮到|集合|放学(?=.)|出发|.{{1,5}}[所院店馆局站心厅厂园校社场楼口家](?=[{_BEGINS}开].)|.*提前.|.*去[开取拿买]$|.{{1,4}}(?:轮到|快没了)"
)
_APPOINTMENT = pattern(
    rf"(?!{_OTHERS})(?:.*(?:{_APPOINTMENTS})(?:结束)?(?:[(和].*)?$|.{{1,8}}(?:来(?:[访拿取送修看装做]|家里|玩|[吃住])|[取领买交接抢缴遛喂订洗换拿续查修寄付打送去][^,。]{{0,3}}$))"
)
_THEIRS = pattern(
    rf"(?!.*(?:生|忌|寿|婚[礼宴纱]|喜|满月|周岁|毕业|体检|手术|疫苗|复[查诊]|家长|客户拜|课|考|会|接|取|来|交|领)){PERSONS}"
)


def is_an_act(title: str, *, rest: str = "") -> bool:
    """Whether a normalised title is surely what its writer does or goes to. One without a title is a bell. `rest` is
    what of it stands behind the time: a person writes 月底开发票, and a firm 发票月底开. A person who goes does not write 来."""
    return (
        not title
        or _ACT.match(title) is not None
        or bool(_APPOINTMENT.match(title) and not _THEIRS.match(title))
    ) and not (rest != title and (len(rest) == 1 or rest.startswith("来")))


_ANY = pattern(rf"[{_BEGINS}开字事]|{_APPOINTMENTS}|^$")


def names_an_act(title: str) -> bool:
    """Whether any of a normalised title may be an act. 车位300 has none."""
    return _ANY.search(title) is not None


# 家具周六到, 数据周四出.
_HAPPEN = "到出放供停休等更结上给扣走回来补慢快满发"
_FACT = pattern(
    r"生效|清零|补齐|卖[完光]|[约爆订]满|爆单|闭店|收盘|返现|名额|没收到|^上[次回]|再[定说议看聊]|恢复|无休|放假|到[店货]|优惠|团期|[两三四五六七八九十\d]天[一两三四五六七八九十\d]+[晚夜]|.[喝吃睡拉吐]的|出来$|涨.{0,4}[百十千元块\d]|^[两三四五六七八九十\d]+(?:个人|位|大)|取消$"
)
_REQUEST = pattern(
    r"^(?:请|麻烦|劳驾|拜托)|(?:^|[^需想主必重只])要(?:[两三四五六七八九十\d]+.|.{0,6}的|用$)|快点|送到|[寄发]顺丰|大概|大约|左右|差不多|现货|时间改|吧$|[睡起醒来]的$|[价庆]|[有没]人$"
)
_ANSWER = pattern(
    r"^(?:那|就|还是|好|行|对|嗯|可以|ok|要不)|大概|大约|差不多|左右|前后|应该|最[迟晚快早]|尽量|[吧的呗呢]$|[之以][前后]$|^一[天周月年]|[起睡醒]的"
)
_TIMER = pattern(r"(?:分钟?|小时|钟头|秒钟?|刻钟?|半)[之以]?后|计时|倒数|闹|起床")


def is_no_act(title: str, text: str, *, rest: str) -> bool:
    """Whether a title that is not surely an act is surely none: the sentence asks a shop for something, offers
    something, or tells a fact. The parts are as in `is_an_act`."""
    happens = len(rest) == 1 < len(title) and rest in _HAPPEN
    lasts = not rest and text.startswith(f"{title}到")  # 房间住到周日中午
    return happens or lasts or _FACT.search(title) is not None or _REQUEST.search(text) is not None


def is_an_answer(text: str) -> bool:
    """Whether a normalised sentence that names a time and nothing else answers a question: 那就周六吧, 七点左右."""
    return _ANSWER.search(text) is not None


def is_a_timer(text: str) -> bool:
    """Whether a normalised sentence that names a time and nothing else asks for a bell then: 半小时后."""
    return _TIMER.search(text) is not None
