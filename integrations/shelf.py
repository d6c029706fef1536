"""The attachments of a folder: files below ``attachments/`` that texts link to.

Names and links are hostile: nothing outside ``attachments/`` is ever opened, and
no symbolic link on the way is followed.
"""

from __future__ import annotations

import os
import posixpath
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, unquote

from integrations import safefile
from integrations.tracker import N_, Attachment, Invalid, Missing

ROOT = "attachments"

_LINK = re.compile(
    r"\[[^\]\n]{0,500}\]\(\s*(?P<target><[^<>\n]{1,1000}>|[^()\n]{1,1000}"
    r"(?:\([^()\n]{0,500}\)[^()\n]{0,500}){0,9})\)"
)
_LINK_TITLE = re.compile(r"\s+(?:\"[^\"]*\"|'[^']*')\s*\Z")
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\[\]()#%\u200e\u200f\u202a-\u202e]+')
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Shelf:
    """The attachments below ``folder``."""

    folder: Path

    def targets(self, text: str) -> tuple[list[str], list[str]]:
        """What ``text`` links to: ids of attachments, and links that lead outside.

        Links to other places (the web, other files of a repository) are neither.
        """
        inside: dict[str, None] = {}
        outside: dict[str, None] = {}
        for found in _LINK.finditer(text):
            target = _LINK_TITLE.sub("", found["target"].strip())
            target = unquote(target.removeprefix("<").removesuffix(">")).strip()
            path = target.replace("\\", "/").removeprefix("./")
            if not path.startswith(f"{ROOT}/"):
                continue
            if self._path(path) is None:
                outside[target] = None
            else:
                inside[posixpath.normpath(path)] = None
        return list(inside), list(outside)

    def lying(self, number: int) -> list[str]:
        """Ids of the files that lie in the directory of issue ``number``."""
        place = self.folder / ROOT / f"{number:04d}"
        try:
            with os.scandir(place) as entries:
                names = [
                    entry.name
                    for entry in entries
                    if entry.is_file(follow_symlinks=False)
                    and not entry.name.startswith(".")
                ]
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            return []
        ids = (f"{ROOT}/{number:04d}/{name}" for name in sorted(names))
        return [id_ for id_ in ids if self._path(id_) is not None]

    def describe(
        self, id_: str, author: str | None, created: datetime | None
    ) -> Attachment:
        """The attachment ``id_`` as it lies there; ``size`` ``None`` if it does not."""
        path = self._path(id_)
        size: int | None = None
        if path is not None and path.is_file():
            status = path.stat()
            size = status.st_size
            created = created or datetime.fromtimestamp(status.st_mtime, UTC)
        return Attachment(id_, posixpath.basename(id_), size, author, created)

    def add(self, number: int, name: str, content: BinaryIO) -> str:
        """Store a file at issue ``number`` under a free name like ``name``."""
        place = self.folder / ROOT / f"{number:04d}"
        place.mkdir(parents=True, exist_ok=True)
        for candidate in _names(name):
            id_ = f"{ROOT}/{number:04d}/{candidate}"
            path = self._path(id_)
            if path is None:
                break
            if path.exists():
                continue
            try:
                safefile.create_file(path, content)
            except FileExistsError:
                continue
            return id_
        raise Invalid(
            N_("The file {name} cannot be attached to issue {number}."),
            N_("Its directory leads out of the folder, or the name is taken."),
            N_("Look at {place}."),
            name=name,
            number=number,
            place=str(place),
        )

    def open(self, id_: str, limit: int) -> BinaryIO:
        """The bytes of an attachment."""
        path = self._path(id_)
        if path is None:
            raise Missing(
                N_("{name} is no attachment."),
                N_("It leads out of the folder {folder}."),
                N_("Put the file into the folder and link to it there."),
                name=id_,
                folder=str(self.folder / ROOT),
            )
        try:
            return safefile.open_plain(path, limit)
        except safefile.TooLarge:
            raise Invalid(
                N_("The attachment {name} is too large."),
                N_("It has more than {limit} bytes."),
                N_("Make it smaller, or raise the limit."),
                name=id_,
                limit=limit,
            ) from None
        except OSError as error:
            raise Missing(
                N_("The attachment {name} cannot be read."),
                N_("It is not there, or no plain file ({reason})."),
                N_("Put the file where the link says."),
                name=id_,
                reason=error.strerror or type(error).__name__,
            ) from None

    def link(self, id_: str) -> str:
        """A Markdown link to an attachment."""
        return f"[{posixpath.basename(id_)}]({quote(id_)})"

    def changed(self, number: int) -> float:
        """When a file of issue ``number`` changed last (seconds), 0 if there is none."""
        place = self.folder / ROOT / f"{number:04d}"
        try:
            status = place.stat()
            times = [status.st_mtime, status.st_ctime]
            with os.scandir(place) as entries:
                for entry in entries:
                    status = entry.stat(follow_symlinks=False)
                    times += [status.st_mtime, status.st_ctime]
        except OSError:
            return 0.0
        return max(times)

    def _path(self, id_: str) -> Path | None:
        """The path of an id, or ``None`` when it does not lie below the root."""
        normal = posixpath.normpath(id_)
        if not normal.startswith(f"{ROOT}/") or "\x00" in normal:
            return None
        path = self.folder / normal
        here = self.folder.resolve()
        # Resolving shows what a symbolic link on the way would make of it.
        return path if path.resolve() == here / normal else None


def _names(name: str) -> Iterator[str]:
    """``name`` made fit for every file system, then numbered variants of it."""
    plain = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    plain = _UNFIT.sub("-", plain).strip(" .-") or "file"
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > 16:  # noqa: PLR2004 (no file type is longer)
        stem, dot, ending = plain, "", ""
    while len(stem.encode()) > _LONGEST_NAME:
        stem = stem[:-1]
    yield f"{stem}{dot}{ending}"
    for again in range(2, 1000):
        yield f"{stem}-{again}{dot}{ending}"
