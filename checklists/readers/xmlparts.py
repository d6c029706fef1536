"""XML of office packages, block by block, without what makes XML dangerous.

ECMA-376 part 2 forbids document type declarations, and only they can define
entities: a part with one is refused, so nothing expands and nothing is fetched.
Names come without their namespace, as transitional, strict and WPS files give
the same names in different ones.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable
from typing import Final
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from checklists.readers.package import Package, contrived, damaged

Element = ET.Element

MAX_DEPTH: Final = 256
"""Nested elements; Word itself nests some 30, a table in a table 6 more."""
MAX_BLOCK_ELEMENTS: Final = 1_000_000
"""Elements held at a time: of one block (a paragraph, a table, a row), of all that
stands outside blocks, of all children of a part that is taken as a whole."""


class _Blocks(ET.TreeBuilder):
    """Builds blocks and hands each over as soon as it is closed.

    A block is a child of an element named in ``parents``, outside any other block.
    """

    def __init__(
        self, name: str, parents: frozenset[str], sink: Callable[[Element], None]
    ) -> None:
        super().__init__()
        self._name = name
        self._parents = parents
        self._sink = sink
        self._open: list[Element] = []
        self._block_depth = 0
        self._count = 0
        self._outside = 0

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:  # noqa: ARG002 (the parser's signature)
        raise contrived(self._name)

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        depth = len(self._open)
        self._count += 1
        if depth >= MAX_DEPTH or self._count > MAX_BLOCK_ELEMENTS:
            raise contrived(self._name)
        if not self._block_depth and depth and self._open[-1].tag in self._parents:
            self._block_depth = depth
            self._outside, self._count = self._count, 0
        element = super().start(_local(tag), {_local(k): v for k, v in attrs.items()})
        self._open.append(element)
        return element

    def end(self, tag: str, /) -> Element:
        element = super().end(_local(tag))
        self._open.pop()
        depth = len(self._open)
        if self._block_depth and depth == self._block_depth:
            self._block_depth = 0
            self._count = self._outside
            self._open[-1].remove(element)
            self._sink(element)
        return element


def read_blocks(
    name: str,
    chunks: Iterable[bytes],
    parents: frozenset[str],
    sink: Callable[[Element], None],
) -> Element:
    """Give ``sink`` each child of an element named in ``parents``, in order.

    What is left is the root, with all that stands outside these children.

    Raises:
        DocumentError: no XML, or XML that no office program writes.
    """
    target = _Blocks(name, parents, sink)
    parser = ET.XMLParser(target=target)  # noqa: S314 (declarations are refused)
    try:
        for chunk in chunks:
            parser.feed(chunk)
        return parser.close()
    except (ET.ParseError, ValueError, LookupError) as error:
        raise damaged(name) from error


def read_children(name: str, data: bytes, parent: str) -> list[Element]:
    """The children of the elements named ``parent``, in order; none without data."""
    children: list[Element] = []
    count = 0

    def child(element: Element) -> None:
        nonlocal count
        count += sum(1 for _ in element.iter())
        if count > MAX_BLOCK_ELEMENTS:
            raise contrived(name)
        children.append(element)

    if data:
        read_blocks(name, [data], frozenset({parent}), child)
    return children


def related(package: Package, part: str, kind: str) -> str | None:
    """The part that ``part`` (``""``: the package) names as its ``kind``, if any."""
    return next((target for _, target in relations(package, part, kind)), None)


def relations(package: Package, part: str, kind: str) -> list[tuple[str, str]]:
    """The parts that ``part`` names as of one kind, each with the relation's id.

    Source: ECMA-376 part 2, clause 8.3 (relationships).
    """
    folder, name = posixpath.split(part)
    data = package.read(posixpath.join(folder, "_rels", f"{name}.rels"))
    found: list[tuple[str, str]] = []
    for relation in read_children(package.name, data, "Relationships"):
        if relation.get("Type", "").rpartition("/")[2] == kind:
            target = posixpath.join("/", folder, unquote(relation.get("Target", "")))
            found.append((relation.get("Id", ""), posixpath.normpath(target)[1:]))
    return found


def _local(name: str) -> str:
    return name.rpartition("}")[2]
