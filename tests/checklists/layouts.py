"""Rule-of-law reports with known entries, in every layout that offices use.

``report(...)`` builds a text and the exact texts of its problems and plans, so
that a test can ask for all of them back. The content is invented.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

PROBLEMS = (
    "法治政府建设推进不平衡。个别乡镇对依法行政工作重视不够，存在“上热下冷”现象。",
    "行政执法规范化水平不高。有的执法人员程序意识不强，全年案卷评查中有3.3%的案卷被评为不合格（主要是文书制作、送达等环节）。",
    "合法性审查力量薄弱。基层专职法制审核人员仅2名，一人多岗、一岗多责情况比较普遍。",
    "普法宣传针对性不强。对《中华人民共和国民法典》等法律法规的宣传形式单一，群众参与度较低。",
    "行政争议实质性化解机制不健全。部分单位负责人“出庭不出声”，败诉率较上年上升1.5个百分点。",
)
PLANS = (
    "压紧压实法治建设责任。把法治建设纳入年度绩效考核，6月底前完成对12个乡镇的督察。",
    "严格规范公正文明执法。组织执法人员分级分类培训不少于60学时，开展行政执法案卷评查2次。",
    "配齐配强审核力量。每个乡镇至少配备1名法制审核人员，建立疑难案件会商机制。",
    "创新普法方式。落实“谁执法谁普法”责任制，打造2个法治文化阵地。",
    "加强行政复议应诉工作。推动行政机关负责人出庭、出声、出彩，年底前实现出庭应诉率100%。",
)
DONE = (
    "加强组织领导。一是党委会专题研究法治建设3次；二是主要负责人述法1次。",
    "优化营商环境。针对存在的问题，着力破解办事难、办事慢等突出问题，办结事项1.2万件。",
    "依法科学决策。严格落实重大行政决策程序，审查文件31件，提出意见96条。",
)
CN = "一二三四五六七八九十"


def numbered(style: str, index: int) -> str:
    """The mark of entry ``index`` (from 0) in one numbering style."""
    number, chinese = index + 1, CN[index]
    return {
        "(一)": f"（{chinese}）",
        "(一)half": f"({chinese})",
        "1.": f"{number}.",
        "1、": f"{number}、",
        "1．": f"{number}．",
        "(1)": f"（{number}）",
        "1)": f"{number}）",
        "①": "①②③④⑤⑥⑦⑧⑨"[index],
        "一是": f"{chinese}是",
        "一要": f"{chinese}要",
        "第一，": f"第{chinese}，",
        "第一、": f"第{chinese}、",
        "首先": ("首先，", "其次，", "再次，", "此外，", "最后，")[index],
        "——": "——",
        "•": "• ",
        "- ": "- ",
        "(一)是": f"（{chinese}）是",
    }[style]


STYLES = (
    "(一)",
    "(一)half",
    "1.",
    "1、",
    "1．",
    "(1)",
    "1)",
    "①",
    "一是",
    "第一，",
    "第一、",
    "——",
    "•",
    "- ",
    "(一)是",
)
INLINE_STYLES = ("一是", "第一，", "1.", "①", "(一)")
PROBLEM_HEADINGS = (
    "存在的问题", "存在的主要问题", "存在问题", "存在的不足", "存在的问题和不足", "存在的不足和原因", "存在的困难和问题",
    "2023年法治政府建设存在的不足和原因", "2023年度推进法治政府建设存在的不足", "法治政府建设工作中存在的问题",
    "有待改进的方面", "工作中的短板和薄弱环节", "当前存在的主要问题及不足", "面临的困难和问题", "不足之处", "主要问题",
    "推进法治政府建设存在的问题和差距", "法治建设中存在的薄弱环节", "问题与不足", "尚需改进的地方",
)  # fmt: skip
PLAN_HEADINGS = (
    "下一步工作打算", "下一步工作安排", "2024年工作安排", "2024年工作计划", "2024年主要工作安排", "下一年度工作计划",
    "2024年推进法治政府建设的主要安排", "下步工作措施", "下一步工作思路", "2024年度法治政府建设工作打算", "今后工作打算",
    "下一步改进措施", "2024年工作思路及重点", "2024年重点工作", "下一阶段工作重点", "下一年推进法治政府建设的主要安排", "努力方向",
    "2024年法治政府建设工作要点", "下一步努力方向及工作重点", "工作打算",
)  # fmt: skip
PROBLEM_LEADS = (
    "",
    "2023年，我局法治政府建设虽然取得了一定成绩，但仍存在一些问题和不足：",
    "一年来，我镇依法行政工作取得了一定成效，但与上级要求和群众期盼相比还存在一定差距，主要表现在以下几个方面：",
    "在肯定成绩的同时，我们也清醒地认识到，工作中还存在不少薄弱环节。",
    "主要表现在：",
)
PLAN_LEADS = (
    "",
    "2024年，我局将以习近平法治思想为指导，重点做好以下工作：",
    "下一步，我镇将认真贯彻落实党的二十大精神，重点抓好以下五个方面工作。",
    "针对以上问题，我局将采取以下措施：",
)


@dataclass(frozen=True)
class Report:
    """A text and what a careful reader finds in it."""

    text: str
    problems: tuple[str, ...]
    plans: tuple[str, ...]


def listing(
    style: str, entries: Sequence[str], lead: str, *, inline: bool
) -> list[str]:
    """The paragraphs of one list; inline lists are one paragraph with their lead."""
    marked = [numbered(style, index) + entry for index, entry in enumerate(entries)]
    if inline:
        return [lead + "".join(marked)]
    return ([lead] if lead else []) + marked


def report(
    problem_heading: str,
    plan_heading: str,
    *,
    problem_style: str = "(一)",
    plan_style: str = "(一)",
    problem_lead: str = "",
    plan_lead: str = "",
    inline: bool = False,
    problems: Sequence[str] = PROBLEMS,
    plans: Sequence[str] = PLANS,
    plans_first: bool = False,
    closing: str = "",
) -> list[str]:
    """The paragraphs of a whole report."""
    first = [
        "一、主要工作和成效",
        *[f"（{CN[i]}）{text}" for i, text in enumerate(DONE)],
    ]
    problem_part = [
        problem_heading,
        *listing(problem_style, problems, problem_lead, inline=inline),
    ]
    if closing:
        problem_part[-1 if inline else len(problem_part) :] = (
            [problem_part[-1] + closing] if inline else [closing]
        )
    plan_part = [plan_heading, *listing(plan_style, plans, plan_lead, inline=inline)]
    middle = [
        "党政主要负责人履行推进法治建设第一责任人职责情况",
        "一是带头学法。组织集体学法4次。二是带头部署。研究解决问题5个。",
    ]
    parts = (
        [plan_part, middle, problem_part]
        if plans_first
        else [problem_part, middle, plan_part]
    )
    body: list[str] = []
    for number, part in enumerate(parts, start=1):
        body += [f"{CN[number]}、{part[0]}", *part[1:]]
    return [
        "柳溪县水利局2023年度法治政府建设情况报告",
        "2023年，在县委、县政府坚强领导下，我局扎实推进法治政府建设。现将有关情况报告如下：",
        *first,
        *body,
        "柳溪县水利局",
        "2024年1月15日",
    ]


def plain(paragraphs: Sequence[str]) -> str:
    """One paragraph a line."""
    return "\n".join(paragraphs) + "\n"


def spaced(paragraphs: Sequence[str]) -> str:
    """Indented by two full-width spaces, blank lines between, Windows line ends."""
    return "\r\n\r\n".join(f"\u3000\u3000{paragraph}" for paragraph in paragraphs)


def wrapped(paragraphs: Sequence[str], width: int = 36) -> str:
    """Broken hard at ``width`` characters, as copied out of a PDF."""
    lines = []
    for paragraph in paragraphs:
        indented = f"\u3000\u3000{paragraph}"
        lines += [indented[i : i + width] for i in range(0, len(indented), width)]
    return "\n".join(lines)


def one_line(paragraphs: Sequence[str]) -> str:
    """Everything on one line, parts parted by a space."""
    return " ".join(paragraphs)


def half_width(paragraphs: Sequence[str]) -> str:
    """Half-width punctuation, one paragraph a line."""
    return plain(paragraphs).translate(str.maketrans("，；：（）？！", ",;:()?!"))


def markdown(paragraphs: Sequence[str]) -> str:
    """Markdown: numbered headings as ## and run-in titles in bold."""
    lines = []
    for paragraph in paragraphs:
        if paragraph[:2] in {f"{c}、" for c in CN}:
            lines.append(f"## {paragraph}")
        else:
            lines.append(paragraph)
    return "\n\n".join(lines) + "\n"


def bold(paragraphs: Sequence[str]) -> str:
    """Markdown with every heading line in bold."""
    return "\n\n".join(
        f"**{paragraph}**" if paragraph[:2] in {f"{c}、" for c in CN} else paragraph
        for paragraph in paragraphs
    )


FORMS: dict[str, Callable[[Sequence[str]], str]] = {
    "plain": plain,
    "spaced": spaced,
    "wrapped": wrapped,
    "half width": half_width,
    "markdown": markdown,
    "bold": bold,
}
