"""Which plan answers which problem, and by which shared words.

The method, in one paragraph. An entry's terms are the pairs of neighbouring
Chinese characters of its text (commas and function words part them) and the
matters it speaks of, by the words of ``data/concepts.toml`` (案卷 and 执法 are one
matter); a term of the title counts twice. A term weighs the less the more entries
of this document hold it, so that what stands everywhere (法治政府建设) decides
little, and words of no content (工作, 推进, 问题 …) weigh next to nothing. The
score of a problem and a plan is the weight they share, as a part of the geometric
mean of their own weights. A plan answers a problem when the score reaches
:data:`THRESHOLD` and is no less than :data:`NEAR` of the best score that the plan
and the problem have; the shared words, heaviest first, are given with the link as
its reason.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import chain
from math import log, sqrt
from operator import add, mul

THRESHOLD = 0.1
NEAR = 0.6
_TITLE_WEIGHT = 2
_GENERIC_WEIGHT = 0.15
_CONCEPT_WEIGHT = 4.0
_MATTER = "·"  # marks a matter among the terms; no text term begins with it
_MANY = 200
_COMMON = 40

_GENERIC = frozenset(
    ["工作", "推进", "加强", "提高", "提升", "问题", "存在", "不足", "有待", "进一步", "一步", "完善", "建立", "健全", "落实", "开展", "深入", "全面", "持续", "部分", "个别", "方面", "情况", "能力", "水平", "质量", "建设", "发展", "管理", "制度", "机制", "体系", "措施", "重点", "重大", "需要", "仍需", "还需", "不够", "不到", "到位", "加大", "力度", "强化", "深化", "实施", "贯彻", "我市", "我县", "我区", "我局", "全市", "全县", "全区", "单位", "部门", "各级", "人员", "干部", "行政", "依法", "法治", "规范", "规定", "要求", "任务", "作用", "积极", "切实", "有效", "不断", "努力", "推动", "促进", "做好", "抓好", "严格", "严肃", "认真", "基层", "服务", "社会", "群众", "较大", "较少", "明显", "突出", "差距", "短板", "薄弱", "环节", "缺乏", "滞后", "落后", "依然", "仍然", "少数", "一些", "有的", "年度", "今年", "明年", "下一", "意识", "组织", "领导", "政府", "执行", "监督", "一定", "实现", "确保", "保障", "提供", "形成", "坚持", "围绕", "结合", "方式", "通过"]
)  # fmt: skip
_PARTS = "的和与及等对在是为以把被将从到由向于而且或并也都还仍较不"
# Chinese characters in a row that none of the function words parts.
_RUN = re.compile(rf"[^\u0000-\u4dff\ua000-\U0010ffff{_PARTS}]{{2,}}")


@dataclass(frozen=True, slots=True)
class Match:
    """A problem and a plan by their positions, how well they fit, and why."""

    problem: int
    plan: int
    score: float
    terms: tuple[str, ...]


def _pairs(text: str) -> set[str]:
    found: set[str] = set()
    for run in _RUN.findall(text):
        found.update(map(add, run, run[1:]))
    return found


def _bag(title: str, text: str) -> dict[str, int]:
    """The terms of an entry: pairs of characters, and the matters it speaks of."""
    bag = dict.fromkeys(_pairs(text), 1)
    for pair in _pairs(title):
        bag[pair] = _TITLE_WEIGHT
    words = _concept_words().findall(text)
    for word in words:
        bag.setdefault(_MATTER + _concepts()[word], 1)
    if words or title not in text:
        for word in _concept_words().findall(title):
            bag[_MATTER + _concepts()[word]] = _TITLE_WEIGHT
    return bag


@cache
def _concepts() -> dict[str, str]:
    """Which matter each word of ``data/concepts.toml`` belongs to."""
    data = (
        resources.files("checklists")
        .joinpath("data/concepts.toml")
        .read_text(encoding="utf-8")
    )
    return {
        word: concept
        for concept, words in tomllib.loads(data)["concepts"].items()
        for word in words
    }


@cache
def _own_weights() -> dict[str, float]:
    """The terms that do not weigh 1: words of every report, and matters."""
    return {
        **dict.fromkeys(_GENERIC, _GENERIC_WEIGHT),
        **{_MATTER + each: _CONCEPT_WEIGHT for each in _concepts().values()},
    }


@cache
def _concept_words() -> re.Pattern[str]:
    return re.compile(
        "|".join(sorted(map(re.escape, _concepts()), key=len, reverse=True))
    )


def cover(
    problems: Sequence[tuple[str, str]], plans: Sequence[tuple[str, str]]
) -> list[Match]:
    """The matches between ``problems`` and ``plans``, each a ``(title, text)``.

    One plan may answer several problems and one problem have several plans.
    """
    entries = [*problems, *plans]
    bags = [_bag(title, text) for title, text in entries]
    spread = Counter(chain.from_iterable(bags))
    rare = {count: log((len(entries) + 1) / count) for count in set(spread.values())}
    weighs = _own_weights().get
    weights = {term: weighs(term, 1.0) * rare[count] for term, count in spread.items()}
    own = [sum(map(mul, map(weights.__getitem__, bag), bag.values())) for bag in bags]
    scores = _shared_weight(bags, len(problems), spread, weights)
    for i, j in scores:
        scores[i, j] /= sqrt(own[i] * own[len(problems) + j]) or 1.0
    best_problem: dict[int, float] = {}
    best_plan: dict[int, float] = {}
    for (i, j), score in scores.items():
        best_problem[i] = max(score, best_problem.get(i, 0.0))
        best_plan[j] = max(score, best_plan.get(j, 0.0))
    return [
        Match(
            i,
            j,
            round(score, 3),
            _shared(
                (problems[i][1], bags[i]),
                (plans[j][1], bags[len(problems) + j]),
                weights,
            ),
        )
        for (i, j), score in sorted(scores.items())
        if score >= THRESHOLD and score >= NEAR * max(best_problem[i], best_plan[j])
    ]


def _shared_weight(
    bags: Sequence[dict[str, int]],
    problems: int,
    spread: Counter[str],
    weights: dict[str, float],
) -> dict[tuple[int, int], float]:
    """The weight that each problem and plan share, by way of an index of pairs.

    In a list of more than :data:`_MANY` entries a pair that stands in more than
    :data:`_COMMON` of them is left out: it weighs little, and the time stays
    linear in the number of entries.
    """
    most = _COMMON if len(bags) > _MANY else len(bags)
    holders: dict[str, list[tuple[int, int]]] = {}
    for j, bag in enumerate(bags[problems:]):
        for pair, times in bag.items():
            if 1 < spread[pair] <= most:
                holders.setdefault(pair, []).append((j, times))
    scores: dict[tuple[int, int], float] = {}
    for i, bag in enumerate(bags[:problems]):
        for pair in filter(holders.__contains__, bag):
            times, weight = bag[pair], weights[pair]
            for j, other in holders[pair]:
                shared = weight * (min(other, times))
                scores[i, j] = scores.get((i, j), 0.0) + shared
    return scores


def _shared(
    one: tuple[str, dict[str, int]],
    other: tuple[str, dict[str, int]],
    weights: dict[str, float],
) -> tuple[str, ...]:
    """The words both texts hold, heaviest first: chains of shared pairs.

    Each side is its text and its bag.
    """
    (text, bag), (other_text, other_bag) = one, other
    found: dict[str, float] = {}
    for run in _RUN.findall(text):
        start = None
        for i in range(len(run)):
            if i + 1 < len(run) and run[i : i + 2] in other_bag:
                start = i if start is None else start
            elif start is not None:
                word = run[start : i + 1]
                if word in other_text or len(word) > 2:  # noqa: PLR2004 (a chain of pairs may be two words)
                    found[word] = sum(
                        weights.get(word[k : k + 2], 0) for k in range(len(word) - 1)
                    )
                start = None
    for term in bag.keys() & other_bag.keys():
        if term[0] == _MATTER:
            found.setdefault(term[1:], weights[term])
    return tuple(sorted(found, key=lambda word: (-found[word], word))[:5])
