"""A folder in which each issue is a Markdown file that people read and edit.

``0001-short-title.md`` is issue 1, found by its number whatever people make of
the rest of the name; its attachments lie in ``attachments/0001``. There is no
index and no database, so the folder can live in a git repository.

Options: ``login`` (default ``ledger``) is the name under which the program
writes.
"""

from __future__ import annotations

import io
import os
import re
import threading
import unicodedata
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, TypeVar

from integrations import safefile
from integrations.issuefile import (
    COMMENTS_HEADING,
    LIST_MARK,
    FileProblem,
    IssueFile,
    listed,
    moment,
    trimmed,
)
from integrations.shelf import ROOT, Shelf
from integrations.tracker import (
    MAX_DOWNLOAD,
    N_,
    UNSET,
    Attachment,
    Capabilities,
    Closing,
    Comment,
    Forbidden,
    Invalid,
    Issue,
    IssueDraft,
    IssuePatch,
    Label,
    Meter,
    Milestone,
    Missing,
    Page,
    Settings,
    Stale,
    Standing,
    TrackerError,
    UnknownOutcome,
    Unreachable,
    Unreadable,
)

Entry = TypeVar("Entry")

MAX_FILE = 4 * 1024 * 1024
"""The largest issue file that is read, in bytes."""

_PAGE = 200
_NAME = re.compile(r"(?P<number>[0-9]{1,9})(?:[^0-9].*)?\.md", re.IGNORECASE)
_GRAIN = timedelta(seconds=2)
"""The coarsest clock of a file system (FAT); a read looks this far further back."""


@dataclass(frozen=True, slots=True)
class _Found:
    """The file of one issue, and when anything of the issue changed last."""

    number: int
    path: Path
    changed: datetime

    @property
    def key(self) -> str:
        return str(self.number)


class FolderTracker:
    """One folder of issue files."""

    def __init__(
        self,
        settings: Settings,
        secret: Callable[[], str],
        memory: MutableMapping[str, object],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Bind to the folder ``settings.address``; a folder needs no ``secret``."""
        del secret
        self.capabilities = Capabilities(locking=True, local=True)
        self.meter = Meter()
        self._folder = Path(settings.address).expanduser()
        self._shelf = Shelf(self._folder)
        self._login = settings.options.get("login", "").strip() or "ledger"
        self._memory = memory
        self._now = now
        self._lock = threading.RLock()

    def check(self) -> Standing:
        """Whether the folder is there and can be written."""
        problems: list[TrackerError] = []
        if not self._folder.is_dir():
            problems.append(self._no_folder())
        elif not os.access(self._folder, os.R_OK | os.W_OK | os.X_OK):
            problems.append(self._no_right())
        return Standing(
            login=self._login,
            project=str(self._folder),
            version="folder 1",
            problems=tuple(problems),
            server_time=self._now(),
        )

    def prepare(
        self, labels: Sequence[Label], milestones: Sequence[Milestone] = ()
    ) -> None:
        """Nothing to do: labels and milestones are plain words of a file."""

    def issues(self, since: datetime | None) -> Iterator[Page[Issue]]:
        """Issues of which the file or an attachment changed at or after ``since``."""

        def read(found: _Found) -> tuple[tuple[Issue, ...], list[Unreadable]]:
            issue, problems = self._issue(found, self._load(found))
            return (issue,), problems

        return self._pages(since, read)

    def comments(self, since: datetime | None) -> Iterator[Page[Comment]]:
        """All comments of the files that changed at or after ``since``."""

        def read(found: _Found) -> tuple[tuple[Comment, ...], list[Unreadable]]:
            # What is wrong with the file's links is told by ``issues``.
            return self._comments(found, self._load(found)), []

        return self._pages(since, read)

    def issue(self, key: str) -> Issue:
        """One issue as its file says now."""
        found = self._find(key)
        return self._issue(found, self._load(found))[0]

    def create(self, draft: IssueDraft) -> Issue:
        """Write a new file under the next free number."""
        fields = {
            "title": _one_line("title", draft.title),
            "state": "open",
            "closed_by": "",
            "assignees": _joined("assignees", draft.assignees),
            "labels": _joined("labels", draft.labels),
            "due": draft.due.isoformat() if draft.due else "",
            "milestone": _one_line("milestone", draft.milestone or ""),
            "author": self._login,
            "created": self._stamp(),
        }
        if not draft.title.strip():
            raise _unfit("title", N_("It is empty."))
        with self._alone():
            number = self._next_number()
            # ``closed_by`` and the comments' heading stand there empty: people see
            # where to write.
            lines = (
                f"{key}: {value}".rstrip()
                for key, value in fields.items()
                if value or key == "closed_by"
            )
            file = IssueFile((f"number: {number}", *lines), "", f"{COMMENTS_HEADING}\n")
            path = self._folder / _file_name(number, draft.title)
            file = file.with_text(draft.body)
            safefile.create_file(path, io.BytesIO(self._encoded(file)))
            self._memory["last_number"] = number
            self.meter.writes += 1
            with _written():
                return self._as_written(str(number), file)

    def update(self, seen: Issue, patch: IssuePatch) -> Issue:
        """Write what differs into the file, unless it changed since it was ``seen``."""
        with self._alone():
            found = self._find(seen.key)
            file = self._load(found)
            now = self._issue(found, file)[0]
            if seen.version is not None and now.version != seen.version:
                raise Stale(
                    N_("Issue {key} was changed by somebody else in between."),
                    N_("The file {name} is not as it was read."),
                    N_("Read it again and repeat what still differs."),
                    key=seen.key,
                    name=found.path.name,
                )
            changed = file.with_fields(self._changes(now, patch))
            if patch.body is not UNSET and trimmed(patch.body) != now.body:
                changed = changed.with_text(patch.body)
            if changed != file:
                safefile.replace_file(found.path, self._encoded(changed))
                self.meter.writes += 1
            return self._as_written(seen.key, changed)

    def comment(self, key: str, body: str) -> Comment:
        """Append a comment to the file."""
        if not body.strip():
            raise _unfit("comment", N_("It is empty."))
        with self._alone():
            found = self._find(key)
            stamp = self._stamp().replace("T", " ")
            file = self._load(found)
            self._issue(found, file)  # a file that cannot be read is left alone
            file = file.with_note(f"{self._login} · {stamp}", body)
            safefile.replace_file(found.path, self._encoded(file))
            self.meter.writes += 1
            with _written():
                return self._comments(self._find(key), file)[-1]

    def closing(self, key: str, *, since: datetime | None = None) -> Closing:
        """The declared ``closed_by``; who reopened an issue stands nowhere."""
        del since
        found = self._find(key)
        file = self._load(found)
        issue = self._issue(found, file)[0]
        if not issue.closed:
            return Closing(None, None)
        return Closing(file.fields().get("closed_by"), issue.closed_at)

    def attach(self, key: str, name: str, content: BinaryIO) -> Attachment:
        """Put a file into the directory of the issue's attachments."""
        with self._alone():
            number = self._find(key).number
            id_ = self._shelf.add(number, name, content)
            self.meter.writes += 1
            return self._shelf.describe(id_, self._login, None)

    def download(
        self, attachment: Attachment, *, limit: int = MAX_DOWNLOAD
    ) -> BinaryIO:
        """The file of an attachment, open for reading."""
        self.meter.reads += 1
        return self._shelf.open(attachment.id, limit)

    # -- finding files -----------------------------------------------------------

    def _scan(self) -> dict[int, list[Path]]:
        """The issue files by number. A folder that is not there is no empty one."""
        found: dict[int, list[Path]] = {}
        self.meter.reads += 1
        try:
            with os.scandir(self._folder) as entries:
                for entry in entries:
                    name = _NAME.fullmatch(entry.name)
                    if name and int(name["number"]):
                        found.setdefault(int(name["number"]), []).append(
                            self._folder / entry.name
                        )
        except PermissionError:
            raise self._no_right() from None
        except (FileNotFoundError, NotADirectoryError):
            raise self._no_folder() from None
        return found

    def _pages(
        self,
        since: datetime | None,
        read: Callable[[_Found], tuple[tuple[Entry, ...], list[Unreadable]]],
    ) -> Iterator[Page[Entry]]:
        """Read the files that changed, in the order of their numbers."""
        server_time = self._now()
        found = sorted(self._scan().items())
        for start in range(0, len(found) or 1, _PAGE):
            entries: list[Entry] = []
            problems: list[Unreadable] = []
            for number, paths in found[start : start + _PAGE]:
                try:
                    one = self._one(number, paths)
                    if since is not None and one.changed < since - _GRAIN:
                        continue
                    some, bad = read(one)
                except Unreadable as problem:
                    problems.append(problem)
                except Missing:
                    continue  # deleted while we read
                else:
                    entries += some
                    problems += bad
            yield Page(tuple(entries), server_time, tuple(problems))

    def _find(self, key: str) -> _Found:
        number = int(key) if key.isascii() and key.isdigit() else 0
        return self._one(number, self._scan().get(number, []))

    def _one(self, number: int, paths: Sequence[Path]) -> _Found:
        """The one file of a number; two files of one number are none."""
        if not paths:
            raise Missing(
                N_("There is no issue {key} in {folder}."),
                N_("No file's name begins with its number."),
                N_("Bring the file back, or detach its item."),
                key=str(number),
                folder=str(self._folder),
            )
        if len(paths) > 1:
            raise Unreadable(
                N_("Issue {key} stands in two files."),
                N_("Both {names} begin with its number."),
                N_("Give the one that does not belong there another number."),
                key=str(number),
                names=", ".join(sorted(path.name for path in paths)),
            )
        try:
            status = paths[0].lstat()
        except FileNotFoundError:
            # Renamed while we read: look once more under its number.
            return self._one(number, self._scan().get(number, []))
        changed = max(status.st_mtime, status.st_ctime, self._shelf.changed(number))
        return _Found(number, paths[0], datetime.fromtimestamp(changed, UTC))

    def _load(self, found: _Found) -> IssueFile:
        """Read and parse a file; whatever is wrong with it is said of this file."""
        try:
            file = IssueFile.parse(safefile.read_plain(found.path, MAX_FILE))
            _demand_number(file, found.number)
        except FileProblem as problem:
            raise self._unreadable(
                found, problem.why, problem.todo, **problem.values
            ) from None
        except safefile.TooLarge:
            raise self._unreadable(
                found,
                N_("It has more than {limit} bytes."),
                N_("Put long material into an attachment."),
                limit=MAX_FILE,
            ) from None
        except safefile.NotAPlainFile:
            raise self._unreadable(
                found,
                N_("It is a link or no plain file."),
                N_("Put the file itself there."),
            ) from None
        except FileNotFoundError:
            raise Missing(
                N_("There is no issue {key} in {folder}."),
                N_("Its file was removed just now."),
                N_("Bring the file back, or detach its item."),
                key=found.key,
                folder=str(self._folder),
            ) from None
        except OSError as error:
            raise self._unreadable(
                found,
                N_("The operating system says: {reason}"),
                N_("Make the file readable."),
                reason=error.strerror or type(error).__name__,
            ) from None
        return file

    # -- files to values ---------------------------------------------------------

    def _issue(self, found: _Found, file: IssueFile) -> tuple[Issue, list[Unreadable]]:
        """The issue of a file, and what of it could not be read."""
        fields = file.fields()
        text = file.text()
        title, state = fields.get("title", ""), fields.get("state", "").lower()
        due, created = fields.get("due"), fields.get("created")
        if not title:
            raise self._unreadable(
                found, N_("Its title is missing."), N_("Write a line “title: …”.")
            )
        if state not in {"open", "closed"}:
            raise self._unreadable(
                found,
                N_("Its state is “{state}”."),
                N_("Write “state: open” or “state: closed”."),
                state=state,
            )
        due_on = moment(due) if due else None
        if due and due_on is None:
            raise self._unreadable(
                found,
                N_("Its due date “{due}” is no date."),
                N_("Write “due: YYYY-MM-DD”."),
                due=due,
            )
        linked, outside = self._shelf.targets(text)
        by_comments: set[str] = set()
        for note in file.notes(found.key):
            inside, leading_out = self._shelf.targets(note.text)
            by_comments.update(inside)
            outside += leading_out
        ids = [*linked, *self._shelf.lying(found.number)]
        problems = [
            self._unreadable(
                found,
                N_("It links to {target}, which is no attachment of this folder."),
                N_("Put the file below attachments/ and link to it there."),
                target=target,
            )
            for target in dict.fromkeys(outside)
        ]
        closed_on = fields.get("closed_on", "")
        issue = Issue(
            id=found.key,
            key=found.key,
            url=found.path.absolute().as_uri(),
            title=title,
            body=text,
            closed=state == "closed",
            author=fields.get("author"),
            labels=listed(fields.get("labels", "")),
            assignees=listed(fields.get("assignees", "")),
            due=due_on.date() if due_on else None,
            milestone=fields.get("milestone"),
            created=(moment(created) if created else None) or found.changed,
            updated=found.changed,
            version=file.version(),
            attachments=tuple(
                self._shelf.describe(id_, None, None)
                for id_ in dict.fromkeys(ids)
                if id_ not in by_comments
            ),
            closed_at=moment(closed_on) if state == "closed" else None,
        )
        return issue, problems

    def _comments(self, found: _Found, file: IssueFile) -> tuple[Comment, ...]:
        return tuple(
            Comment(
                id=f"{found.key}-{note.id}",
                issue=found.key,
                author=note.author,
                body=note.text,
                created=note.day or found.changed,
                updated=note.day or found.changed,
                attachments=tuple(
                    self._shelf.describe(id_, note.author, note.day)
                    for id_ in self._shelf.targets(note.text)[0]
                ),
            )
            for note in file.notes(found.key)
        )

    def _as_written(self, key: str, file: IssueFile) -> Issue:
        """The issue of a file as we wrote it; what people make of it at once is news."""
        return self._issue(self._find(key), file)[0]

    # -- values to files ---------------------------------------------------------

    def _changes(self, now: Issue, patch: IssuePatch) -> dict[str, str]:
        """The fields of the front matter that ``patch`` changes."""
        changes: dict[str, str] = {}
        if patch.title is not UNSET and patch.title != now.title:
            changes["title"] = _one_line("title", patch.title)
            if not patch.title.strip():
                raise _unfit("title", N_("It is empty."))
        if patch.closed is not UNSET and patch.closed != now.closed:
            changes["state"] = "closed" if patch.closed else "open"
            changes["closed_by"] = self._login if patch.closed else ""
            changes["closed_on"] = self._stamp() if patch.closed else ""
        if patch.due is not UNSET and patch.due != now.due:
            changes["due"] = patch.due.isoformat() if patch.due else ""
        if patch.assignees is not UNSET and patch.assignees != now.assignees:
            changes["assignees"] = _joined("assignees", patch.assignees)
        if patch.milestone is not UNSET and patch.milestone != now.milestone:
            changes["milestone"] = _one_line("milestone", patch.milestone or "")
        labels = (now.labels - patch.remove_labels) | patch.add_labels
        if labels != now.labels:
            changes["labels"] = _joined("labels", labels)
        return changes

    def _next_number(self) -> int:
        """One more than any number that is there or was given before.

        A number is not given twice, even when people delete the last file: the
        link of a deleted issue must not come to mean another one.
        """
        numbers = set(self._scan())
        try:
            with os.scandir(self._folder / ROOT) as entries:
                numbers |= {int(e.name) for e in entries if e.name.isdecimal()}
        except FileNotFoundError:
            pass
        last = self._memory.get("last_number")
        return max(numbers | {last if isinstance(last, int) else 0}) + 1

    def _stamp(self) -> str:
        """Now, to the minute, in this machine's zone with its offset."""
        return self._now().astimezone().isoformat(timespec="minutes")

    def _encoded(self, file: IssueFile) -> bytes:
        """The bytes of a file that can be read back."""
        try:
            data = file.encode()
        except UnicodeEncodeError:
            raise _unfit("text", N_("It holds half of a character.")) from None
        if len(data) > MAX_FILE:
            raise _unfit("text", N_("The file would be larger than can be read."))
        return data

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other threads and processes out while a file is changed."""
        with self._lock:
            if not self._folder.is_dir():
                raise self._no_folder()
            try:
                with safefile.held(self._folder):
                    yield
            except PermissionError:
                raise self._no_right() from None
            except OSError as error:
                # Writes are whole or not there, so nothing was changed.
                raise Unreachable(
                    N_("The folder {folder} could not be written."),
                    N_("The operating system says: {reason}"),
                    N_("Make room or repair the drive, then try again."),
                    folder=str(self._folder),
                    reason=error.strerror or type(error).__name__,
                ) from None

    # -- errors ------------------------------------------------------------------

    def _no_folder(self) -> Unreachable:
        return Unreachable(
            N_("The folder {folder} is not there."),
            N_("It was moved or deleted, or its drive is not connected."),
            N_("Bring it back, or make an empty folder there for a new start."),
            folder=str(self._folder),
        )

    def _no_right(self) -> Forbidden:
        return Forbidden(
            N_("The folder {folder} cannot be read and written."),
            N_("The operating system does not permit it."),
            N_("Give this user the right to read and write it."),
            folder=str(self._folder),
        )

    @staticmethod
    def _unreadable(found: _Found, why: str, todo: str, **values: object) -> Unreadable:
        return Unreadable(
            N_("The file {name} of issue {key} cannot be read."),
            why,
            todo,
            key=found.key,
            name=found.path.name,
            **values,
        )


@contextmanager
def _written() -> Iterator[None]:
    """A file that was just written and cannot be read back was written all the same."""
    try:
        yield
    except TrackerError as error:
        raise UnknownOutcome(
            N_("What was written into an issue file cannot be read back."),
            N_("Somebody changed or removed it at once ({reason})."),
            N_("Look at the folder; nothing is written again before that."),
            reason=str(error),
        ) from error


def _demand_number(file: IssueFile, number: int) -> None:
    """The number in the front matter, where it stands, is that of the name."""
    said = file.fields().get("number", str(number))
    if not said.isdecimal() or int(said) != number:
        raise FileProblem(
            N_("Its front matter says number {number}."),
            N_("Make the number and the beginning of the name the same."),
            number=said,
        )


def _file_name(number: int, title: str) -> str:
    """``0001-short-title.md``: letters and digits of any script, at most 40."""
    words = re.findall(r"\w+", unicodedata.normalize("NFC", title).replace("_", " "))
    short = "-".join(words)[:40].strip("-")
    while len(short.encode()) > 150:  # noqa: PLR2004 (names end at 255 bytes)
        short = short[:-1]
    return f"{number:04d}-{short}.md" if short else f"{number:04d}.md"


def _one_line(part: str, text: str) -> str:
    if len(text.splitlines()) > 1 or text != text.strip():
        raise _unfit(part, N_("It is not one line without blanks around it."))
    return text


def _joined(part: str, names: frozenset[str]) -> str:
    for name in names:
        if LIST_MARK.search(_one_line(part, name)) or not name:
            raise _unfit(part, N_("“{name}” holds a comma or nothing."), name=name)
    return ", ".join(sorted(names))


def _unfit(part: str, why: str, **values: object) -> Invalid:
    return Invalid(
        N_("The {part} cannot be written into an issue file."),
        why,
        N_("Correct it, then try again."),
        part=part,
        **values,
    )
