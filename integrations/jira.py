"""Jira Cloud and Jira Data Center: one project's issues.

``settings.address`` is the site (``https://name.atlassian.net``, or
``https://api.atlassian.com/ex/jira/CLOUDID`` for scoped tokens) or the server's
base URL; ``settings.project`` is the project key. Options:

* ``email``: the account of an API token (Cloud); without it the token is sent as a
  bearer token (Data Center's personal access tokens).
* ``edition``: ``cloud`` or ``datacenter``; left out, the server is asked.
* ``issue_type``: name or id; ``fields.NAME``: the value of a field that the
  project demands, as text or JSON; ``status_closed``, ``status_open``: which
  status to prefer where the workflow has several; ``resolution``: its name.
* ``allow_plain_http``: permits HTTP to a host that is not loopback.

Jira's search reads an index that lags behind by seconds to minutes
(``capabilities.lag``): what it does not find may be there. Absence of an issue in
a read proves nothing here; :meth:`JiraTracker.issue` asks the issue itself.

Written from Atlassian's published descriptions (Cloud v3, Data Center 10.3) and
tested against fakes that follow them, not against a live Jira.
"""

from __future__ import annotations

import re
import threading
from base64 import b64encode
from collections.abc import (
    Callable,
    Iterable,
    Iterator,
    Mapping,
    MutableMapping,
    Sequence,
)
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import BinaryIO, NoReturn
from urllib.parse import quote
from zoneinfo import ZoneInfo

from integrations.decode import Fields, objects
from integrations.http import Answer, Http, Pace, unknown_outcome
from integrations.jirajson import (
    FIELDS,
    PROPERTY,
    Edition,
    Shape,
    history_time,
    jql_time,
    quoted,
)
from integrations.jiraproject import JiraProject, Transition
from integrations.origin import Origin
from integrations.refusal import refusal
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
    Refused,
    Settings,
    Standing,
    TrackerError,
)
from integrations.upload import Body, JsonBody, Upload

BULK = 50
_PAGE = 100
_RECONCILED = 50
_TITLE_CHARACTERS = 254
_BODY_CHARACTERS = 32_000
_REREADS = 3
_LAG = 300
_KEY = re.compile(r"[A-Z][A-Z0-9_]{0,254}-[0-9]{1,15}")
_RIGHTS = (
    "BROWSE_PROJECTS",
    "CREATE_ISSUES",
    "EDIT_ISSUES",
    "TRANSITION_ISSUES",
    "ADD_COMMENTS",
    "ASSIGN_ISSUES",
    "CREATE_ATTACHMENTS",
)


class JiraTracker:
    """One project of a Jira site or server.

    ``memory`` keeps the edition, the account and its zone, and what
    :class:`JiraProject` knows of the project.
    """

    def __init__(
        self,
        settings: Settings,
        secret: Callable[[], str],
        memory: MutableMapping[str, object],
        *,
        pace: Pace | None = None,
    ) -> None:
        """Bind to the project; nothing is sent yet."""
        if not re.fullmatch(r"[A-Z][A-Z0-9_]{0,254}", settings.project):
            raise Invalid(
                N_("{project} is no key of a Jira project."),
                N_("A key is written in capital letters, like PROJ."),
                N_("Correct the project of the tracker."),
                project=settings.project,
            )
        self.capabilities = Capabilities(
            locking=False,
            bulk=BULK,
            title_characters=_TITLE_CHARACTERS,
            milestones=False,
            one_assignee=True,
            lag=_LAG,
        )
        self.meter = Meter()
        self._settings = settings
        self._origin = Origin.parse(
            settings.address, allow_plain_http=settings.switch("allow_plain_http")
        )
        self._http = Http(
            self._origin,
            secret,
            authorization=self._authorization,
            meter=self.meter,
            pace=pace,
            cookies=True,  # a cluster keeps a session on the node that has its writes
        )
        self._memory = memory
        where = f"{settings.address} {settings.project}"
        if memory.get("site") != where:
            memory.clear()
            memory["site"] = where
        self._lock = threading.Lock()
        self._met = False
        self._written: list[int] = []
        self._heard: tuple[datetime | None, datetime, list[Comment]] | None = None

    # -- the account and the project ---------------------------------------------

    def check(self) -> Standing:
        """Ask for version, account, project, screen and rights; raise nothing."""
        problems: list[TrackerError] = []
        version, server_time = "", None
        try:
            answer = self._http.read("/rest/api/2/serverInfo")
            info = Fields.of(answer.value, "serverInfo")
            server_time = answer.server_time
            self._learn_edition(info)
            edition = "Cloud" if self._shape().cloud else "Data Center"
            version = f"Jira {edition} {info.maybe_text('version') or ''}".strip()
            self._meet()
            self._project().fields()
            problems += self._lacking_rights()
            problems += self._lacking_fields()
        except TrackerError as error:
            problems.append(error)
        account = self._memory.get("account")
        return Standing(
            login=account if isinstance(account, str) else None,
            project=self._settings.project,
            version=version,
            problems=tuple(problems),
            server_time=server_time,
        )

    def prepare(
        self, labels: Sequence[Label], milestones: Sequence[Milestone] = ()
    ) -> None:
        """Learn what the project demands; labels are words that need no making."""
        del milestones
        for label in labels:
            _fitting_label(label.name)
        self._project().fields()
        self._account()

    # -- reading -------------------------------------------------------------------

    def issues(self, since: datetime | None) -> Iterator[Page[Issue]]:
        """The project's issues by search; their comments come with them.

        ``/myself`` goes first once in a run: a bad token does not fail a search, it
        makes it anonymous and empty.
        """
        self._meet()
        heard: list[Comment] = []
        first: datetime | None = None
        for answer, rows in self._search(since):
            first = first or answer.server_time
            found = [self._seen(row) for row in rows]
            heard += [one for row in rows for one in self._comments_of(row)]
            yield Page(tuple(found), first)
        with self._lock:
            self._heard = (since, first or datetime.now(UTC), heard)

    def comments(self, since: datetime | None) -> Iterator[Page[Comment]]:
        """The comments of the issues that changed, from the search that read them.

        They are as of that search, as the time of the page says; after a write of
        ours it is asked anew.
        """
        with self._lock:
            heard, self._heard = self._heard, None
        if heard is None or not _covers(heard[0], since):
            for _ in self.issues(since):
                pass
            with self._lock:
                heard, self._heard = self._heard, None
        if heard is not None:
            _, server_time, comments = heard
            wanted = (one for one in comments if since is None or one.updated >= since)
            yield Page(tuple(wanted), server_time)

    def issue(self, key: str) -> Issue:
        """One issue, asked by its key: this does not go through the index."""
        path = self._path(key)
        params = {"fields": ",".join(FIELDS), "properties": PROPERTY}
        try:
            answer = self._http.read(path, params)
        except Missing as error:
            self._missing(error)
        return self._seen(answer.value)

    def closing(self, key: str, *, since: datetime | None = None) -> Closing:
        """Who moved the issue into or out of the closed statuses last."""
        del since
        last = Closing(None, None)
        for change in self._changes(key):
            for item in change.objects("items"):
                if item.maybe_text("field") != "status":
                    continue
                old, new = (item.maybe_text(end) or "" for end in ("from", "to"))
                project = self._project()
                if project.is_done(old) != project.is_done(new):
                    author = self._shape().login(change.maybe_object("author"))
                    last = Closing(author, history_time(change.values.get("created")))
        return last

    def download(
        self, attachment: Attachment, *, limit: int = MAX_DOWNLOAD
    ) -> BinaryIO:
        """The bytes of an attachment."""
        if not (attachment.id.isascii() and attachment.id.isdigit()):
            raise refusal(404, self._origin.netloc, attachment.name[:80])
        if self._shape().cloud:
            path = f"{self._api()}/attachment/content/{attachment.id}?redirect=false"
        else:
            name = quote(attachment.name, safe="")
            path = f"/secure/attachment/{attachment.id}/{name}"
        return self._http.download(path, limit=limit)

    # -- writing -------------------------------------------------------------------

    def create(self, draft: IssueDraft) -> Issue:
        """Create one issue; its identity is stored with it in the same call."""
        details, left_out = self._details(draft)
        answer = self._write(
            "POST", f"{self._api()}/issue", JsonBody.of(details), expect={201}
        )
        with _understood():
            made = self._made(Fields.of(answer.value, "issue"), draft, answer)
        return _whole(made, left_out)

    def create_many(
        self, drafts: Sequence[IssueDraft]
    ) -> tuple[Issue | TrackerError, ...]:
        """Create up to fifty issues in one call, each judged on its own."""
        prepared = [self._details(draft) for draft in drafts]
        body = JsonBody.of({"issueUpdates": [details for details, _ in prepared]})
        path = f"{self._api()}/issue/bulk"
        # 400 says that all of them failed, each with its reason.
        answer = self._write("POST", path, body, expect={201}, accept={400})
        with _understood():
            made, failed = self._sorted_out(answer)
        if len(made) + len(failed) != len(drafts):
            raise unknown_outcome(
                N_("It answered for {answered} of {asked} issues."),
                answered=len(made) + len(failed),
                asked=len(drafts),
            )
        results: list[Issue | TrackerError] = []
        for number, (draft, (_, left_out)) in enumerate(
            zip(drafts, prepared, strict=True)
        ):
            if number in failed:
                results.append(self._bulk_error(failed[number]))
                continue
            # Only the successes are listed, in the order of the request.
            with _understood():
                issue = self._made(made.pop(0), draft, answer)
            try:
                results.append(_whole(issue, left_out))
            except PartlyDone as error:
                results.append(error)
        return tuple(results)

    def update(self, seen: Issue, patch: IssuePatch) -> Issue:
        """Send what differs, with the step of the workflow where its screen allows."""
        fields, operations = self._differences(seen, patch)
        step: Transition | None = None
        closed = seen.closed
        if patch.closed is not UNSET and patch.closed != seen.closed:
            closed = patch.closed
            try:
                project = self._project()
                step = project.transition(seen.key, seen.status, closed=closed)
            except Missing as error:
                self._missing(error)
        rides = step is not None and {*fields, *operations} <= step.fields
        at = seen.updated
        if (fields or operations) and not rides:
            at = self._write_fields(seen.key, fields, operations)
        if step is not None:
            carried = (fields, operations) if rides else ({}, {})
            at = self._step(seen.key, step, *carried)
        if not fields and not operations and step is None:
            return seen
        return replace(
            seen,
            title=seen.title if patch.title is UNSET else patch.title,
            body=seen.body if patch.body is UNSET else patch.body,
            due=seen.due if patch.due is UNSET else patch.due,
            assignees=seen.assignees if patch.assignees is UNSET else patch.assignees,
            labels=(seen.labels - patch.remove_labels) | patch.add_labels,
            closed=closed,
            closed_at=at if closed and step else seen.closed_at,
            status=step.to if step else seen.status,
            updated=at,
        )

    def comment(self, key: str, body: str) -> Comment:
        """Write one comment."""
        if not body.strip():
            raise _unfit("comment", N_("It is empty."))
        payload = {"body": self._markup("comment", body)}
        answer = self._write(
            "POST", f"{self._path(key)}/comment", JsonBody.of(payload), expect={201}
        )
        with _understood():
            return self._shape().comment(Fields.of(answer.value, "comment"), key)

    def attach(self, key: str, name: str, content: BinaryIO) -> Attachment:
        """Upload a file to the issue."""
        answer = self._write(
            "POST",
            f"{self._path(key)}/attachments",
            Upload("file", name, content),
            expect={200},
            headers={"X-Atlassian-Token": "no-check"},
        )
        with _understood():
            # A list, for several files may be sent at once; we send one.
            made = next(objects(answer.value, "attachments"), Fields("answer", {}))
            return self._shape().attachment(made)

    # -- who and where ---------------------------------------------------------------

    def _authorization(self, token: str) -> str:
        email = self._settings.options.get("email", "").strip()
        if email:
            return f"Basic {b64encode(f'{email}:{token}'.encode()).decode()}"
        return f"Bearer {token}"

    def _meet(self) -> None:
        """Know once in a run who we are and in which zone, or fail."""
        if self._met:
            return
        answer = self._http.read(f"{self._api()}/myself")
        me = Fields.of(answer.value, "myself")
        login = self._shape().login(me)
        if login is None:
            raise NotATracker(
                N_("The answer is not that of a tracker of this kind."),
                N_("It does not name the account."),
                N_("Check the address, and the option edition."),
            )
        self._memory["account"] = login
        self._memory["zone"] = me.maybe_text("timeZone") or "UTC"
        self._met = True

    def _account(self) -> str:
        if not isinstance(self._memory.get("account"), str):
            self._meet()
        return str(self._memory["account"])

    def _zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(str(self._memory.get("zone")))
        except (KeyError, ValueError, OSError):
            return ZoneInfo("UTC")

    def _shape(self) -> Shape:
        """The edition, as the options or the address say, or as the server says."""
        wanted = self._settings.options.get("edition", "").strip().lower()
        known = self._memory.get("edition")
        site = self._memory.get("base")
        if wanted in {"cloud", "datacenter"}:
            edition = Edition.CLOUD if wanted == "cloud" else Edition.DATA_CENTER
        elif isinstance(known, str):
            edition = Edition(known)
        else:
            answer = self._http.read("/rest/api/2/serverInfo")
            edition = self._learn_edition(Fields.of(answer.value, "serverInfo"))
            site = self._memory.get("base")
        base = site if isinstance(site, str) else self._origin.url("/").rstrip("/")
        return Shape(edition, base)

    def _learn_edition(self, info: Fields) -> Edition:
        cloud = info.text("deploymentType") == "Cloud"
        edition = Edition.CLOUD if cloud else Edition.DATA_CENTER
        self._memory["edition"] = str(edition)
        if base := info.maybe_text("baseUrl"):
            self._memory["base"] = base.rstrip("/")
        return edition

    def _api(self) -> str:
        return f"/rest/api/{self._shape().edition}"

    def _project(self) -> JiraProject:
        shape = self._shape()
        return JiraProject(self._http, shape.edition, self._settings, self._memory)

    def _path(self, key: str) -> str:
        if not _KEY.fullmatch(key):
            raise Missing(
                N_("There is no issue {key}."),
                N_("It is not written like a key, PROJ-12."),
                N_("Check the link of the item."),
                key=key[:80],
            )
        return f"{self._api()}/issue/{key}"

    def _missing(self, error: Missing) -> NoReturn:
        """A 404 of one issue: is it the issue, or is the whole project hidden?"""
        project = self._project()
        try:
            self._http.read(f"{self._api()}/project/{quote(project.key)}")
        except Missing as other:
            raise project.hidden(other) from None
        raise error from None

    # -- searching -------------------------------------------------------------------

    def _search(self, since: datetime | None) -> Iterator[tuple[Answer, list[Fields]]]:
        jql = f"project = {quoted(self._settings.project)}"
        if since is not None:
            jql += f" AND updated >= {jql_time(since, self._zone())}"
        # By key, not by time: a row that is edited meanwhile stays where it is.
        question: dict[str, object] = {
            "jql": f"{jql} ORDER BY key ASC",
            "fields": [*FIELDS, "comment"],
            "maxResults": _PAGE,
        }
        cloud = self._shape().cloud
        return self._by_token(question) if cloud else self._by_number(question)

    def _by_token(
        self, question: Mapping[str, object]
    ) -> Iterator[tuple[Answer, list[Fields]]]:
        """Cloud: follow the tokens to the last page, which has none."""
        with self._lock:
            written = self._written[-_RECONCILED:]
        question = {**question, "properties": [PROPERTY]}
        if written:
            # What we wrote ourselves a moment ago shall not wait for the index.
            question["reconcileIssues"] = written
        tokens: set[str] = set()
        while True:
            answer = self._http.read(f"{self._api()}/search/jql", post=question)
            page = Fields.of(answer.value, "search")
            yield answer, list(page.objects("issues"))
            token = page.maybe_text("nextPageToken")
            if token is None or page.flag("isLast"):
                return
            if token in tokens:
                raise self._unsteady()
            tokens.add(token)
            question["nextPageToken"] = token

    def _by_number(
        self, question: Mapping[str, object]
    ) -> Iterator[tuple[Answer, list[Fields]]]:
        """Data Center: count to the total; read again when rows shifted."""
        for _ in range(_REREADS):
            seen: set[str] = set()
            start = 0
            total: int | None = None
            while True:
                ask = {**question, "startAt": start}
                answer = self._http.read(f"{self._api()}/search", post=ask)
                page = Fields.of(answer.value, "search")
                rows = list(page.objects("issues"))
                steady = total in {None, page.number("total")}
                total = page.number("total")
                yield answer, rows
                seen.update(row.text("id") for row in rows)
                start += len(rows)
                if not steady or not rows or start >= total:
                    break
            if steady and len(seen) == total:
                return
        raise self._unsteady()

    def _unsteady(self) -> IncompleteRead:
        return IncompleteRead(
            N_("The list of {project} kept changing while it was read."),
            N_("Its pages did not fit together."),
            N_("Try again when less is written at once."),
            project=self._settings.project,
        )

    def _seen(self, value: object) -> Issue:
        row = value.values if isinstance(value, Fields) else value
        return self._shape().issue(row)

    def _comments_of(self, row: Fields) -> Iterator[Comment]:
        """The comments in a row of a search; the rest of a long list is asked for."""
        shape, key = self._shape(), row.text("key")
        page = row.object("fields").maybe_object("comment")
        if page is None:
            return
        found = list(page.objects("comments"))
        total = page.maybe_number("total") or len(found)
        if len(found) < total:
            found = list(self._all_comments(key))
        for one in found:
            yield shape.comment(one, key)

    def _all_comments(self, key: str) -> Iterator[Fields]:
        start = 0
        while True:
            answer = self._http.read(
                f"{self._path(key)}/comment",
                {"startAt": str(start), "maxResults": "100", "orderBy": "created"},
            )
            page = Fields.of(answer.value, "comments")
            found = list(page.objects("comments"))
            yield from found
            start += len(found)
            if not found or start >= page.number("total"):
                return

    def _changes(self, key: str) -> Iterator[Fields]:
        """The history of an issue, the oldest change first."""
        path = self._path(key)
        if not self._shape().cloud:
            params = {"fields": "status", "expand": "changelog"}
            answer = self._http.read(path, params)
            log = Fields.of(answer.value, "issue").object("changelog")
            yield from log.objects("histories")
            return
        ask: dict[str, object] = {"issueIdsOrKeys": [key], "fieldIds": ["status"]}
        while True:
            answer = self._http.read(f"{self._api()}/changelog/bulkfetch", post=ask)
            page = Fields.of(answer.value, "changelog")
            for log in page.objects("issueChangeLogs"):
                yield from log.objects("changeHistories")
            token = page.maybe_text("nextPageToken")
            if token is None or token == ask.get("nextPageToken"):
                return
            ask["nextPageToken"] = token

    # -- sending ---------------------------------------------------------------------

    def _write(
        self,
        method: str,
        path: str,
        body: Body,
        *,
        expect: Iterable[int],
        accept: Iterable[int] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a write; what was read before it is not as it was."""
        with self._lock:
            self._heard = None
        return self._http.write(
            method, path, body, expect=expect, accept=accept, headers=headers
        )

    def _details(self, draft: IssueDraft) -> tuple[dict[str, object], list[str]]:
        """The body of a create, and what the create screen leaves no room for.

        All that the answer is completed from is asked for here: a question that
        fails after the create would hide that it was done.
        """
        self._account()
        project = self._project()
        fields = project.fields()
        fields["summary"] = _fitting_title(draft.title)
        fields["description"] = self._markup("description", draft.body)
        asked: dict[str, object] = {}
        if draft.labels:
            asked["labels"] = sorted(_fitting_label(name) for name in draft.labels)
        if draft.due:
            asked["duedate"] = draft.due.isoformat()
        if draft.assignees:
            asked["assignee"] = self._one_assignee(draft.assignees)
        if draft.milestone:
            raise _unfit("milestone", N_("Jira has none."))
        screen = project.screen()
        left_out = [name for name in asked if name not in screen]
        fields |= {name: asked[name] for name in asked if name in screen}
        details: dict[str, object] = {"fields": fields}
        if self._shape().cloud:
            # Data Center's description has texts for such values, its search does
            # not return them: there the marker in the body must do.
            value = {"identity": draft.identity}
            details["properties"] = [{"key": PROPERTY, "value": value}]
        return details, left_out

    def _made(self, fields: Fields, draft: IssueDraft, answer: Answer) -> Issue:
        """The issue as it was asked for, under the key that Jira gave it."""
        id_, key = fields.text("id"), fields.text("key")
        with self._lock:
            self._written += [int(id_)] if id_.isdecimal() else []
        screen = self._project().screen()
        return Issue(
            id=id_,
            key=key,
            url=f"{self._shape().site}/browse/{key}",
            title=draft.title,
            body=draft.body,
            closed=False,
            author=self._account(),
            labels=draft.labels if "labels" in screen else frozenset(),
            assignees=draft.assignees if "assignee" in screen else frozenset(),
            due=draft.due if "duedate" in screen else None,
            milestone=None,
            created=answer.server_time,
            updated=answer.server_time,
            identity=draft.identity if self._shape().cloud else None,
        )

    def _sorted_out(self, answer: Answer) -> tuple[list[Fields], dict[int, Fields]]:
        """What of a bulk create was made, and what failed, by its number."""
        whole = Fields.of(answer.value, "answer")
        if answer.status == 400 and "issues" not in whole.values:  # noqa: PLR2004 (the status that is read here)
            # Refused as a whole: the answer is that of any other error.
            raise self._bulk_error(Fields("", {"elementErrors": whole.values}))
        failed = {
            one.number("failedElementNumber"): one for one in whole.objects("errors")
        }
        return list(whole.objects("issues")), failed

    def _bulk_error(self, fields: Fields) -> TrackerError:
        """Why one element of a bulk create was refused."""
        errors = fields.maybe_object("elementErrors")
        words: list[str] = []
        for name in ("errorMessages", "errors"):
            value = errors.values.get(name) if errors else None
            if isinstance(value, list):
                words += map(str, value)
            elif isinstance(value, dict):
                words += [f"{field}: {text}" for field, text in value.items()]
        said = self._http.said("; ".join(words))
        status = fields.maybe_number("status") or 400
        return refusal(status, self._origin.netloc, said)

    def _differences(
        self, seen: Issue, patch: IssuePatch
    ) -> tuple[dict[str, object], dict[str, object]]:
        """What to set, and what to add to and remove from the labels."""
        fields: dict[str, object] = {}
        if patch.title is not UNSET and patch.title != seen.title:
            fields["summary"] = _fitting_title(patch.title)
        if patch.body is not UNSET and patch.body != seen.body:
            fields["description"] = self._markup("description", patch.body)
        if patch.due is not UNSET and patch.due != seen.due:
            fields["duedate"] = patch.due.isoformat() if patch.due else None
        if patch.assignees is not UNSET and patch.assignees != seen.assignees:
            fields["assignee"] = self._one_assignee(patch.assignees)
        if patch.milestone is not UNSET and patch.milestone:
            raise _unfit("milestone", N_("Jira has none."))
        operations: dict[str, object] = {}
        added = sorted(patch.add_labels - seen.labels)
        gone = sorted((patch.remove_labels & seen.labels) - patch.add_labels)
        if added or gone:
            operations["labels"] = [
                *({"add": _fitting_label(name)} for name in added),
                *({"remove": name} for name in gone),
            ]
        return fields, operations

    def _write_fields(
        self, key: str, fields: Mapping[str, object], operations: Mapping[str, object]
    ) -> datetime:
        """Set fields; the server's time as it answered."""
        payload = {"fields": fields, "update": operations}
        body = JsonBody.of({name: one for name, one in payload.items() if one})
        try:
            return self._write("PUT", self._path(key), body, expect={204}).server_time
        except Missing as error:
            self._missing(error)

    def _step(
        self,
        key: str,
        step: Transition,
        fields: Mapping[str, object],
        operations: Mapping[str, object],
    ) -> datetime:
        """Take a step of the workflow; a failed one may no longer exist.

        The server's time as it answered.
        """
        payload: dict[str, object] = {"transition": {"id": step.id}}
        if carried := {**step.filled, **fields}:
            payload["fields"] = carried
        if operations:
            payload["update"] = operations
        path = f"{self._path(key)}/transitions"
        try:
            answer = self._write("POST", path, JsonBody.of(payload), expect={204})
        except TrackerError as error:
            self._project().forget_transitions()
            if isinstance(error, Missing):
                self._missing(error)
            raise
        return answer.server_time

    def _one_assignee(self, logins: frozenset[str]) -> dict[str, str] | None:
        if len(logins) > 1:
            raise _unfit("assignee", N_("An issue of Jira has one at most."))
        return self._shape().user(next(iter(logins))) if logins else None

    def _markup(self, part: str, text: str) -> object:
        if len(text) > _BODY_CHARACTERS:
            raise _unfit(part, N_("It is longer than Jira keeps."))
        return self._shape().markup(text)

    # -- what may be wrong -------------------------------------------------------------

    def _lacking_rights(self) -> Iterator[TrackerError]:
        answer = self._http.read(
            f"{self._api()}/mypermissions",
            {
                "projectKey": self._settings.project,
                "permissions": ",".join(_RIGHTS),
            },
        )
        rights = Fields.of(answer.value, "permissions").object("permissions")
        lacking = [
            name
            for name in _RIGHTS
            if not (one := rights.maybe_object(name)) or not one.flag("havePermission")
        ]
        if lacking:
            yield Forbidden(
                N_("The account lacks rights in {project}."),
                N_("It has not: {rights}."),
                N_("Give it a role in the project that has them."),
                project=self._settings.project,
                rights=", ".join(lacking),
            )

    def _lacking_fields(self) -> Iterator[TrackerError]:
        screen = self._project().screen()
        lacking = [
            name for name in ("labels", "duedate", "assignee") if name not in screen
        ]
        if lacking:
            yield Invalid(
                N_("The create screen of {project} lacks fields."),
                N_("Not there: {fields}. They stay empty in Jira."),
                N_("Put them on the screen if they shall be seen there."),
                project=self._settings.project,
                fields=", ".join(lacking),
            )


def _whole(made: Issue, left_out: Sequence[str]) -> Issue:
    """The issue, or the error that says what its create screen left out."""
    if left_out:
        raise PartlyDone(
            N_("{key} was created without {fields}."),
            N_("The create screen of the project does not have them."),
            N_("Put them on the screen in Jira."),
            issue=made,
            key=made.key,
            fields=", ".join(left_out),
        )
    return made


def _covers(read: datetime | None, wanted: datetime | None) -> bool:
    """Whether a search from ``read`` on (``None``: of all) found what is wanted."""
    return read is None or (wanted is not None and read <= wanted)


@contextmanager
def _understood() -> Iterator[None]:
    """An answer to a write that is not understood leaves its outcome unknown."""
    try:
        yield
    except NotATracker as error:
        raise unknown_outcome(
            N_("Its answer was not understood: {reason}"), reason=error.parts()[1]
        ) from None


def _fitting_title(title: str) -> str:
    if (
        not title
        or title != title.strip()
        or len(title.splitlines()) > 1
        or len(title) > _TITLE_CHARACTERS
    ):
        raise _unfit("title", N_("It is not one line that Jira keeps as it is."))
    return title


def _fitting_label(name: str) -> str:
    if not name or any(mark.isspace() for mark in name) or len(name) > 255:  # noqa: PLR2004 (Jira's limit)
        raise _unfit("label", N_("Jira's labels are one word of at most 255 marks."))
    return name


def _unfit(part: str, why: str) -> Refused:
    return Invalid(
        N_("The {part} cannot be sent to Jira."),
        why,
        N_("Correct it, then try again."),
        part=part,
    )
