"""Markdown to and from the Atlassian Document Format of Jira Cloud (pure).

Texts of ours come back exactly: blocks are what blank lines part, a block becomes
a heading, task list, list or code only if reading that back gives the same block,
and plain text with line breaks otherwise. Documents that people wrote in Jira
become Markdown as well as it can say them. Jira adds attributes, merges texts and
reorders marks, so documents are never compared, only what is read from them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

Node = dict[str, object]
_Values = Mapping[str, object]

_DEEPEST = 60
_HEADING = re.compile(r"(#{1,6}) (\S.*)")
_TASK = re.compile(r"- \[([ x])\] (\S.*)")
_BULLET = re.compile(r"- (\S.*)")
_NUMBERED = re.compile(r"(\d{1,9})\. (\S.*)")
_CODE = re.compile(r"```([\w+#.-]*)\n(.*)\n```", re.DOTALL)
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|\*\*(?P<strong>[^*\n]+)\*\*"
    r"|\[(?P<text>[^\[\]\n]+)\]\((?P<href>https?://[^()\s]+)\)"
)


def document(text: str) -> Node:
    """A document that reads back as ``text`` (without blank lines at its ends)."""
    return {
        "type": "doc",
        "version": 1,
        "content": [_block(block, at) for at, block in enumerate(_blocks(text))],
    }


def markdown(value: object) -> str:
    """The text of a document; of anything else nothing."""
    if not isinstance(value, dict) or value.get("type") != "doc":
        return ""
    return "\n\n".join(_children(value, 0))


def _blocks(text: str) -> Iterator[str]:
    """The blocks between blank lines; code keeps the blank lines within it."""
    waiting: list[str] = []
    for piece in text.split("\n\n") if text else []:
        waiting.append(piece)
        if not waiting[0].startswith("```"):
            yield waiting.pop()
        elif piece.endswith("\n```"):
            yield "\n\n".join(waiting)
            waiting = []
    # A fence that is never closed is no code.
    yield from waiting


def _block(block: str, at: int) -> Node:
    for make in (_code, _heading, _tasks, _bullets, _numbers, _rich):
        node = make(block, at)
        if node is not None and _read(node, 0) == block:
            return node
    return _paragraph(block, lambda line: [_text(line)] if line else [])


def _code(block: str, _: int) -> Node | None:
    found = _CODE.fullmatch(block)
    if found is None or not found[2]:
        return None
    attrs: Node = {"language": found[1]} if found[1] else {}
    return {"type": "codeBlock", "attrs": attrs, "content": [_text(found[2])]}


def _heading(block: str, _: int) -> Node | None:
    found = _HEADING.fullmatch(block)
    if found is None:
        return None
    level = {"level": len(found[1])}
    return {"type": "heading", "attrs": level, "content": _inline(found[2])}


def _tasks(block: str, at: int) -> Node | None:
    found = [_TASK.fullmatch(line) for line in block.split("\n")]
    items: list[Node] = [
        {
            "type": "taskItem",
            "attrs": {
                "localId": f"{at}-{number}",
                "state": "DONE" if task[1] == "x" else "TODO",
            },
            "content": _inline(task[2]),
        }
        for number, task in enumerate(found)
        if task
    ]
    if len(items) < len(found):
        return None
    return {"type": "taskList", "attrs": {"localId": str(at)}, "content": items}


def _bullets(block: str, _: int) -> Node | None:
    found = [_BULLET.fullmatch(line) for line in block.split("\n")]
    items = [_item(line[1]) for line in found if line]
    return (
        {"type": "bulletList", "content": items} if len(items) == len(found) else None
    )


def _numbers(block: str, _: int) -> Node | None:
    found = [_NUMBERED.fullmatch(line) for line in block.split("\n")]
    items = [_item(line[2]) for line in found if line]
    if len(items) < len(found) or found[0] is None:
        return None
    attrs = {"order": int(found[0][1])}
    return {"type": "orderedList", "attrs": attrs, "content": items}


def _rich(block: str, _: int) -> Node:
    return _paragraph(block, _inline)


def _item(line: str) -> Node:
    return {"type": "listItem", "content": [_paragraph(line, _inline)]}


def _paragraph(block: str, inline: Callable[[str], list[Node]]) -> Node:
    content: list[Node] = []
    for number, line in enumerate(block.split("\n")):
        if number:
            content.append({"type": "hardBreak"})
        content += inline(line)
    return {"type": "paragraph", "content": content}


def _text(text: str, *marks: Node) -> Node:
    node: Node = {"type": "text", "text": text}
    return {**node, "marks": list(marks)} if marks else node


def _inline(line: str) -> list[Node]:
    """Text with the marks of code, bold and links."""
    nodes: list[Node] = []
    done = 0
    for found in _INLINE.finditer(line):
        if found.start() > done:
            nodes.append(_text(line[done : found.start()]))
        if found["code"]:
            nodes.append(_text(found["code"], {"type": "code"}))
        elif found["strong"]:
            nodes.append(_text(found["strong"], {"type": "strong"}))
        else:
            link: Node = {"type": "link", "attrs": {"href": found["href"]}}
            nodes.append(_text(found["text"], link))
        done = found.end()
    if done < len(line):
        nodes.append(_text(line[done:]))
    return nodes


# -- reading what people wrote --------------------------------------------------------


def _children(node: _Values, depth: int) -> list[str]:
    content = node.get("content")
    if not isinstance(content, list) or depth > _DEEPEST:
        return []
    return [_read(child, depth + 1) for child in content if isinstance(child, dict)]


def _read(node: _Values, depth: int) -> str:
    """One node as Markdown; what is not known gives what it contains."""
    kind = node.get("type")
    attrs = node.get("attrs")
    attrs = attrs if isinstance(attrs, dict) else {}
    leaf = _LEAVES.get(kind if isinstance(kind, str) else "")
    if leaf is not None:
        return leaf(node, attrs)
    inner = _children(node, depth)
    build = _BLOCKS.get(kind if isinstance(kind, str) else "")
    return build(node, attrs, inner) if build else "\n\n".join(inner)


def _listed(
    node: _Values, inner: Sequence[str], mark: Callable[[Node, int], str]
) -> Iterator[str]:
    """List items, each with its mark; what belongs to one is indented."""
    content = node.get("content")
    items = (
        [one for one in content if isinstance(one, dict)]
        if isinstance(content, list)
        else []
    )
    number = 0
    for item, text in zip(items, inner, strict=False):
        if item.get("type") in {"taskList", "bulletList", "orderedList"}:
            yield "\n".join(f"  {line}" for line in text.split("\n"))
            continue
        first, *more = text.split("\n")
        yield "\n".join([mark(item, number) + first, *(f"  {line}" for line in more)])
        number += 1


def _task_mark(item: Node, _: int) -> str:
    attrs = item.get("attrs")
    done = isinstance(attrs, dict) and attrs.get("state") in {"DONE", "DECIDED"}
    return "- [x] " if done else "- [ ] "


def _read_text(node: _Values, _: _Values) -> str:
    text = _word(node, "text")
    marks = node.get("marks")
    found = {
        mark["type"]: mark
        for mark in (marks if isinstance(marks, list) else [])
        if isinstance(mark, dict) and isinstance(mark.get("type"), str)
    }
    for kind, sign in (("code", "`"), ("em", "*"), ("strong", "**"), ("strike", "~~")):
        if kind in found:
            text = f"{sign}{text}{sign}"
    if link := found.get("link"):
        attrs = link.get("attrs")
        href = _word(attrs, "href") if isinstance(attrs, dict) else ""
        text = text if text == href else f"[{text}]({href})"
    return text


def _read_date(_: _Values, attrs: _Values) -> str:
    try:
        at = datetime.fromtimestamp(int(str(attrs.get("timestamp"))) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return at.date().isoformat()


def _read_heading(_: _Values, attrs: _Values, inner: Sequence[str]) -> str:
    level = attrs.get("level")
    marks = level if isinstance(level, int) and level in range(1, 7) else 1
    return f"{'#' * marks} {''.join(inner)}"


def _read_numbers(node: _Values, attrs: _Values, inner: Sequence[str]) -> str:
    first = attrs.get("order")
    start = first if isinstance(first, int) else 1
    return "\n".join(_listed(node, inner, lambda _item, at: f"{start + at}. "))


def _read_row(_: _Values, __: _Values, inner: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace(chr(10), ' ') for cell in inner)} |"


def _read_quote(_: _Values, __: _Values, inner: Sequence[str]) -> str:
    return "\n".join(f"> {line}" for line in "\n\n".join(inner).split("\n"))


def _read_tasks(node: _Values, _: _Values, inner: Sequence[str]) -> str:
    return "\n".join(_listed(node, inner, _task_mark))


def _word(values: _Values, name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


_BLOCKS: dict[str, Callable[[_Values, _Values, Sequence[str]], str]] = {
    "paragraph": lambda _node, _attrs, inner: "".join(inner),
    "taskItem": lambda _node, _attrs, inner: "".join(inner),
    "decisionItem": lambda _node, _attrs, inner: "".join(inner),
    "caption": lambda _node, _attrs, inner: "".join(inner),
    "heading": _read_heading,
    "codeBlock": lambda _node, attrs, inner: (
        f"```{_word(attrs, 'language')}\n{''.join(inner)}\n```"
    ),
    "taskList": _read_tasks,
    "decisionList": _read_tasks,
    "bulletList": lambda node, _attrs, inner: "\n".join(
        _listed(node, inner, lambda _item, _at: "- ")
    ),
    "orderedList": _read_numbers,
    "listItem": lambda _node, _attrs, inner: "\n".join(inner),
    "blockquote": _read_quote,
    "tableRow": _read_row,
    "table": lambda _node, _attrs, inner: "\n".join(inner),
}
_LEAVES: dict[str, Callable[[_Values, _Values], str]] = {
    "text": _read_text,
    "hardBreak": lambda _node, _attrs: "\n",
    "rule": lambda _node, _attrs: "---",
    "mention": lambda _node, attrs: _word(attrs, "text"),
    "emoji": lambda _node, attrs: _word(attrs, "text") or _word(attrs, "shortName"),
    "date": _read_date,
    "status": lambda _node, attrs: _word(attrs, "text"),
    "inlineCard": lambda _node, attrs: _word(attrs, "url"),
    "blockCard": lambda _node, attrs: _word(attrs, "url"),
    "embedCard": lambda _node, attrs: _word(attrs, "url"),
    "media": lambda _node, attrs: _word(attrs, "alt"),
    "mediaInline": lambda _node, attrs: _word(attrs, "alt"),
}
