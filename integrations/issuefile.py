"""One issue as a Markdown file: front matter, body, comments (pure).

    ---
    number: 1
    title: 行政执法不严格不规范
    state: open
    labels: ledger, severity/major
    due: 2024-06-30
    ---

    The body.

    ## Comments

    ### 王五 · 2026-11-23

    What he wrote.

``docs/trackers.md`` describes the format for the people who edit such files. What
a change does not touch keeps its bytes: unknown keys, blank lines, line ends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from hashlib import sha256

from integrations.tracker import N_

KEYS = (
    "number",
    "title",
    "state",
    "closed_by",
    "closed_on",
    "assignees",
    "labels",
    "due",
    "milestone",
    "author",
    "created",
)
"""The keys that mean something, in the order in which they are written."""

LIST_MARK = re.compile(r"[,，]")
COMMENTS_HEADING = "## Comments"

_BOM = "\ufeff"
_FENCE = re.compile(r"-{3,}[ \t]*")
_FIELD = re.compile(r"(?P<key>[^:：\s][^:：]*?)[ \t]*[:：][ \t]*(?P<value>.*?)[ \t]*")
_HEADING = re.compile(r"##[ \t]+(?:Comments|留言)[ \t]*#*[ \t]*", re.IGNORECASE)
_GUARDED_HEADING = re.compile(rf"\\+{_HEADING.pattern}", re.IGNORECASE)
_COMMENT = re.compile(r"###[ \t]+(?P<head>\S.*?)[ \t]*")
_GUARDED_COMMENT = re.compile(r"\\+###[ \t].*")
_SIGNED = re.compile(
    r"(?P<name>.+?)[ \t]*[·•・|][ \t]*(?P<date>\d{4}[-/.年].*)", re.DOTALL
)
_DAY = re.compile(
    r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?"
    r"(?:[ \tT]+(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2}))?(?:\.\d+)?"
    r"[ \t]*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)


class FileProblem(Exception):
    """What is wrong with one file: ``why`` and ``todo`` with ``values``."""

    def __init__(self, why: str, todo: str, **values: object) -> None:
        """Keep the message ids and the values for their places."""
        super().__init__(why, todo)
        self.why = why
        self.todo = todo
        self.values = values


@dataclass(frozen=True, slots=True)
class Note:
    """One comment of a file. ``id`` is made of its content, so it survives moves.

    ``day`` is ``None`` when no readable date stands in its heading.
    """

    id: str
    author: str | None
    day: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class IssueFile:
    """The parts of a file, in LF line ends; together they are the whole of it.

    ``header`` are the lines between the fences, ``body`` all between them and the
    comments' heading, ``tail`` the heading and what follows (or nothing).
    """

    header: tuple[str, ...]
    body: str
    tail: str = ""
    newline: str = "\n"
    bom: bool = False

    @classmethod
    def parse(cls, data: bytes) -> IssueFile:
        """Split the bytes of a file. Raises :class:`FileProblem`."""
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            raise FileProblem(
                N_("It is not UTF-8 (byte {place})."),
                N_("Save it as UTF-8."),
                place=error.start,
            ) from None
        bom = text.startswith(_BOM)
        text = text.removeprefix(_BOM)
        newline = "\r\n" if "\r\n" in text else "\n"
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if not text.strip():
            raise FileProblem(
                N_("It is empty."),
                N_("Bring its text back (from version control or a copy)."),
            )
        if not _FENCE.fullmatch(lines[0]):
            raise FileProblem(
                N_("It does not begin with front matter."),
                N_("Put --- , title: …, state: open and --- at its beginning."),
            )
        end = next(
            (at for at, line in enumerate(lines) if at and _FENCE.fullmatch(line)), None
        )
        if end is None:
            raise FileProblem(
                N_("Its front matter does not end."),
                N_("Put a line --- behind the last key."),
            )
        rest = lines[end + 1 :]
        cut = next(
            (i for i, line in enumerate(rest) if _HEADING.fullmatch(line)), len(rest)
        )
        made = cls(
            header=tuple(lines[1:end]),
            body="\n".join(rest[:cut]),
            tail="\n".join(rest[cut:]),
            newline=newline,
            bom=bom,
        )
        made.fields()
        return made

    def fields(self) -> dict[str, str]:
        """The known keys that stand there with a value. Raises :class:`FileProblem`."""
        found: dict[str, str] = {}
        for number, line in enumerate(self.header, 2):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            field = _FIELD.fullmatch(line)
            if field is None:
                raise FileProblem(
                    N_("Line {line} of its front matter is not “key: value”."),
                    N_("Write “key: value”, or move the text behind the second ---."),
                    line=number,
                )
            key = field["key"].lower()
            if key not in KEYS:
                continue
            if key in found:
                raise FileProblem(
                    N_("The key {field} stands twice (again in line {line})."),
                    N_("Keep the line that holds."),
                    field=key,
                    line=number,
                )
            found[key] = field["value"]
        return {key: value for key, value in found.items() if value}

    def text(self) -> str:
        """The body as it was meant: no blank lines around it, guards taken off."""
        lines = [
            line[1:] if _GUARDED_HEADING.fullmatch(line) else line
            for line in self.body.split("\n")
        ]
        return trimmed("\n".join(lines))

    def version(self) -> int:
        """A number for header and body; comments do not change it."""
        joined = "\n".join((*self.header, "---", self.body.strip()))
        return int.from_bytes(sha256(joined.encode()).digest()[:6])

    def with_fields(self, changes: Mapping[str, str]) -> IssueFile:
        """Set known keys; a key that is not there yet comes at its place."""
        lines = list(self.header)
        for key, value in changes.items():
            line = f"{key}: {value}".rstrip()
            places = {
                field["key"].lower(): at
                for at, text in enumerate(lines)
                if (field := _FIELD.fullmatch(text))
            }
            if key in places:
                lines[places[key]] = line
            elif value:
                before = KEYS[: KEYS.index(key)]
                at = max((places[k] + 1 for k in before if k in places), default=0)
                lines.insert(at, line)
        return replace(self, header=tuple(lines))

    def with_text(self, text: str) -> IssueFile:
        """Set the body; a line that would begin the comments is guarded by a backslash."""
        lines = [
            f"\\{line}"
            if _HEADING.fullmatch(line) or _GUARDED_HEADING.fullmatch(line)
            else line
            for line in trimmed(text).split("\n")
        ]
        body = "\n".join(lines)
        return replace(self, body=f"\n{body}\n" if body else "")

    def notes(self, key: str) -> tuple[Note, ...]:
        """The comments in their order; ``key`` makes their ids those of one issue."""
        blocks: list[tuple[str | None, list[str]]] = [(None, [])]
        for line in self.tail.split("\n")[1:]:
            if heading := _COMMENT.fullmatch(line):
                blocks.append((heading["head"], []))
            else:
                blocks[-1][1].append(
                    line[1:] if _GUARDED_COMMENT.fullmatch(line) else line
                )
        found: list[Note] = []
        used: dict[str, int] = {}
        for head, lines in blocks:
            text = trimmed("\n".join(lines))
            if not text:
                continue
            digest = sha256(f"{key}\n{head or ''}\n{text}".encode()).hexdigest()[:16]
            used[digest] = used.get(digest, 0) + 1
            again = f"-{used[digest]}" if used[digest] > 1 else ""
            author, day = _signature(head)
            found.append(Note(f"{digest}{again}", author, day, text))
        return tuple(found)

    def with_note(self, head: str, text: str) -> IssueFile:
        """Append a comment under ``### head``."""
        lines = [
            f"\\{line}"
            if _COMMENT.fullmatch(line) or _GUARDED_COMMENT.fullmatch(line)
            else line
            for line in trimmed(text).split("\n")
        ]
        tail = self.tail.rstrip("\n") or COMMENTS_HEADING
        body = self.body if self.tail else self.body.rstrip("\n") + "\n"
        return replace(
            self, body=body, tail=tail + f"\n\n### {head}\n\n" + "\n".join(lines) + "\n"
        )

    def encode(self) -> bytes:
        """The bytes of the whole file."""
        parts = ["---", *self.header, "---", self.body]
        text = "\n".join([*parts, self.tail] if self.tail else parts)
        text = text if text.endswith("\n") else text + "\n"
        return ((_BOM if self.bom else "") + text.replace("\n", self.newline)).encode()


def trimmed(text: str) -> str:
    """``text`` in LF line ends, without the blank lines at its ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = [at for at, line in enumerate(lines) if line.strip()]
    return "\n".join(lines[kept[0] : kept[-1] + 1]) if kept else ""


def listed(value: str) -> frozenset[str]:
    """The entries of a list value: ``a, b``, also in square brackets."""
    inner = value[1:-1] if value.startswith("[") and value.endswith("]") else value
    return frozenset(part.strip() for part in LIST_MARK.split(inner) if part.strip())


def moment(text: str) -> datetime | None:
    """A date, with or without a time of day, as an aware time; ``None`` if it is none.

    A date alone means noon, so that it stays the same day in the zones around. A
    time without a zone is of this machine's.
    """
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return None
    try:
        day = date(int(found["y"]), int(found["m"]), int(found["d"]))
        if found["H"] is None:
            return datetime.combine(day, time(12)).astimezone()
        at = datetime.combine(
            day, time(int(found["H"]), int(found["M"]), int(found["S"] or 0))
        )
        if not found["zone"]:
            return at.astimezone()
        zone = found["zone"].replace("Z", "+00:00")
        return at.replace(tzinfo=datetime.strptime(zone, "%z").tzinfo or UTC)
    except (ValueError, OverflowError):
        return None


def _signature(head: str | None) -> tuple[str | None, datetime | None]:
    """Name and date of a comment's heading."""
    if head is None:
        return None, None
    signed = _SIGNED.fullmatch(head)
    if signed is None:
        return head, None
    return signed["name"], moment(signed["date"])
