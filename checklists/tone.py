"""Whether a piece of official Chinese complains, intends, leads in or closes.

Four word lists, each for one question about a clause or sentence, read as folded
by :class:`checklists.view.View`. All patterns look at a bounded stretch of text.
"""

from __future__ import annotations

import re

# What is wrong, missing or not good enough.
_COMPLAINT = re.compile(
    r"不(?!断|仅|同|得|低于|少于|超|忘|只|但|论|管|限|动产|法|可|再|懈|折|变|松|漏|误|见面|跑|出|搞|涉|含|予|收|设|办)[\u4e00-\u9fff]"
    r"|不(?:足|够|高|强|全|力|实|畅|优|大|多|活|快|深|严|细|准|广|清|明|稳|紧|新|精|密|匀|一|平衡|充分|均衡|完善|规范|及时|到位|适应|健全|协调|匹配|落实|作为|合理|理想|相称|熟悉|重视|符合|容忽视|容乐观|尽如人意|尽合理|平均|配套|同步|统一|彻底|明显|突出|牢固|扎实|稳定|便|好|少|小|愿|敢|会|善于|想|能)"
    r"|薄弱|欠缺|缺乏|缺少|缺失|短缺|滞后|落后|偏[低弱少慢小高重紧]|[较还仍很太]?(?:低于|弱|差)|较[低弱差少慢小重大难]|有待|亟[待需须]|[仍还尚](?:需|须|有待|待|未|存|有|不|没)|需(?:要)?(?:进一步|继续|不断|加[强大快])"
    r"|差距|短板|问题|困难|矛盾|隐患|盲[区点]|死角|空白|弱项|流于形式|未能|尚未|未(?!来|知|雨|成年|发[现生]|出现|婚|央|必|免|曾|见|收到|接到|查出|办结)[\u4e00-\u9fff]|没有|难以|难[题点度]|压力|欠账|瓶颈|制约|脱节|参差不齐|不一致|违规|违法|逾期|超期|缺口|繁重|艰巨|任重道远|突出|严峻|淡薄|形式主义|官僚主义|腐败|推诿|迟缓|缓慢|粗放|单一|粗糙|随意|侵害|冲击|下降|下滑|减弱|困境|风险|挑战|隐忧|紧张|失衡|失衡|拖欠|乏力|疲软|趋紧|收窄|受阻|弱化|老化|外流|流失|断层|抬头|反弹|频发|多发|屡禁不止|屡查屡犯|漏洞|弊端|顽疾|乱象|缺位|越位|错位|慢作为|乱作为|懒政|虚报|瞒报|漏报|虚列|超标准|超范围|闲置|浪费|违纪|套取|截留|挪用|侵占|擅自|敷衍|走过场|虚假|弄虚作假|打折扣|(?:程度|水平|质量|效率|比例|比重|占比|[率度量]|能力|意识|层次|收入|标准|起点|积极性|主动性)[较偏仍还]?[低弱差]|(?:链条|战线)[较偏]?[短长]|起步晚|见效慢|[进增]展慢|(?:规模|体量)[较偏]?小|(?:人手|人员|力量|投入)[较偏]?少|底子薄|基础差|严重|[脏杂]乱|破损|[错死断]链|错别字|错误|有误|失实|失职|失责|失管|脱管|漏管|无法(?:打开|访问|正常)|蔓延|仍[时较]|依然|仍然|时有发生"
    r"|慢(?![性行病跑])|过[高多慢低重频密](?!程)|无人(?![机驾艇值])|停用|代[签填](?!单)|补填|倒签|发[黑臭霉]|积水|渗[漏水]|漏[水电油]|[堆乱混][放堆停扔]|锈蚀|脱落|陈旧|老旧|失效|占道|遮挡|积压|沉淀|拖延|遗漏|缺[项页岗员]|环节多|答不上|形同虚设"
)
# What is to be done: verbs that open a plan.
_INTENT = re.compile(
    r"(?:我[们局市县区镇乡街道处委]{0,3})?(?:将|要|拟|计划|打算)?(?:进一步|持续|继续|不断|切实|着力|全力|大力|积极|深入|扎实|认真|全面|充分|严格|牢固|坚决|稳步|有序|有效|加倍|更加|重点|主动|努力|及时|定期|尽快|始终|强力|奋力|聚力|精准|科学|合理|依法|高质量|高标准|常态化)*(?:地)?"
    r"(?:加[强大快速密固]|强化|深化|完善|健全|建[立好设成]|推[进动行广出]|提[高升请档速]|落[实细]|开展|组织|坚[持定守决]|规范|优化|做[好实优强细到]|抓[好实紧住牢]|聚焦|围绕|以|把|将|按照|制定|制订|修订|实施|构建|打造|创[新建]|拓[展宽]|巩固|统筹|突出|紧[扣盯抓密紧]|压[实紧]|夯实|筑牢|树[牢立]|增[强加进]|营造|培[育养训]|发[挥展]|探索|督促|指导|对照|针对|确保|力争|编[印制写]|争取|举办|引导|支持|鼓励|促进|改[进善革]|整[合改治顿]|解决|化解|破解|消除|严[格厉肃守把]|理顺|梳理|明确|细化|畅通|贯彻|学习|履行|履职|维护|保[障持护]|防[范止控]|扩大|吸引|引进|实[行现]|激[发活]|调[整动研]|配[齐备强合]|充实|补[齐足强]|用[好足]|借助|依托|利用|盘活|转变|创建|开[发设通拓放]|设立|成立|出台|启动|办[好理]|守[住牢]|牢[记固]|注重|丰富|凝聚|延伸|对标|参照|结合|通过|利用|选派|选拔|招[录聘]|联合|协[调同助]|排查|清[理查]|监[督管测]|检查|考核|评[估查]|落地|示范|宣传|普及|弘扬|倡导|传承|搭建|集中|分类|分级|动态|逐[步一项]|深[耕挖]|精[准简]|升级|更新|扶持|帮[助扶]|减[轻少负]|降[低本]|缩[短小]|控制|遏制|打[击好牢通]|扫除|纠正|查处|追究|问责|约谈|通报|公[开示布]|主动|征求|听取|吸纳|接受|全面|深入|持续|重点)"
)
_ACTS = re.compile(r"\A[“\"]?(?:.{0,4}?)(?:" + _INTENT.pattern + ")")
# 未发现突出问题: a section that says there is nothing.
_NONE = re.compile(
    r"(?:未|没有|尚未|暂未|暂无|并无|未有|均未)(?:发现|发生|出现|存在|收到|查出|反馈|检查出)[^,。;:]{0,24}(?:问题|不足|困难|情况|情形|隐患|意见)|(?:暂无|并无)[^,。;:]{0,12}(?:问题|不足|困难)|无(?:明显|突出|重大)的?(?:问题|不足)|不存在[^,。;:]{0,20}(?:问题|不足|情形)|\A(?:暂?无|没有|无存在问题)[。;]?\Z"
)


def complains(words: str) -> bool:
    """Whether the piece names something wrong (and does not say that nothing is)."""
    return bool(_COMPLAINT.search(words[:160])) and not nothing(words)


def nothing(words: str) -> bool:
    """Whether the piece says that no problem was found."""
    return bool(_NONE.search(words[:120]))


# 城区部分地段有白色垃圾, but not 部分村取得成效.
_OF_SOME = re.compile(
    r"[^,。;:]{0,6}(?:部分|个别|少数|一些|有的|有些)(?![^。;]{0,40}(?:良好|较好|重视|取得|提高|提升|突破|改善|完成))"
)


def of_some(words: str) -> bool:
    """Whether the piece tells of some only, which among faults is one, too."""
    return _OF_SOME.match(words) is not None


def intends(words: str) -> bool:
    """Whether the piece opens like a plan (加强……, 将进一步完善……)."""
    return _INTENT.match(words) is not None


def faulty(words: str) -> bool:
    """Whether the piece is a problem rather than a plan.

    The leading clause decides; where it opens like a plan (加强……) it is a problem
    only if it complains plainly (加强……还不够) and not of what it will overcome
    (解决……不到位).
    """
    clause = _CLAUSE.match(words)
    lead = clause[0] if clause else words[:60]
    if intends(words):
        tail = words.rstrip("。;!?,\n ")[-80:]
        last = tail[max(tail.rfind(mark) for mark in ",;。:!?\n") + 1 :]
        return any(
            (found := _PLAIN.search(part) or _TAIL.search(part)) is not None
            and _OVERCOME.search(part, 0, found.start()) is None
            for part in (lead, last)
        )
    return complains(words)


_CLAUSE = re.compile(r"[^,;。:!?\n]{1,80}")
_PLAIN = re.compile(
    r"不(?:足|够|高|强|全|力|实|畅|优|大|多|活|快|深|严|细|到位|平衡|充分|均衡|完善|规范|及时|健全|明显|理想|协调|适应|落实|匹配)|有待|亟[待需]|[仍还尚](?:需|须|有待|待|未|不|没|存在|有)|滞后|落后|偏[低弱少慢]|较[低弱差]|缺乏|欠缺|缺少|未能|尚未|难以|任重道远|艰巨|仍然|依然|过[高多慢低重频密](?!程)"
)
_OVERCOME = re.compile(
    r"解决|破解|化解|消除|整改|防范|防止|补齐|补强|整治|治理|克服|纠正|避免|杜绝|攻克|扭转|遏制"
)
_TAIL = re.compile(
    r"(?:薄弱|差距|短板|问题|困难|矛盾|繁重|突出|压力.{0,4}|难度.{0,4})\Z"
)
