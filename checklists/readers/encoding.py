"""Bytes to text: which encoding, by mark, by strict decoding, by evidence.

Nothing is guessed silently: an encoding is taken only when every byte decodes
under it *and* the result looks like text. What decodes by luck (GB18030 gives
some character for nearly any pair of bytes) is told from Chinese by the share of
common characters: GB 2312 sorts its 3,755 everyday ones into rows 16–55, and they
are more than nine in ten of any real page, but a third of random ones.
"""

from __future__ import annotations

import codecs
from typing import Final

from checklists.document import N_, DocumentError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: it begins with its mark
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE: Final = 65_536
"""Characters that the evidence is taken from."""
_COMMON_SHARE: Final = 0.6
_CONTROL_SHARE: Final = 0.02
_EVERYDAY_ROWS: Final = range(0xB0, 0xD8)
_GB2312_PAIR: Final = 2
_CUT_SHORT: Final = frozenset(
    {"unexpected end of data", "truncated data", "incomplete multibyte sequence"}
)


def decode(name: str, data: bytes, *, declared: str = "") -> str:
    """The text of ``data``, its byte order mark left out, nothing else changed.

    ``declared`` is the encoding that the document names itself (a web page). Being
    often wrong, it only decides where the bytes leave a choice: Big5.

    Raises:
        DocumentError: no known encoding fits, or the bytes are no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode_marked(name, data[len(mark) :], encoding)
    if b"\0" in data:
        text = _best(data, ("utf-16-le", "utf-16-be"))
        if text is None:
            raise _binary(name)
        return text
    proven = ("utf-8", "big5hkscs") if _is_big5(declared) else ("utf-8",)
    for encoding in proven:
        text = _strict(data, encoding)
        if text is not None and is_text(text):
            return text
    text = _best(data, ("gb18030", "utf-16-le", "utf-16-be"))
    if text is None:
        raise _unknown(name, data)
    return text


def is_text(text: str) -> bool:
    """Whether ``text`` holds hardly any control characters (a sample of it)."""
    sample = text[:_SAMPLE]
    controls = sum(
        character < " " and character not in "\t\n\r\f\v" for character in sample
    )
    return "\0" not in text and controls <= len(sample) * _CONTROL_SHARE


def _is_big5(declared: str) -> bool:
    try:
        return codecs.lookup(declared).name in {"big5", "big5hkscs", "cp950"}
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        return False


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _decode_marked(name: str, data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _broken(name, data, error) from None
    if not is_text(text):
        raise _binary(name)
    return text


def _best(data: bytes, encodings: tuple[str, ...]) -> str | None:
    """The decoding with the most everyday characters, if any has enough."""
    scored: list[tuple[float, str]] = []
    for encoding in encodings:
        text = _strict(data, encoding)
        if text is not None and is_text(text):
            scored.append((common_share(text), text))
    share, text = max(scored, default=(0.0, ""), key=lambda pair: pair[0])
    return text if share >= _COMMON_SHARE else None


def common_share(text: str) -> float:
    """The share of everyday characters among those of a sample that are not ASCII.

    Everyday are Chinese and full-width punctuation, general punctuation and symbols,
    and the first 3,755 characters of GB 2312. Text of ASCII alone has all of it.
    """
    wide = [
        character
        for character in text[:_SAMPLE]
        if not character.isascii() and not character.isspace()
    ]
    return sum(map(_is_everyday, wide)) / len(wide) if wide else 1.0


def _is_everyday(character: str) -> bool:
    if character >= "\uff00" or "\u2000" <= character <= "\u303f":
        return character < "\U00010000"
    try:
        pair = character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return len(pair) == _GB2312_PAIR and pair[0] in _EVERYDAY_ROWS


def _broken(name: str, data: bytes, error: UnicodeDecodeError) -> DocumentError:
    """Why almost-good text was refused: cut short, or one bad byte."""
    values: dict[str, object] = {
        "name": name,
        "encoding": error.encoding.upper(),
        "offset": error.start,
        "line": data.count(b"\n", 0, error.start) + 1,
    }
    if error.reason in _CUT_SHORT:
        return DocumentError(
            N_("{name} breaks off in the middle of a character."),
            N_("It reads as {encoding} up to its last bytes; its end is missing."),
            N_("Copy or download the file again."),
            **values,
        )
    return DocumentError(
        N_("{name} cannot be decoded."),
        N_("It reads as {encoding} up to line {line} (byte {offset}), then no more."),
        N_("Open it in an editor, repair that line and save it as UTF-8."),
        **values,
    )


def _binary(name: str) -> DocumentError:
    return DocumentError(
        N_("{name} is not a text."),
        N_("It holds binary data that no known document format explains."),
        N_("Give the report as text, Markdown, HTML, docx, PDF, OFD, xlsx or csv."),
        name=name,
    )


def _unknown(name: str, data: bytes) -> DocumentError:
    """The most helpful refusal for bytes that no encoding explains.

    Where most of the file is good Chinese under one encoding, it says where that
    ends; a byte or two that decode by luck do not count.
    """
    failures: list[UnicodeDecodeError] = []
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError as error:
            good = data[: error.start].decode(encoding)
            if not good.isascii() and common_share(good) >= _COMMON_SHARE:
                failures.append(error)
    if failures:
        return _broken(name, data, max(failures, key=lambda failure: failure.start))
    if not is_text(data[:_SAMPLE].decode("latin-1")):
        return _binary(name)
    return DocumentError(
        N_("{name} is in an unknown encoding."),
        N_("It is neither UTF-8 nor UTF-16 nor GB18030."),
        N_("Open it in the program that made it and save it as UTF-8."),
        name=name,
    )
