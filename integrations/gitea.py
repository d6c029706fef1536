"""Gitea and Forgejo: one repository's issues.

``settings.address`` is the server's base URL, ``settings.project`` is
``owner/repository``. Options: ``allow_plain_http`` permits HTTP to a host that is
not loopback. The token needs the scope ``write:issue``; ``read:repository`` and
``read:user`` let :meth:`GiteaTracker.check` say more.

Sources of every rule here: Gitea 1.26 and 1.27, Forgejo 15 (their routers and
models, and both running).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime
from http import HTTPStatus
from typing import BinaryIO, NoReturn, TypeVar
from urllib.parse import quote

from integrations import giteajson
from integrations.block import in_block
from integrations.decode import Fields, objects
from integrations.giteacheck import hidden, repository_problems, scope_problems
from integrations.giteamemory import GiteaMemory
from integrations.http import Answer, Http, Pace, unknown_outcome
from integrations.origin import Origin
from integrations.tracker import (
    MAX_DOWNLOAD,
    N_,
    UNSET,
    Attachment,
    Capabilities,
    Closing,
    Comment,
    Forbidden,
    IncompleteRead,
    Invalid,
    Issue,
    IssueDraft,
    IssuePatch,
    Label,
    Meter,
    Milestone,
    Missing,
    NotATracker,
    Page,
    PartlyDone,
    Settings,
    Standing,
    TrackerError,
    Unreachable,
)
from integrations.upload import JsonBody, Upload

Entry = TypeVar("Entry", Issue, Comment)

API = "/api/v1"
PAGE = 50
"""Rows asked for at a time; a server may be set to give fewer."""

_TITLE_BYTES = 255
_CATALOGUES: dict[str, tuple[str, dict[str, str]]] = {
    "labels": ("name", {}),
    "milestones": ("title", {"state": "all"}),
}
"""Where the name stands in a list, and what makes the list whole."""
_REREADS = 3


class GiteaTracker:
    """One repository of a Gitea or Forgejo server.

    ``memory`` keeps the account, label and milestone ids, the server's page size
    and its offsets from UTC, so that a later run need not ask again.
    """

    def __init__(
        self,
        settings: Settings,
        secret: Callable[[], str],
        memory: MutableMapping[str, object],
        *,
        pace: Pace | None = None,
    ) -> None:
        """Bind to the repository; nothing is sent yet."""
        owner, slash, name = settings.project.partition("/")
        if not (owner and slash and name) or "/" in name or name in {".", ".."}:
            raise Invalid(
                N_("{project} is no repository."),
                N_("A Gitea or Forgejo project is written owner/repository."),
                N_("Correct the project of the tracker."),
                project=settings.project,
            )
        self.capabilities = Capabilities(locking=True, title_bytes=_TITLE_BYTES)
        self.meter = Meter()
        origin = Origin.parse(
            settings.address, allow_plain_http=settings.switch("allow_plain_http")
        )
        self._http = Http(
            origin,
            secret,
            authorization="token {}".format,
            meter=self.meter,
            pace=pace,
        )
        self._project = settings.project
        self._repo = f"{API}/repos/{quote(owner, safe='')}/{quote(name, safe='')}"
        self._memory = GiteaMemory(memory, f"{settings.address} {settings.project}")

    # -- the account and the project ---------------------------------------------

    def check(self) -> Standing:
        """Ask for version, account, repository and scopes; raise nothing."""
        problems: list[TrackerError] = []
        version, server_time = "", None
        try:
            answer = self._http.read(f"{API}/version")
            version = giteajson.product(
                Fields.of(answer.value, "version").text("version")
            )
            server_time = answer.server_time
            self._account()
            self._page_size()
            learn = self._memory.learn_offset
            problems += repository_problems(
                self._http, self._repo, self._project, learn
            )
            problems += scope_problems(self._http, self._repo, self._project)
        except TrackerError as error:
            problems.append(error)
        return Standing(
            login=self._memory.account or None,
            project=self._project,
            version=version,
            problems=tuple(problems),
            server_time=server_time,
        )

    def prepare(
        self, labels: Sequence[Label], milestones: Sequence[Milestone] = ()
    ) -> None:
        """List what is there, then create what is missing.

        Neither name is unique to the server: of several with one name the lowest
        id is used, so that two that prepare at once agree afterwards.
        """
        lacking = self._lacking("labels", [label.name for label in labels])
        for label in labels:
            if label.name in lacking:
                self._create_label(label)
        lacking = self._lacking("milestones", [one.title for one in milestones])
        for milestone in milestones:
            if milestone.title in lacking:
                self._create_milestone(milestone)
            self._tell_milestone(milestone)

    def preparing(self, milestone: Milestone) -> tuple[str, ...]:
        """What :meth:`prepare` would do for a milestone; nothing is written."""
        if self._lacking("milestones", [milestone.title]):
            return ("create", "close") if milestone.closed else ("create",)
        number = self._ids("milestones", milestone.title)[0]
        with self._still_there(milestone):
            changes = self._milestone_changes(number, milestone)
        acts = {"description": "update", "closed": "close", "open": "reopen"}
        return tuple(
            acts[changes[name] if name == "state" else name] for name in changes
        )

    # -- reading -------------------------------------------------------------------

    def issues(self, since: datetime | None) -> Iterator[Page[Issue]]:
        """All issues, open and closed, straight from the server's database.

        No ``q`` and no ``labels``: the first would ask the search index, which
        lags, and an unknown label would silently drop the filter.
        """
        params = {"state": "all", "type": "issues"}
        return self._pages(f"{self._repo}/issues", params, since, self._seen_issue)

    def comments(self, since: datetime | None) -> Iterator[Page[Comment]]:
        """The comment feed of the repository: an edit does not bump its issue."""
        return self._pages(
            f"{self._repo}/issues/comments", {}, since, giteajson.comment
        )

    def issue(self, key: str) -> Issue:
        """One issue as it is now."""
        try:
            answer = self._http.read(self._path(key))
        except Missing as error:
            self._missing(error)
        found = self._seen_issue(Fields.of(answer.value, "issue"))
        if found is None:
            raise _no_issue(key)
        return found

    def closing(self, key: str, *, since: datetime | None = None) -> Closing:
        """Who closed or reopened the issue last, from its timeline.

        The timeline's total counts only its page, and rows that the account may
        not see are taken out of a page afterwards; so a page that is not full
        ends the reading only when it told of a closing.
        """
        last: Closing | None = None
        params = {"limit": str(PAGE)}
        if since is not None:
            params["since"] = giteajson.instant(since)
        full = min(PAGE, self._page_size())
        page = 0
        while True:
            page += 1
            answer = self._timeline(key, params | {"page": str(page)})
            rows = list(objects(answer.value, "timeline"))
            for row in rows:
                if row.maybe_text("type") in {"close", "reopen"}:
                    user = giteajson.login(row.maybe_object("user"))
                    last = Closing(user, row.moment("created_at"))
            if not rows or (last is not None and len(rows) < full):
                return last or Closing(None, None)

    def _timeline(self, key: str, params: Mapping[str, str]) -> Answer:
        """A page of it; Gitea answers 500, as if it were down, where no issue is."""
        try:
            return self._http.read(f"{self._path(key)}/timeline", params)
        except Unreachable as error:
            if error.values.get("status") == HTTPStatus.INTERNAL_SERVER_ERROR:
                self.issue(key)
            raise

    def download(
        self, attachment: Attachment, *, limit: int = MAX_DOWNLOAD
    ) -> BinaryIO:
        """The bytes of an attachment, from the server the token is for."""
        return self._http.download(
            f"/attachments/{quote(attachment.id, safe='')}", limit=limit
        )

    # -- writing -------------------------------------------------------------------

    def create(self, draft: IssueDraft) -> Issue:
        """Create one issue; only a 201 that shows it counts as done."""
        payload: dict[str, object] = {
            "title": _fitting_title(draft.title),
            "body": draft.body,
        }
        if draft.labels:
            payload["labels"] = [
                self._ids("labels", name)[0] for name in sorted(draft.labels)
            ]
        if draft.assignees:
            payload["assignees"] = sorted(draft.assignees)
        if draft.milestone:
            payload["milestone"] = self._ids("milestones", draft.milestone)[0]
        if draft.due:
            payload["due_date"] = self._memory.deadline(draft.due)
        answer = self._http.write(
            "POST", f"{self._repo}/issues", JsonBody.of(payload), expect={201}
        )
        made = self._written_issue(answer)
        if draft.identity not in made.body:
            raise unknown_outcome(N_("The issue it answered with is not the one sent."))
        with suppress(TrackerError):
            # The issue is there: whatever becomes of this, it is no failed create.
            made = self._mended(made, draft.due)
        self._demand(
            made,
            title=(draft.title, made.title),
            labels=(draft.labels, made.labels & draft.labels),
            assignees=(draft.assignees, made.assignees),
            due=(draft.due, made.due),
            milestone=(draft.milestone or None, made.milestone),
        )
        return made

    def update(self, seen: Issue, patch: IssuePatch) -> Issue:
        """Send what differs: one PATCH, and one call for the labels if they do."""
        payload = self._differences(seen, patch)
        now = self._edit(seen, payload) if payload else seen
        if isinstance(patch.due, date):
            now = self._mended(now, patch.due)
        wanted = (now.labels - patch.remove_labels) | patch.add_labels
        if wanted != now.labels:
            now = replace(now, labels=self._relabel(now, patch))
        self._demand(
            now,
            title=(_or(patch.title, now.title), now.title),
            state=(_or(patch.closed, now.closed), now.closed),
            labels=(patch.add_labels, now.labels & patch.add_labels),
            assignees=(_or(patch.assignees, now.assignees), now.assignees),
            due=(_or(patch.due, now.due), now.due),
            milestone=(_or(patch.milestone, now.milestone) or None, now.milestone),
        )
        return now

    def comment(self, key: str, body: str) -> Comment:
        """Write one comment."""
        answer = self._http.write(
            "POST",
            f"{self._path(key)}/comments",
            JsonBody.of({"body": body}),
            expect={201},
        )
        made = _parsed(answer, "comment", giteajson.comment)
        if made is None:
            raise unknown_outcome(
                N_("What it answered with is no comment of an issue.")
            )
        return made

    def attach(self, key: str, name: str, content: BinaryIO) -> Attachment:
        """Upload a file to the issue."""
        answer = self._http.write(
            "POST",
            f"{self._path(key)}/assets",
            Upload("attachment", name, content),
            expect={201},
            params={"name": name},
        )
        account = self._memory.account or None
        return _parsed(
            answer, "attachment", lambda fields: giteajson.attachment(fields, account)
        )

    # -- pages ---------------------------------------------------------------------

    def _pages(
        self,
        path: str,
        params: Mapping[str, str],
        since: datetime | None,
        decode: Callable[[Fields], Entry | None],
    ) -> Iterator[Page[Entry]]:
        """Every page of a list, read again when rows shifted under the reading.

        A row deleted meanwhile moves a later one up over the edge of a page that
        was read already. The total of each page and the ids seen tell that.
        """
        self._account()
        if since is not None:
            params = {**params, "since": giteajson.instant(since)}
        first: datetime | None = None
        for _ in range(_REREADS):
            seen: set[int] = set()
            rows = 0
            total: int | None = None
            for number in range(1, 1_000_000):
                answer = self._read_list(
                    path, {**params, "limit": str(PAGE), "page": str(number)}
                )
                first = first or answer.server_time
                found = list(objects(answer.value, "list"))
                count = _total(answer)
                steady = number == 1 or count == total
                total = count
                rows += len(found)
                seen.update(one.number("id") for one in found)
                decoded = (decode(one) for one in found)
                yield Page(tuple(one for one in decoded if one is not None), first)
                if not steady or not found or (total is not None and rows >= total):
                    break
            if steady and (total is None or len(seen) == total):
                return
        raise IncompleteRead(
            N_("The list of {project} kept changing while it was read."),
            N_("After {times} readings its pages still did not fit together."),
            N_("Try again when less is written at once."),
            project=self._project,
            times=_REREADS,
        )

    def _read_list(self, path: str, params: Mapping[str, str]) -> Answer:
        try:
            return self._http.read(path, params)
        except Missing as error:
            raise hidden(self._project, error) from None

    # -- issues --------------------------------------------------------------------

    def _seen_issue(self, fields: Fields) -> Issue | None:
        """Decode an issue, and learn the server's offset and its labels' ids."""
        found = giteajson.issue(fields)
        self._memory.learn_offset(fields.moment("created_at"))
        if due := fields.maybe_moment("due_date"):
            self._memory.learn_offset(due)
        for label in fields.objects("labels"):
            self._memory.learn_id("labels", label.text("name"), label.number("id"))
        return found

    def _shown_issue(self, fields: Fields) -> Issue | None:
        """Decode the answer to a write, which also shows what its milestone says."""
        if milestone := fields.maybe_object("milestone"):
            said = milestone.maybe_text("description") or ""
            self._memory.show(milestone.number("id"), said)
        return self._seen_issue(fields)

    def _written_issue(self, answer: Answer) -> Issue:
        made = _parsed(answer, "issue", self._shown_issue)
        if made is None:
            raise unknown_outcome(N_("What it answered with is a pull request."))
        return made

    def _differences(self, seen: Issue, patch: IssuePatch) -> dict[str, object]:
        """The fields of a PATCH: an unchanged body would be written all the same."""
        payload: dict[str, object] = {}
        if patch.title is not UNSET and patch.title != seen.title:
            payload["title"] = _fitting_title(patch.title)
        if patch.body is not UNSET and patch.body != seen.body:
            payload["body"] = patch.body
            if seen.version is not None:
                payload["content_version"] = seen.version
        if patch.due is not UNSET and patch.due != seen.due:
            if patch.due is None:
                payload["unset_due_date"] = True
            else:
                payload["due_date"] = self._memory.deadline(patch.due)
        if patch.assignees is not UNSET and patch.assignees != seen.assignees:
            payload["assignees"] = sorted(patch.assignees)
        if patch.milestone is not UNSET and patch.milestone != seen.milestone:
            name = patch.milestone
            payload["milestone"] = self._ids("milestones", name)[0] if name else 0
        if patch.closed is not UNSET and patch.closed != seen.closed:
            # Forgejo takes any other word for *open*.
            payload["state"] = "closed" if patch.closed else "open"
        return payload

    def _edit(self, seen: Issue, payload: Mapping[str, object]) -> Issue:
        try:
            answer = self._http.write(
                "PATCH", self._path(seen.key), JsonBody.of(payload), expect={201}
            )
        except Missing as error:
            self._missing(error)
        return self._written_issue(answer)

    def _mended(self, made: Issue, due: date | None) -> Issue:
        """Send the due date once more where the server shows another day.

        The offset of that month was not known when it was sent; the answer has
        told it, so this happens once in a tracker's life and zone.
        """
        if due is None or made.due is None or made.due == due:
            return made
        return self._edit(made, {"due_date": self._memory.deadline(due)})

    def _relabel(self, seen: Issue, patch: IssuePatch) -> frozenset[str]:
        """Add and take away our labels one by one; a PUT would undo people's own.

        Adding a label of an exclusive scope takes the others of it away on the
        server, so that a change of one such label is one call.
        """
        labels = seen.labels
        path = f"{self._path(seen.key)}/labels"
        if added := patch.add_labels - labels:
            ids = [self._ids("labels", name)[0] for name in sorted(added)]
            answer = self._http.write(
                "POST", path, JsonBody.of({"labels": ids}), expect={200}
            )
            try:
                rows = list(objects(answer.value, "labels"))
                labels = frozenset(row.text("name") for row in rows)
            except NotATracker:
                raise unknown_outcome(N_("Its answer is no list of labels.")) from None
        for name in sorted(patch.remove_labels & labels):
            for number in self._ids("labels", name):
                self._http.write("DELETE", f"{path}/{number}", expect={204})
            labels -= {name}
        return labels

    def _demand(self, made: Issue, **pairs: tuple[object, object]) -> None:
        """Compare what was asked with what the tracker shows now."""
        dropped = [name for name, (asked, shown) in pairs.items() if asked != shown]
        if not dropped:
            return
        # An id that is not there any more is dropped in silence as well.
        self._memory.forget_ids()
        raise PartlyDone(
            N_("{project} took issue {key} only in part."),
            N_("Not as asked: {dropped}. The account may lack the right to write."),
            N_("Give the account write access to the repository's issues."),
            issue=made,
            project=self._project,
            key=made.key,
            dropped=", ".join(dropped),
        )

    # -- labels and milestones -------------------------------------------------------

    def _list(self, kind: str) -> None:
        """Learn the ids of all labels or milestones of the repository."""
        title, params = _CATALOGUES[kind]
        rows = list(self._all(f"{self._repo}/{kind}", params))
        self._memory.learn_all(
            kind, ((row.text(title), row.number("id")) for row in rows)
        )
        if kind == "milestones":
            for row in rows:
                closed = row.text("state") == "closed"
                self._memory.learn_closed(row.number("id"), closed=closed)

    def _all(self, path: str, params: Mapping[str, str]) -> Iterator[Fields]:
        """The rows of a list that is not watched for shifts (it only grows)."""
        rows = 0
        for number in range(1, 1_000_000):
            answer = self._read_list(
                path, {**params, "limit": str(PAGE), "page": str(number)}
            )
            found = list(objects(answer.value, "list"))
            yield from found
            rows += len(found)
            total = _total(answer)
            if not found or (total is not None and rows >= total):
                return

    def _create_label(self, label: Label) -> None:
        payload = {
            "name": label.name,
            "color": f"#{label.color.removeprefix('#')}",
            "description": label.description,
            "exclusive": label.exclusive,
        }
        answer = self._http.write(
            "POST", f"{self._repo}/labels", JsonBody.of(payload), expect={201}
        )
        number = _parsed(answer, "label", lambda fields: fields.number("id"))
        self._memory.learn_id("labels", label.name, number)

    def _create_milestone(self, milestone: Milestone) -> None:
        payload: dict[str, object] = {
            "title": milestone.title,
            "description": milestone.description,
        }
        if milestone.due:
            payload["due_on"] = self._memory.deadline(milestone.due)
        answer = self._http.write(
            "POST", f"{self._repo}/milestones", JsonBody.of(payload), expect={201}
        )
        number = _parsed(answer, "milestone", lambda fields: fields.number("id"))
        self._memory.learn_id("milestones", milestone.title, number)
        self._memory.learn_closed(number, closed=False)
        self._memory.learn_told(number, milestone.description)

    def _tell_milestone(self, milestone: Milestone) -> None:
        """Change a milestone that memory does not know as it shall be.

        Its description has no version: it is read again before it is written, unless
        a write of this run showed it.
        """
        number = self._ids("milestones", milestone.title)[0]
        with self._still_there(milestone):
            payload = self._milestone_changes(number, milestone)
            if payload:
                path = f"{self._repo}/milestones/{number}"
                self._http.write("PATCH", path, JsonBody.of(payload), expect={200})
        if milestone.closed is not None:
            self._memory.learn_closed(number, closed=milestone.closed)
        if milestone.description:
            self._memory.learn_told(number, milestone.description)

    def _milestone_changes(self, number: int, milestone: Milestone) -> dict[str, str]:
        """The fields of a PATCH; its description is read where that must be known."""
        memory, payload = self._memory, dict[str, str]()
        closed, block = milestone.closed, milestone.description
        if block and memory.told(number) != block:
            shown = memory.shown(number)
            said = self._description(number) if shown is None else shown
            if (wanted := in_block(said, block)) != said:
                payload["description"] = wanted
        if closed is not None and memory.closed(number) is not closed:
            payload["state"] = "closed" if closed else "open"
        return payload

    @contextmanager
    def _still_there(self, milestone: Milestone) -> Iterator[None]:
        """A milestone that memory knows may have been deleted."""
        try:
            yield
        except Missing:
            self._memory.forget_ids()
            raise self._lacks("milestones", milestone.title) from None

    def _description(self, number: int) -> str:
        """What a milestone says now."""
        answer = self._http.read(f"{self._repo}/milestones/{number}")
        return Fields.of(answer.value, "milestone").maybe_text("description") or ""

    def _lacking(self, kind: str, names: Sequence[str]) -> set[str]:
        """Those of ``names`` that are not there, after looking if memory lacks one."""
        if all(self._memory.ids(kind, name) for name in names):
            return set()
        self._list(kind)
        return {name for name in names if not self._memory.ids(kind, name)}

    def _ids(self, kind: str, name: str) -> list[int]:
        """The ids of a label or milestone, the lowest first."""
        self._lacking(kind, [name])
        ids = self._memory.ids(kind, name)
        if not ids:
            raise self._lacks(kind, name)
        return ids

    def _lacks(self, kind: str, name: str) -> Invalid:
        return Invalid(
            N_("{project} has no “{name}”."),
            N_("It is not among its {list}; it may have been deleted or renamed."),
            N_("Sync again: what is missing is made anew."),
            project=self._project,
            name=name,
            list=kind,
        )

    # -- asked once ----------------------------------------------------------------

    def _account(self) -> None:
        """Know who we are before anything read counts; asked once.

        A proxy that takes the token out of the request makes us anonymous, and an
        anonymous reader of a public repository gets answers, not errors.
        """
        if self._memory.account is not None:
            return
        try:
            answer = self._http.read(f"{API}/user")
            self._memory.account = Fields.of(answer.value, "user").text("login")
        except Forbidden:
            # The token was recognised, but has no scope read:user.
            self._memory.account = ""

    def _page_size(self) -> int:
        """The most rows the server gives at a time; asked once."""
        size = self._memory.page_size
        if size is None:
            answer = self._http.read(f"{API}/settings/api")
            fields = Fields.of(answer.value, "settings")
            size = self._memory.page_size = fields.number("max_response_items")
        return size

    def _path(self, key: str) -> str:
        if not (key.isascii() and key.isdigit()):
            raise _no_issue(key)
        return f"{self._repo}/issues/{key}"

    def _missing(self, error: Missing) -> NoReturn:
        """A 404 of one issue: is it the issue, or is the whole project hidden?"""
        self._read_list(f"{self._repo}/issues", {"state": "all", "limit": "1"})
        raise error from None


def _total(answer: Answer) -> int | None:
    text = answer.headers.get("x-total-count", "")
    return int(text) if text.isascii() and text.isdigit() else None


Value = TypeVar("Value")


def _parsed(answer: Answer, what: str, decode: Callable[[Fields], Value]) -> Value:
    """Decode the answer to a write; one that is not understood leaves it unknown."""
    try:
        return decode(Fields.of(answer.value, what))
    except NotATracker as error:
        raise unknown_outcome(
            N_("Its answer was not understood: {reason}"), reason=error.parts()[1]
        ) from None


def _or(value: Value, otherwise: object) -> object:
    return otherwise if value is UNSET else value


def _fitting_title(title: str) -> str:
    """A title the server keeps as it is: it trims and cuts others in silence."""
    if (
        not title
        or title != title.strip()
        or len(title.splitlines()) > 1
        or len(title.encode(errors="replace")) > _TITLE_BYTES
    ):
        raise Invalid(
            N_("The title “{title}” cannot be sent."),
            N_("It is empty, has blanks around it, or more than {limit} bytes."),
            N_("Cut it before it is handed over."),
            title=title[:40],
            limit=_TITLE_BYTES,
        )
    return title


def _no_issue(key: str) -> Missing:
    return Missing(
        N_("There is no issue {key}."),
        N_("The number is that of a pull request, or none."),
        N_("Check the link of the item."),
        key=key,
    )
