"""Sentences that tell others something: 我儿子后天汇钱过来, 师傅说明天上门, 周六我们八个人要个包间.

A person who writes down a reminder names a time and what to do, in one clause, and leaves persons out. A customer
who writes to a shop, a school or a clinic begins with whom or what it is about, names persons, and says more.
"""

from wechat_scheduler.engine.patterns import pattern

LONGEST = 18
"""The most Chinese characters of what is to do, without 提醒."""

_MEASURE = "[个份张件套只杯盒箱斤瓶间位碗条双袋桌台部人晚]"
_NUMBER = r"[一两二三四五六七八九十俩\d]"
_FOR = "给找陪跟和帮替接送等问叫约请向对为把带喂催见与去"
ROLE = (
    "(?:老师|教练|医生|大夫|护士|师傅|经理|主任|老板娘?|店家|店长|掌柜|客服|前台|房东|租客|中介|物业|司机|快递(?:员|小哥)|骑手|导游|保安|保姆|"
    "顾问|主管|领导|同学|同事|朋友|室友|邻居|亲戚|阿姨|伴娘|领队|专员|装维|窗口|平台|商家|厂家|卖家|买家|供应商|业主|家属|家长(?!会)|大家|各位|团里|楼[上下]|隔壁)"
)
KIN = "(?:爸|妈|爷|奶|姥|公|婆|舅|姑|姨|叔|伯|哥|弟|姐|妹|儿|女|娃|孩|宝|老[公婆头爹娘汉]|媳|闺)"

# Persons. 给我妈打电话 and 接她 are things to do.
_PERSONS = (
    rf"(?<![{_FOR}自])(?:我|俺|咱)(?!(?:开会|面试|考试|答辩|汇报|值班|出差|加班|培训)$|{KIN}.{{0,4}}(?:生日|忌日|大寿|手术|体检|复查|考试|婚礼|纪念日))"
    rf"|(?<=[{_FOR}])我(?!{KIN}|家|的|们)|(?:你|您|侬|佢|阿拉|哋|啲)"
    rf"|(?<![{_FOR}其吉维])[他她它](?!汀|命)|(?<![给请和跟向对叫为])(?:大家|各位|诸位|姐妹们|家人们)(?!电)|^亲(?!子|戚|人|自|手|友|属)"
)
# Reports: 师傅说, 写的, 答应. 给老婆说圣诞快乐 is to do.
_REPORTS = (
    rf"^(?![{_FOR}]|.{{0,3}}[给跟对向和]).{{1,8}}(?:(?<![小解演传学评诉])说(?![明法唱服])|(?<![发写贴看收改拟])通知(?![书单]|.{{0,3}}$)|承诺(?!书)|答应|写的|写着|告知)"
    rf"|^(?![{_FOR}]).{{0,8}}?{ROLE}(?:昨|今|明|后|周|上|下|来(?=[了过装的])|[去过到送寄打叫让把要才就都也还没在有给已]|会(?!$|[议费场餐上])|开(?![会课]))"
)
# What is over, goes on, or will be: 洗了一次, 已经, 会寄到, 得两个星期.
_ASPECTS = (
    rf"(?<![为除罢受])了(?!解|结|断|却|[^,。]{{1,5}}[再去后])(?=.)|(?<=[来去打付看问交发用买])过(?=[,。一两三几的]|$)"
    rf"|也(?!门)|(?<![首成古丽京])都(?![市江柏匀督])|已|(?<![人天刚])才(?![能艺华])|(?<![成将造迁])就(?![医诊餐读业近职坐寝绪位任])|又(?!拍)"
    r"|还(?=[是在没不会能差剩])|还有(?=[\d一两三四五六七八九十几半]).{0,4}[天到节次]|正在|(?<!金)刚(?!果)|一直(?!到)|反正|其实|本来|毕竟|所以|因为|但是?(?=[^书])|不过(?!$)"
    r"|(?<![开聚例晚班宴机社工学协约集大])会(?=[再来去到给寄发送把被有退早晚提过在])"
    rf"|(?<![记获取懂晓觉值])得(?={_NUMBER})|怕是|肯定|应该(?=[能会可是就])|大概|打算|要不(?!要)|(?<![理思梦感敢联妄设回猜畅想])想(?!办法|好|起|象|念|想|法|一下)|急[用着]"
    r"|到现在|至今|(?<![吃喝用穿玩好])的$|[来去打登约用看听睡做上下买收赶进连吃]不[了及到倒通开着上清动下起成见]|[到降升]到(?=\d)|[涨跌]到|(?<!物理)降温|掉色|写错"
)
# Orders and offers: 要个包间, 两套就行, 满300减50, 日结.
_ORDERS = (
    rf"要{_NUMBER}?{_MEASURE}(?!人)|[多少]{_NUMBER}{_MEASURE}|(?:就|也|都)行$|可以$|就好$|即可|送到.{{0,8}}[楼栋单元室门]|[^需想还只必主重]要$|留(?:给|[一个着]|两)|[退还寄发]给我"
    rf"|^[那这](?:会儿|[件条款单张笔箱两几批节台部双杯袋]|个(?![月周季])|家)|(?<![把将拿取还修洗看给带买])那{_MEASURE}|那会儿|的话(?![题费剧筒术])|按.{{1,3}}算|{_NUMBER}个(?:大人|小孩|人).{{0,6}}{_NUMBER}个"
    rf"|[\d一二三四五六七八九]折(?![叠券扣])|全场|立减|满\d+[减送返]|充\d*(?:送|值翻)|限时(?=[秒特抢折])|日结|高薪|[急诚]聘|^招.{{0,4}}工|优惠(?!券)|店庆(?=[倒大全充满期第特来])|[九八七]成新|缺个|老地方$|送鸡蛋|[炸有]福利|免费[送领试安上接停]|专车接送|^转让|急转|^{_NUMBER}{{1,3}}[份件套只杯盒箱斤瓶碗条双袋桌]"
)
_CLEAR = pattern(
    "|".join(
        (
            _PERSONS,
            _ORDERS,
            r"(?<![为除罢受对])了(?!解|结|断)(?=.)|涨到",
            r"吧[ ,]|[睡起醒]的$|[今明后]天再|(?<!止)[疼痛](?=$|[ ,])|(?<![周期拜初十第五六七八廿])一(?:整?个)?[上下]午$|一次.{1,4}(?:小时|分钟)$|^[\d一二两三四五六七八九十半]+(?:个?小时|分钟|天|周|个月)一次$|^(?:要是|如果)|刚才|前后$|[今明后]天(?:就?是)?最后一",
        )
    )
)
_PASSED_ON = pattern(
    # To the shop, not to the bot: 周六帮我洗两件羽绒服.
    r"(?:^|[ ,天晚午早点日号一二三四五六上])(?:帮我|帮忙|给我|替我)(?![记设定建加创新安搞弄倒计提叫喊]|[妈爸爷奶姥公婆舅姑姨叔伯哥弟姐妹儿女娃孩老媳家])|"
    r"[人店司师生服妈爸板行院校方长员理东业介他她](?:叫|喊|通知|告诉|催|让|要)[我咱俺]|要[两三四五六七八九十\d]+[个份张件套只杯盒箱斤瓶碗条双袋桌]"
)
# Those who come to the reader, and what is brought there: 来取, 带孩子来试听, 送过来. A person who goes writes 去.
_COMES = (
    rf"^(?:[带和跟陪].{{1,4}})?(?:过来|来)(?=[取拿看试接吃买做剪洗学提退换交店]|$)|{KIN}{{1,2}}来[接取拿]|[送拿寄带]过?来(?:$|吧)"
    rf"|^[两三四五六七八九十\d]+(?:位|大|个(?!人|月|小时|半|字))|^(?:号|票|位子?|房间?|座位?|货)$|^[发寄买订拍下充付租开关喝吃睡]的(?=.)"
)
# 我后天去体检 may be told to others, or be what its writer wants to be reminded of. 我妈周六生日 is not a plan.
_OWN = pattern(
    rf"[我俺咱](?!们|家|的|车|[想刚已就也都还才先再在到来过回等会有](?!个|一|场)|{KIN})(?P<act>(?!.*(?:[上下]班|走|过[来去])$)[^ ,。;你您]{{2,10}})"
)
_KINS_DAY = pattern(
    rf"[我俺咱]{KIN}{{1,2}}的?.{{0,2}}(?:生日|忌日|大寿|手术|体检|复查|考试|婚礼|纪念日|家长会)"
)
_TELLS = pattern("|".join((_PERSONS, _REPORTS, _ASPECTS, _ORDERS, _COMES)))
_ABOUT = pattern(rf"[我你您俺咱他她它]|{ROLE}|[了的过]|.[到从在是说]$")
_TAG = pattern(r"[【\[(《].*|.*[\])】》,.:;!。 -]|[设定]个?")


def is_clearly_told(text: str) -> bool:
    """Whether a normalised sentence names persons, an order, an offer or what is over."""
    return _CLEAR.search(text) is not None


def own_act(title: str) -> str:
    """去体检 of 我去体检; empty for a title that is not a short plan of its writer. Both are normalised."""
    own = _OWN.fullmatch(title)
    return own["act"] if own and not _TELLS.search(own["act"]) else ""


def is_passed_on(text: str) -> bool:
    """Whether others told the writer of a normalised sentence what to do: 店里通知我30号之前去."""
    return _PASSED_ON.search(text) is not None


def is_told(title: str, lead: str, rest: str) -> bool:
    """Whether the writer tells something. `lead` is what stands before the first word of time, and `rest` what stands
    behind it, without courtesies; all are normalised."""
    if _KINS_DAY.fullmatch(title):
        return False
    if sum("一" <= each <= "龥" for each in title) > LONGEST or _TELLS.search(title):
        return True
    if len(lead) < 2 or len(rest) < 2 or _TAG.fullmatch(lead):
        return False
    return len(lead) > 4 or len(rest) > 6 or _ABOUT.search(lead) is not None
