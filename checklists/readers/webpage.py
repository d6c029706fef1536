"""Web pages: the document in them, without the site around it.

lxml parses; which element holds the document is decided here. The general
extractors were tried and not taken, because a report must come through word for
word: readability-lxml drops short blocks (a heading, a line of a list, a table
without ASCII commas), trafilatura keeps menus and footers or loses the title.
Chinese government sites are built with a handful of systems that name the element
of the text; where none is named, the text is where the sentences are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import islice
from typing import TYPE_CHECKING, Final

from checklists.document import N_, Document, DocumentError
from checklists.readers.encoding import decode
from checklists.readers.lines import Cell, Lines, column_name
from checklists.readers.original import Original
from checklists.readers.package import contrived, damaged
from checklists.readers.pageflow import Block, Row, flow, is_left_out, tag_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_TAGS: Final = 500_000
"""Tags of one page; real ones have some thousands."""
MAX_ATTRIBUTES: Final = 1_000
"""Attributes of one tag: the parser compares each with all before it."""

_CHARSET: Final = re.compile(
    r"charset\s{0,9}=\s{0,9}[\"']?([\w.:-]{2,40})", re.IGNORECASE
)
_CONTAINERS: Final = frozenset(
    {
        "ucap-content", "trs_editor", "trs_ueditor", "trs_paper_default", "zoom",
        "pages_content", "article-content", "article_content", "articlecontent",
        "articlecon", "news_content", "newscontent", "j-fontcontent", "fontzoom",
        "xxgk_content", "conzt", "content_article", "wp_articlecontent",
        "v_news_content", "js_content", "vsb_content", "contenttext", "maincontent",
        "zwxl-article", "ewb-article-info", "articledetails", "artibody",
    }
)  # fmt: skip
"""Ids and classes by which the systems of government sites name the text:
TRS, UCAP (gov.cn), JCMS (wp_), VSB, Epoint (ewb-), WeChat (js_content) …"""
_LEAST: Final = 60
"""Characters that make a container a document."""
_CONTAINER_SHARE: Final = 0.3
_DESCENT_SHARE: Final = 0.7
_LINK_SHARE: Final = 0.5
_SENTENCE: Final = re.compile(r"[，。；：,;]")
_WORDS_WITHOUT_SENTENCE: Final = 0.2

_FURNITURE: Final = re.compile(
    r"ICP备|公网安备|网站标识码|版权所有|copyright|打印本页|关闭(?:本页|窗口)"
    r"|(?:您|你)?(?:当前|现在|所在)(?:的)?(?:所在)?位置|^分享(?:到|至)|^[上下]一(?:篇|条)"
    r"|^(?:责任|网络?)编辑[:：]|(?:浏览|点击|阅读)(?:次数|量|数)|字[体号][:：]?.{0,9}大"
    r"|扫一扫|扫码|^附件下载|^收藏$|^打印$|建议使用.{0,20}(?:分辨率|浏览器)|技术支持[:：]"
    r"|^(?:主办|承办)(?:单位)?[:：].{0,40}(?:办公室|人民政府|局)$",
    re.IGNORECASE,
)
"""Lines of the site, wherever they stand. Only short lines are judged."""
_FURNITURE_LENGTH: Final = 120
_DATE: Final = re.compile(r"(?:19|20)\d\d\s?[-年/.]\s?\d{1,2}")
_TITLE_NAMES: Final = ("articletitle", "og:title")
_TITLE_PARTS: Final = re.compile(r"\s*[-_|—–]+\s*")
_SERVICES: Final = re.compile(
    r"[【\[（(|]?(?:浏览|点击|阅读|访问|字体|字号|打印|分享|视力|保护|收藏|关闭|大\s中\s小)"
)
"""Where a line about the publication goes over to what the site offers."""
_TITLE_LINE: Final = re.compile(r"[^。；;：:]{8,80}")
_TITLE_LINES: Final = 4
_LINES_ABOVE: Final = 6
_TITLE_LENGTH: Final = 5
_HEADLINE_PARTS: Final = 3
_HEADLINES: Final = (
    "h1", "h2", "h3", "b", "strong", "font", "span", "p", "div", "td",
)  # fmt: skip
"""Elements that titles stand in."""


@dataclass(slots=True)
class _Weight:
    """What an element holds: sentences, and text in links."""

    plain: float = 0.0
    linked: float = 0.0


def read_html(original: Original) -> Document:
    """The main text of a web page, one line for each block, rows of tables too.

    Raises:
        DocumentError: no page, no known encoding, far too many tags; or the
            ``html`` extra is not installed.
    """
    root = _parse(original)
    weights = _weigh(root)
    main = _main(root, weights)
    lines = Lines(original)
    blocks = list(_shown(flow(main, skip=_link_lists(weights))))
    for text in _front(main, _title(root), blocks, weights):
        lines.add(text, "title")
    table = 0
    row = 0
    for number, block in enumerate(blocks, start=1):
        if isinstance(block, Row):
            row = 1 if block.first else row + 1
            table += block.first
            lines.add_row(
                [
                    Cell(column, text, f"table {table} cell {column_name(column)}{row}")
                    for column, text in block.cells
                ]
            )
        else:
            heading = f", heading {block.heading}" if block.heading else ""
            lines.add(block.text, f"paragraph {number}{heading}")
    return lines.document("html")


def _parse(original: Original) -> HtmlElement:
    if find_spec("lxml") is None:
        raise DocumentError(
            N_("{name} is a web page, which needs one more package."),
            N_("Web pages are read with lxml, which is not installed."),
            N_("Install it: pip install 'rectification-ledger[html]'"),
            name=original.name,
        )
    from lxml import etree, html

    text = decode(original.name, original.data, declared=_declared(original))
    if text.count("<") > MAX_TAGS:
        raise DocumentError(
            N_("{name} is no page that is read."),
            N_("It has more than {limit} tags, which no report needs."),
            N_("Copy the text of the report into a text file and give that."),
            name=original.name,
            limit=MAX_TAGS,
        )
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, huge_tree=True
    )
    data = text.encode()
    try:
        if _most_attributes(data) > MAX_ATTRIBUTES:
            raise contrived(original.name)
        root = html.document_fromstring(data, parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise damaged(original.name) from error
    if parser.error_log.filter_types(etree.ErrorTypes.ERR_RESOURCE_LIMIT):
        raise contrived(original.name)  # what lies deeper was dropped by the parser
    return root


class _Attributes:
    """What a first, cheap pass over a page looks at: it builds nothing."""

    def __init__(self) -> None:
        self.most = 0

    def start(self, _tag: str, attributes: Mapping[str, str]) -> None:
        self.most = max(self.most, len(attributes))

    def close(self) -> None:
        """Part of what a parser asks of its target."""


def _most_attributes(text: bytes) -> int:
    """How many attributes the tag with the most has, in linear time."""
    from lxml import etree

    seen = _Attributes()
    parser = etree.HTMLParser(
        target=seen,  # type: ignore[arg-type]  # lxml calls only what there is
        encoding="utf-8",
        no_network=True,
        huge_tree=True,
    )
    parser.feed(text)
    parser.close()
    return seen.most


def _declared(original: Original) -> str:
    """The encoding that the server or the page itself names."""
    head = original.data[:4096].decode("latin-1")
    match = _CHARSET.search(original.content_type) or _CHARSET.search(head)
    return match[1] if match else ""


def _weigh(root: HtmlElement) -> dict[HtmlElement, _Weight]:
    """The weight of each element, its descendants' included."""
    weights: dict[HtmlElement, _Weight] = {}
    stack: list[tuple[HtmlElement, bool, bool]] = [(root, False, False)]
    while stack:
        element, in_link, done = stack.pop()
        if done:
            own = weights[element]
            for child in element:
                if child in weights:
                    own.plain += weights[child].plain
                    own.linked += weights[child].linked
            continue
        if is_left_out(element):
            continue
        linked = in_link or tag_of(element) == "a"
        texts = [element.text, *(child.tail for child in element)]
        weight = weights[element] = _Weight()
        for text in texts:
            if linked:
                weight.linked += len("".join((text or "").split()))
            else:
                weight.plain += _sentences(text or "")
        stack.append((element, linked, True))
        stack.extend((child, linked, False) for child in element)
    return weights


def _sentences(text: str) -> float:
    length = len("".join(text.split()))
    return length if _SENTENCE.search(text) else length * _WORDS_WITHOUT_SENTENCE


def _main(root: HtmlElement, weights: dict[HtmlElement, _Weight]) -> HtmlElement:
    """The element that holds the document."""
    whole = weights[root].plain
    named = [
        element
        for element in weights
        if _names(element) & _CONTAINERS and weights[element].plain >= _LEAST
    ]
    best = max(named, key=lambda element: weights[element].plain, default=None)
    if best is not None and weights[best].plain >= _CONTAINER_SHARE * whole:
        return best
    current = root
    while True:
        inside = [child for child in current if child in weights]
        heaviest = max(inside, key=lambda child: weights[child].plain, default=None)
        if heaviest is None or tag_of(heaviest) in {"p", "tr", "li", "span", "pre"}:
            return current
        if weights[heaviest].plain < _DESCENT_SHARE * weights[current].plain:
            return current
        current = heaviest


def _names(element: HtmlElement) -> set[str]:
    return {
        name.lower()
        for attribute in ("id", "class")
        for name in element.get(attribute, "").split()
    }


def _link_lists(weights: dict[HtmlElement, _Weight]) -> set[HtmlElement]:
    """Blocks that are mostly links: menus, paths, related pages."""
    return {
        element
        for element, weight in weights.items()
        if tag_of(element) in {"div", "ul", "ol", "table", "td", "section", "p", "dl"}
        and weight.linked > _LINK_SHARE * (weight.linked + weight.plain)
    }


def _shown(blocks: Iterable[Block | Row]) -> Iterator[Block | Row]:
    """The blocks without the site's own; of a dated line, the part before these."""
    for block in blocks:
        if (
            isinstance(block, Row)
            or len(block.text) > _FURNITURE_LENGTH
            or not _FURNITURE.search(block.text)
        ):
            yield block
        elif _DATE.search(dated := _SERVICES.split(block.text)[0]):
            yield Block(dated.strip(), block.heading)


def _front(
    main: HtmlElement,
    title: str,
    blocks: list[Block | Row],
    weights: dict[HtmlElement, _Weight],
) -> Iterator[str]:
    """The title and the day of publication, where the main text has them not.

    On most sites they stand above the element of the text.
    """
    above = list(islice(_above(main, weights), _LINES_ABOVE))
    title = title or next((text for text in above if _TITLE_LINE.fullmatch(text)), "")
    texts = [block.text for block in blocks[:_TITLE_LINES] if isinstance(block, Block)]
    if not title or any(_squeezed(title) in _squeezed(text) for text in texts):
        return
    yield title
    for text in above:
        if _DATE.search(text):
            yield text
            return


def _above(main: HtmlElement, weights: dict[HtmlElement, _Weight]) -> Iterator[str]:
    """The lines before the main text, the nearest first, without menus and paths."""
    lists = _link_lists(weights)
    for element in (main, *main.iterancestors()):
        for sibling in element.itersiblings(preceding=True):
            if sibling in weights and sibling not in lists:
                found = list(_shown(flow(sibling, skip=lists)))
                yield from (b.text for b in reversed(found) if isinstance(b, Block))


def _title(root: HtmlElement) -> str:
    """The title that the page gives the document, not the site."""
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        if name in _TITLE_NAMES and (content := meta.get("content", "").strip()):
            return " ".join(content.split())
    whole = " ".join((root.findtext(".//title") or "").split())
    shown = {_headline(element) for element in root.iter(*_HEADLINES)}
    for part in (whole, *_TITLE_PARTS.split(whole)):
        if len(part) >= _TITLE_LENGTH and _squeezed(part) in shown:
            return part
    headings = [" ".join(str(e.text_content()).split()) for e in root.iter("h1")]
    return headings[0] if len(headings) == 1 else ""


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _headline(element: HtmlElement) -> str:
    """The text of an element that holds little else, without white space."""
    if len(element) > _HEADLINE_PARTS or any(len(child) for child in element):
        return ""
    return _squeezed(str(element.text_content()))
