"""What a heading promises: problems, plans, both, or something else.

Headings are short, so they are judged by the words they hold. The words are
those of official Chinese; each rule says which headings it is for. A heading is
read as folded by :class:`checklists.view.View`, white space left out.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Topic(StrEnum):
    """What a section is about, as far as its heading tells."""

    PROBLEMS = "problems"
    PLANS = "plans"
    BOTH = "problems and plans"
    PAST = "earlier problems"  # last year's problems, rectification already done
    SELF = "government itself"  # 政府自身建设, a chapter of a government work report
    YEARS = "several years"  # 今后五年, 十四五
    OTHER = ""


_FAULT = "问题|不足|差距|困难|短板|薄弱|弱项|缺点|欠缺|缺陷|困境|制约因素|有待(?:改进|加强|提高|完善|提升)|(?:需要?|需进一步|亟待|亟需|仍需|尚需)(?:改进|加强|提高|完善|提升|解决)"
_HAS_FAULT = re.compile(_FAULT)
_PROBLEMS = re.compile(
    r"(?:存在|面临|遇到|尚存|仍有|还有|发现|主要|突出|当前|目前|工作中|建设中?|方面)的?.{0,14}(?:问题|不足|差距|困难|短板|薄弱|弱项|缺点|困境|挑战)"
    r"|(?:问题|不足|差距|困难|短板|薄弱环节|弱项|缺点)(?:和|与|及|以及|、|或)(?:主要)?(?:问题|不足|差距|困难|短板|薄弱|弱项|挑战|原因|成因|建议|改进|整改|对策|下一?步|今后|努力|打算|措施|工作|意见|困惑|风险|制约|举措|解决)"
    r"|[尚仍]未[^,。]{2,10}的?(?:问题|事项)|有待(?:进一步)?(?:改进|加强|提高|完善|提升|解决)|(?:需要?|亟待|亟需|仍需|尚需)(?:进一步)?(?:改进|加强|完善|解决|关注)的|不足之处|薄弱环节|不足(?:和|与|及)|存在不足"
    r"|\A(?:主要|突出|具体|整改|需整改)?(?:的)?(?:问题|不足|差距|困难|短板)(?:清单|情况|表现|分析)?\Z"
)
# 着力解决突出问题 tells of work done on problems, not of problems that stand.
_ACTS_ON = re.compile(
    r"\A(?:着力|着眼|全力|聚力|大力|有效|积极|切实|深入|扎实|持续|坚持|坚决|全面|及时|妥善|努力)?"
    r"(?:解决|化解|坚持|聚焦|破解|整治|针对|围绕|回应|推进|推动|加强|强化|深化|直面|补齐|补足|弥补|防范|消除|治理|排查|缩小|抓好|抓实|督促|紧盯|开展|落实|做好|完善|健全|提升|以|把|破除|攻克|突破|纠正|查处|克服|关注)"
    r"|问题导向|突出问题.{0,6}(?:专项|整治|治理|得到|整改)|(?:问题|困难|短板).{0,4}(?:得到|有效|明显|基本)(?:.{0,4})(?:解决|化解|改善)"
)
_STANDS = re.compile(
    r"(?:存在|面临)的?(?:主要|突出|一些)?的?(?:问题|不足|差距|困难|短板|薄弱)"
)
_DONE = re.compile(
    r"问题的?(?:的)?(?:整改|办理|解决|处理)(?:工作)?(?:的)?(?:落实|进展|完成|推进|开展)?(?:工作)?(?:情况|成效|结果|进展|报告)"
    r"|问题.{0,8}整改(?:落实)?情况|整改(?:工作)?(?:落实|进展|完成)(?:情况)?|整改情况|整改成效|回头看.{0,6}情况|已整改|\A已(?:经)?(?:采取|完成|落实|开展|整改)"
)
_BOTH_DONE = re.compile(
    r"(?:问题|不足|困难|短板)(?:和|与|及|以及|、)(?:主要)?(?:改进|整改|解决|应对)"
)
_PAST = re.compile(
    r"上一?年度?|去年|上年|往年|前一?年|上一轮|上次|以往|历年|上半年(?=.{0,8}问题.{0,4}整改)"
)
_YEAR = re.compile(r"(20[0-9]{2}|19[0-9]{2})(?=年|年度)")
_NEXT = r"(?:下一?步|下步|下一?阶段|下一?年度?|明年|来年|今后|往后|下半年|下一?季度|新的一年|新一年|未来|后续|后期|下一个|今后一(?:个)?时期|今后一段时间)"
_INTENT = "工作安排|工作计划|工作打算|工作思路|工作重点|重点工作|主要工作|工作任务|主要任务|重点任务|工作目标|目标任务|主要目标|工作措施|工作举措|工作设想|工作部署|努力方向|工作要点|总体安排|安排|计划|打算|思路|设想|部署|任务|措施|举措|方向|目标|工作|建议|对策|规划|谋划|展望|要求|考虑"
_PLANS = re.compile(
    rf"{_NEXT}.{{0,16}}(?:{_INTENT})|{_NEXT}(?:的)?\Z"
    r"|(?:改进|整改|解决|应对|完善|加强和?改进).{0,4}(?:措施|举措|打算|思路|方向|意见|办法|计划|安排|对策|建议)|(?:改进|努力|整改)(?:工作)?(?:的)?方向"
    r"|(?:工作|总体|主要|有关|具体|基本|初步)(?:安排|打算|思路|设想|考虑)(?:和|与|及|、|\Z)|工作计划(?:和|与|及|、|安排|\Z)|工作(?:展望|谋划|部署安排)"
    r"|\A(?:整改|工作)?(?:措施|任务)清单|\A(?:工作)?(?:打算|计划|安排|展望|对策(?:措施|建议)?|(?:进一步)?(?:整改|改进)|整改任务|整改要求|工作建议|意见建议|工作意见|改进情况|工作要求)\Z"
)
_YEAR_PLANS = re.compile(
    r"(?:工作|总体|主要|重点|目标|发展|任务|经济|政府).{0,16}(?:安排|计划|打算|思路|设想|部署|任务|目标|重点|要点|建议|举措|措施|谋划|展望)|重点工作|主要工作|工作重点"
    r"|(?:安排|计划|打算|思路|设想|部署|任务|目标|重点|展望|意见|建议|工作)\Z"
)
_TELLS_DONE = re.compile(
    r"(?:完成|开展|进展|执行|落实|推进|履行|实施|工作|总体|基本|有关|主要|具体|建设)情况|情况(?:的)?(?:汇报|报告|总结)?\Z|回顾|总结|成效|成绩|做法|亮点|特点|取得|进展|概况|概述|过去|履职"
)
_SELF = re.compile(
    r"自身(?:改革和?)?(?:建设|能力)|政府(?:自身)?(?:建设|治理|效能|执行力|职能|施政|行政|服务水平)|(?:行政|施政|履职)能力|建设[^,。]{0,16}政府|(?:人民满意|服务型|法治|廉洁|有为|效能|高效|为民|务实|学习型|责任|阳光|创新)(?:的)?(?:、[^,。]{0,20})?(?:服务型)?政府"
)
_YEARS = re.compile(
    r"(?:今后|未来|未来的|下一个|下)(?:的)?(?:五|三|几|十|[35]|十五)(?:个)?年|[“\"]?(?:[一二三四五六七八九]|十[一二三四五六七八])五[”\"]?(?:时期|规划|计划|期间|发展|主要|奋斗|经济|末|的|指导)|五年(?:规划|发展|目标|奋斗|工作)|远景目标|(?:本|新一)届(?:省|市|州|区|县|自治区)?(?:人民)?政府|一段时期|一个时期|20[0-9]{2}[—\-－~至到]+20[0-9]{2}年"
)


def topic(title: str, year: int | None) -> Topic:
    """What the heading ``title`` promises in a report on ``year``."""
    words = title.translate(_UNSPACED)
    years = [int(found) for found in _YEAR.findall(words)]
    past = bool(_PAST.search(words)) or bool(years and year and max(years) < year)
    problems = _is_problems(words)
    plans = _is_plans(words, years, year)
    if _DONE.search(words) and not _BOTH_DONE.search(words):
        return Topic.PAST
    if problems and past and not plans:
        return Topic.PAST
    if problems and (plans or _BOTH_DONE.search(words)):
        return Topic.BOTH
    if problems:
        return Topic.PROBLEMS
    if plans:
        of_years = _YEARS.search(words) and not years and not _EFFORTS.search(words)
        return Topic.YEARS if of_years else Topic.PLANS
    if _YEARS.search(words):
        return Topic.YEARS
    if _SELF.search(words):
        return Topic.SELF
    return Topic.OTHER


_EFFORTS = re.compile(r"(?:努力|改进|整改)方向")
_UNSPACED = {ord(" "): None, ord("\n"): None, ord("*"): None, ord("#"): None}
_MEASURES = re.compile(
    r"(?:和|与|及|以及|、|;|,)(?:下一?步|下步|今后|明年)?.{0,6}(?:措施|打算|对策|改进|整改|建议|安排|计划|思路|努力方向|举措|方向)"
)


def _is_problems(words: str) -> bool:
    return bool(
        _HAS_FAULT.search(words)
        and _PROBLEMS.search(words)
        and (_STANDS.search(words) or not _ACTS_ON.search(words))
    ) or bool(_HAS_FAULT.fullmatch(words))


# 积极落实整改措施 tells of work done, unless it says when it will be.
_CARRIES_OUT = re.compile(
    rf"\A(?!.{{0,20}}(?:{_NEXT}|进一步)).{{0,16}}(?:落实|细化|压实|抓好)(?!情况).{{0,8}}(?:措施|举措)"
)


# 2019年主要工作 in the report on 2019 is what was done.
_WAS_DONE = re.compile(r"主要工作\Z")


def _is_plans(words: str, years: list[int], year: int | None) -> bool:
    if (
        _PLANS.search(words)
        and not _CARRIES_OUT.search(words)
        and not (_TELLS_DONE.search(words) and not words.startswith(("下", "改进情况")))
    ):
        return True
    if _HAS_FAULT.search(words) and _MEASURES.search(words):
        return True
    if not years and not re.match(r"(?:今年|本年度)", words):
        return False
    if _TELLS_DONE.search(words) or not _YEAR_PLANS.search(words):
        return False
    if year is None or not years:
        return True
    return max(years) >= year + (_WAS_DONE.search(words) is not None)
