"""OFD, the national format of official documents: the text of its pages.

A zip of XML: ``OFD.xml`` names the documents, each of these its pages and the
templates that lie under them, each page its objects, with the place of every sign.
Read with the standard library. Left out: annotations, stamps, attachments, and
signs that stand askew (watermarks).

Source: GB/T 33190-2016.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from math import hypot
from typing import Final

from checklists.document import N_, Document, DocumentError
from checklists.readers.grids import Path, with_tables
from checklists.readers.lines import too_long
from checklists.readers.original import Original
from checklists.readers.package import MAX_PART_BYTES, Package, damaged, protected
from checklists.readers.paragraphs import PrintedPage
from checklists.readers.printed import printed
from checklists.readers.signs import Matrix, Sign, advance, lines_of, placed
from checklists.readers.xmlparts import Element, read_blocks

MAX_PAGES: Final = 5_000
MAX_OBJECTS: Final = 2_000_000
"""Objects drawn in all; a template, or a unit used again, is drawn each time."""
MAX_SIGNS: Final = 1_000_000
MAX_PAGE_SIGNS: Final = 50_000
"""Signs drawn in all, and on one page, where each is held with its place; a page of a
report has a thousand."""
_KEPT_SIGNS: Final = 200_000
"""Signs of templates that are held; further ones are read again for each page."""
MAX_CORNERS: Final = 20_000
"""Corners of shapes on one page; a drawing has more, a table some hundreds."""
MAX_TRACED: Final = 1_000_000
"""Corners on all pages together; tables on further pages are read line by line."""
_STRAIGHT: Final = frozenset("SMLC")
_POINTS: Final = 72 / 25.4
_A4: Final = (210.0, 297.0)
"""A page that states no size, in millimetres."""
_UNITS_DEEP: Final = 4
"""Composite units, one inside the other."""
_LARGEST: Final = 1e6
_NUMBER: Final = re.compile(
    r"[-+]?(?:[0-9]{1,12}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][-+]?[0-9]{1,2})?"
)
_WORD: Final = re.compile(r"\S{1,60}")
_LINE_ENDS: Final = "\r\n\t"
_UNKNOWN: Final = "\ufffd"
_ASKEW: Final = 0.05
_AS_IS: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(slots=True)
class _Sheet:
    """What is drawn on a page or a template; millimetres from the upper left."""

    size: tuple[float, float] | None = None
    templates: list[str] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    pictures: float = 0.0
    shapes: int = 0
    paths: list[Path] = field(default_factory=list)
    corners: int = 0
    unmapped: int = 0
    objects: int = 0


def read_ofd(original: Original, package: Package) -> Document:
    """The text of an OFD; its notes name the pages of which none could be had.

    Raises:
        DocumentError: damaged, encrypted, hostile, too long, or without text.
    """
    if "Encryptions.xml" in package:  # GM/T 0099-2020
        raise protected(original.name)
    pages: list[PrintedPage] = []
    files = _Files(package)
    try:
        for root in files.tree("OFD.xml").iter("DocRoot"):
            reader = _Reader(files, files.part("OFD.xml", root.text or ""))
            for page in reader.pages(len(pages)):
                pages.append(page)
                if len(pages) > MAX_PAGES:
                    why = N_("It has more than {limit} pages, the limit for one.")
                    raise _too_many(original.name, why, MAX_PAGES)
    except KeyError as error:
        raise damaged(original.name) from error
    if not pages:
        raise damaged(original.name)
    return printed(original, pages, "ofd")


class _Files:
    """The parts of the package, found by locations of which some are not exact.

    It also keeps count of what has been read and drawn, in all documents of it.
    """

    def __init__(self, package: Package) -> None:
        self.name = package.name
        self._package = package
        self._bytes = MAX_PART_BYTES
        self._objects = MAX_OBJECTS
        self._corners = MAX_TRACED
        self._signs = MAX_SIGNS
        self._known = {
            member.filename.replace("\\", "/").lstrip("/").lower(): member.filename
            for member in package.members()
        }

    def part(self, base: str, location: str) -> str:
        """The part at ``location``, from where ``base`` lies or from the root.

        Raises:
            KeyError: there is none.
        """
        location = location.strip().replace("\\", "/")
        near = posixpath.join("/", posixpath.dirname(base), location)
        paths = [
            posixpath.normpath(path).lstrip("/")
            for path in (near, posixpath.join("/", location))
        ]
        exact = next((path for path in paths if path in self._package), None)
        near, root = (path.lower() for path in paths)
        return exact or self._known.get(near) or self._known[root]

    def blocks(self, part: str, sink: Callable[[Element], None]) -> Element:
        """Give ``sink`` each object of the part's layers; the rest of its tree."""
        parents = frozenset({"Layer"})
        return read_blocks(self.name, self._chunks(part), parents, sink)

    def tree(self, part: str) -> Element:
        """A part as a tree, for the small ones."""
        return read_blocks(self.name, self._chunks(part), frozenset(), lambda _: None)

    def _chunks(self, part: str) -> Iterator[bytes]:
        """The bytes of a part; all that are read together are limited."""
        for chunk in self._package.chunks(part):
            self._bytes -= len(chunk)
            if self._bytes < 0:
                raise too_long(self.name)
            yield chunk

    def trace(self, corners: int) -> bool:
        """Use up some of the corners that are looked at; whether they were left."""
        self._corners -= corners
        return self._corners >= 0

    def spend(self, objects: int, signs: int) -> None:
        """Use up some of what may be drawn in all.

        Raises:
            DocumentError: there is not so much left.
        """
        self._objects -= objects
        self._signs -= signs
        if self._objects < 0 or self._signs < 0:
            raise too_long(self.name, MAX_SIGNS)


class _Reader:
    """Reads the pages of one document of the package."""

    def __init__(self, files: _Files, part: str) -> None:
        self._files = files
        self._part = part
        self._tree = files.tree(part)
        self._kept = 0
        self._sheets: dict[str, _Sheet] = {}
        self._units: dict[str, Element] | None = None
        self._runs = 0
        self._locations = {
            template.get("ID", ""): template.get("BaseLoc", "")
            for template in self._tree.iter("TemplatePage")
        }

    def pages(self, before: int) -> Iterator[PrintedPage]:
        """Each page; ``before`` were read already."""
        box = next(self._tree.iter("PhysicalBox"), None)
        usual = None if box is None else _size(box.text or "")
        listed = self._tree.find("Pages")
        for number, page in enumerate(() if listed is None else listed, before + 1):
            sheet = self._sheet(page.get("BaseLoc", ""))
            under = [
                self._template(self._locations[name])
                for name in dict.fromkeys(sheet.templates)
                if name in self._locations
            ]
            sheets = [*under, sheet]
            traced = self._files.trace(sum(sheet.corners for sheet in sheets))
            size = sheet.size or usual or _A4
            yield _page(number, sheets, size, traced=traced)

    def _template(self, location: str) -> _Sheet:
        """A template, parsed once; what it draws counts each time."""
        known = self._sheets.get(location)
        if known is None:
            known = self._sheet(location)
            self._kept += len(known.signs)
            if self._kept <= _KEPT_SIGNS:
                self._sheets[location] = known
        else:
            self._files.spend(known.objects + 1, len(known.signs))
        return known

    def _sheet(self, location: str) -> _Sheet:
        part = self._files.part(self._part, location)
        sheet = _Sheet()

        def draw(element: Element) -> None:
            self._draw(element, _AS_IS, sheet, _UNITS_DEEP)

        root = self._files.blocks(part, draw)
        box = root.find("Area/PhysicalBox")
        sheet.size = None if box is None else _size(box.text or "")
        sheet.templates = [
            template.get("TemplateID", "") for template in root.iter("Template")
        ]
        return sheet

    def _draw(self, element: Element, place: Matrix, sheet: _Sheet, deep: int) -> None:
        """Put an object of a page, with all in it, onto ``sheet``."""
        stack = [(element, place, deep)]
        while stack:
            thing, outer, left = stack.pop()
            self._files.spend(1, 0)
            sheet.objects += 1
            if thing.get("Visible", "true").strip() in {"false", "0"}:
                continue
            if thing.tag in {"PageBlock", "Layer", "Content"}:
                stack.extend((child, outer, left) for child in reversed(thing))
            elif thing.tag == "TextObject":
                self._write(thing, _inside(thing, outer), sheet)
            elif thing.tag == "PathObject":
                sheet.shapes += 1
                self._trace(thing, _inside(thing, outer), sheet)
            elif thing.tag == "ImageObject":
                _, _, width, height = _numbers(thing.get("Boundary", ""), 4)
                a, b, c, d, _, _ = outer
                sheet.pictures += abs(width * height * (a * d - b * c))
            elif thing.tag == "CompositeObject" and left:
                unit = self._unit(thing.get("ResourceID", ""))
                inner = _inside(thing, outer)
                stack.extend((child, inner, left - 1) for child in reversed(unit))

    def _trace(self, thing: Element, place: Matrix, sheet: _Sheet) -> None:
        """Keep the shapes of straight lines that a path object is made of."""
        stroked = thing.get("Stroke", "true").strip() not in {"false", "0"}
        data = thing.find("AbbreviatedData")
        text = "" if data is None else data.text or ""
        if not stroked and thing.get("Fill", "false").strip() in {"false", "0"}:
            return
        for shape in _shapes(text):
            sheet.corners += len(shape)
            if sheet.corners > MAX_CORNERS:
                sheet.paths.clear()
                return
            sheet.paths.append((stroked, [placed(x, y, place) for x, y in shape]))

    def _unit(self, identity: str) -> list[Element]:
        """The parts of a composite unit, which the resources describe."""
        if self._units is None:
            self._units = {}
            for tag in ("PublicRes", "DocumentRes"):
                for location in self._tree.iter(tag):
                    part = self._files.part(self._part, location.text or "")
                    for each in self._files.tree(part).iter("CompositeGraphicUnit"):
                        self._units[each.get("ID", "")] = each
        return list(self._units.get(identity, ()))

    def _write(self, thing: Element, place: Matrix, sheet: _Sheet) -> None:
        """Put the signs of a text object onto ``sheet``, each where it stands."""
        a, b, c, d, _, _ = place
        if min(abs(a), abs(b)) > _ASKEW * max(abs(a), abs(b)):
            return
        size = abs(_number(thing.get("Size", ""))) * hypot(c, d)
        if not size:  # not stated: the object is as high as its signs
            size = abs(_numbers(thing.get("Boundary", ""), 4)[3])
        across = hypot(a, b)
        wide = _number(thing.get("HScale", "1")) or 1.0
        x = y = 0.0
        for code in thing.iter("TextCode"):
            text = (code.text or "").strip(_LINE_ENDS)
            x = _number(code.get("X", "")) if "X" in code.attrib else x
            y = _number(code.get("Y", "")) if "Y" in code.attrib else y
            if not text.strip():
                continue
            self._files.spend(0, len(text))
            if len(sheet.signs) + len(text) > MAX_PAGE_SIGNS:
                raise _too_many(
                    self._files.name,
                    N_("A page of it has more than {limit} signs, which none needs."),
                    MAX_PAGE_SIGNS,
                )
            self._runs += 1
            rights = _deltas(code.get("DeltaX", ""), len(text))
            downs = _deltas(code.get("DeltaY", ""), len(text))
            at_x, at_y = x, y
            for index, sign in enumerate(text):
                natural = advance(sign) * size * wide
                left, base = placed(at_x, at_y, place)
                if sign == _UNKNOWN:
                    sheet.unmapped += 1
                else:
                    sheet.signs.append(
                        Sign(sign, left, left + natural, base, size, self._runs)
                    )
                if index < len(rights):
                    at_x += rights[index]
                elif index >= len(downs):
                    at_x += natural / (across or 1.0)
                at_y += downs[index] if index < len(downs) else 0.0


def _inside(thing: Element, outer: Matrix) -> Matrix:
    """How the inside of an object comes to stand on the page: its box and its CTM."""
    x, y, _, _ = _numbers(thing.get("Boundary", ""), 4)
    own = _numbers(thing.get("CTM", ""), 6) if thing.get("CTM") else list(_AS_IS)
    a, b, c, d, e, f = outer
    e, f = placed(own[4] + x, own[5] + y, outer)
    return (
        a * own[0] + c * own[1],
        b * own[0] + d * own[1],
        a * own[2] + c * own[3],
        b * own[2] + d * own[3],
        e,
        f,
    )


def _shapes(text: str) -> Iterator[list[tuple[float, float]]]:
    """The shapes of a path, corner by corner; none of one that has curves."""
    words = [match[0] for match in islice(_WORD.finditer(text), 3 * MAX_CORNERS)]
    if not _STRAIGHT.issuperset(word for word in words if word.isalpha()):
        return
    shape: list[tuple[float, float]] = []
    for index, word in enumerate(words):
        if word in {"S", "M"}:
            yield shape
            shape = []
        if word in {"S", "M", "L"}:
            x, y = (
                _number(each) for each in [*words[index + 1 : index + 3], "", ""][:2]
            )
            shape.append((x, y))
        elif word == "C" and shape:
            shape.append(shape[0])
    yield shape


def _page(
    number: int, sheets: list[_Sheet], size: tuple[float, float], *, traced: bool
) -> PrintedPage:
    width, height = size
    signs = [sign for sheet in sheets for sign in sheet.signs]
    pictured = sum(sheet.pictures for sheet in sheets) / (width * height)
    page = PrintedPage(
        number=number,
        width=width * _POINTS,
        height=height * _POINTS,
        lines=tuple(lines_of(signs, height, _POINTS)),
        unmapped=sum(sheet.unmapped for sheet in sheets),
        pictured=min(pictured, 1.0),
        shapes=sum(sheet.shapes for sheet in sheets),
    )
    paths = (
        (stroked, [(x * _POINTS, (height - y) * _POINTS) for x, y in corners])
        for sheet in sheets
        for stroked, corners in (sheet.paths if traced else ())
        if corners
    )
    return with_tables(page, paths)


def _size(box: str) -> tuple[float, float] | None:
    _, _, width, height = _numbers(box, 4)
    return (width, height) if width > 0 and height > 0 else None


def _numbers(text: str, count: int) -> list[float]:
    """The first ``count`` numbers of ``text``; what is missing is 0."""
    found = [
        _number(match[0])
        for match, _ in zip(_WORD.finditer(text), range(count), strict=False)
    ]
    return found + [0.0] * (count - len(found))


def _number(text: str) -> float:
    """A number that can be reckoned with; 0 for what is none."""
    match = _NUMBER.fullmatch(text.strip())
    return max(-_LARGEST, min(float(match[0]), _LARGEST)) if match else 0.0


def _deltas(text: str, count: int) -> list[float]:
    """Steps from sign to sign, at most ``count``; ``g 3 1.5`` is 1.5 three times."""
    found: list[float] = []
    words = _WORD.finditer(text)
    for word in words:
        if len(found) >= count:
            break
        if word[0] == "g":
            times, step = (
                _number(w[0]) for w in (next(words, word), next(words, word))
            )
            found += [step] * max(min(int(times), count - len(found)), 0)
        else:
            found.append(_number(word[0]))
    return found


def _too_many(name: str, why: str, limit: int) -> DocumentError:
    return DocumentError(
        N_("{name} is too long to read."),
        why,
        N_("Give the report itself, or split the file."),
        name=name,
        limit=limit,
    )
