"""Jira Cloud (v3) and Jira Data Center (v2) for tests, as far as a tracker uses one.

It follows Atlassian's published descriptions and what users report of both: the
lagging index, tokens or numbers for pages, bulk errors by element, screens,
workflows. ``python -m tests.fakes.jira`` serves it.

Options of a reset: ``edition`` (cloud, datacenter); ``lag`` (seconds until a write
is found by search); ``page_max``; ``zone`` (of every account); ``screen`` (fields
of the create screen), ``required`` (``{field id: name}`` demanded there);
``resolution`` (none, optional, required on the closing step); ``step_screen``
(fields of the closing step); ``frozen_workflow`` (no steps at all); ``users`` maps
logins to write or read; ``comments_shown`` (of an issue in a search); ``clock``,
``frozen``. Everybody's token is ``tokens.token_of(LOGIN)``, the e-mail ``LOGIN@example.test``.
"""

from __future__ import annotations

import copy
import re
import time
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast
from zoneinfo import ZoneInfo

from tests.fakes.routes import Answered, Routed, route
from tests.fakes.server import Reply, Request, serve
from tests.fakes.tokens import token_of

JSON = dict[str, object]

STATUSES = {
    "10000": ("待办", 2, "new"),
    "3": ("进行中", 4, "indeterminate"),
    "10001": ("已完成", 3, "done"),
}
STEPS = {"11": ("打开", "10000"), "21": ("开始", "3"), "31": ("完成", "10001")}
SCREEN = ["labels", "duedate", "assignee"]
NAMES = {"labels": "Labels", "duedate": "Due date", "assignee": "Assignee"}
LIMIT = 32_767

A = "/rest/api/{version}"


@dataclass
class Entry:
    """A comment."""

    id: str
    author: str
    body: object
    created: float
    updated: float


@dataclass
class File:
    id: str
    name: str
    content: bytes
    author: str
    created: float


@dataclass
class Issue:
    id: str
    key: str
    creator: str
    created: float
    updated: float
    fields: JSON
    properties: JSON
    status: str = "10000"
    resolved: float = 0.0
    comments: list[Entry] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    history: list[JSON] = field(default_factory=list)
    indexed: list[tuple[float, JSON | None]] = field(default_factory=list)


class Jira(Routed):
    """One site with one project, ``AUD``."""

    def __init__(self, options: Mapping[str, object]) -> None:
        given = dict(options)
        self.address = str(given.pop("address"))
        self.cloud = given.pop("edition", "cloud") == "cloud"
        self.lag = cast("float", given.pop("lag", 0.0))
        self.page_max = cast("int", given.pop("page_max", 100))
        self.zone = ZoneInfo(str(given.pop("zone", "Asia/Shanghai")))
        self.screen = cast("list[str]", given.pop("screen", SCREEN))
        self.required = cast("dict[str, str]", given.pop("required", {}))
        self.resolution = str(given.pop("resolution", "optional"))
        self.step_screen = cast("list[str]", given.pop("step_screen", []))
        self.frozen_workflow = bool(given.pop("frozen_workflow", False))
        self.comments_shown = cast("int", given.pop("comments_shown", 100))
        self.users = cast("dict[str, str]", given.pop("users", {"ledger": "write"}))
        self.ahead = cast("float", given.pop("clock", 0.0))
        self.still = cast("float | None", given.pop("frozen", None))
        self.wrong = 0.0
        assert not given, given
        self.issues: dict[str, Issue] = {}
        self.gone: list[Issue] = []
        self.last_id = 10_100
        self.last_number = 0
        self.user: str | None = None

    # -- the server's side -------------------------------------------------------

    def now(self) -> float:
        return self.passed() + self.wrong

    def passed(self) -> float:
        """The time by which the index works, whatever the clock shows."""
        return (time.time() if self.still is None else self.still) + self.ahead

    def set_clock(self, ahead: float, frozen: float | None, wrong: float) -> None:
        self.ahead, self.still, self.wrong = ahead, frozen, wrong

    def call_name(self, method: str, path: str) -> str:
        short = re.sub(r"^/rest/api/[23]", "", path)
        short = re.sub(r"/[A-Z]+-[0-9]+", "/{key}", short)
        short = re.sub(r"/secure/attachment/.*", "/secure/attachment", short)
        return f"{method} {re.sub(r'/[0-9]+(?=/|$)', '/{n}', short)}"

    def dump(self) -> object:
        return {
            "issues": [
                {**self.show_issue(one, None, ["*"]), "history": one.history}
                for one in self.issues.values()
            ]
        }

    def no(self, status: int, message: str = "", **errors: str) -> Answered:
        """A refusal in Jira's form, to be raised."""
        body: JSON = {"errorMessages": [message] if message else [], "errors": errors}
        return Answered(Reply.json(status, body))

    def admit(self, note: str) -> None:
        """Cloud takes a bad credential for none; Data Center refuses it."""
        self.user = None
        words = self.request.headers.get("authorization", "").split(" ", 1)
        if len(words) == 2:
            self.user = self.who(words[0].lower(), words[1])
            if self.user is None and not self.cloud:
                raise self.no(
                    401, "Client must be authenticated to access this resource."
                )
        version = self.request.path.split("/")[3:4]
        if version == ["3"] and not self.cloud:
            raise Answered(Reply(404, {"Content-Type": "text/html"}, b"<html>"))
        if note == "user" and self.user is None:
            raise self.no(401, "Client must be authenticated to access this resource.")
        if note == "write" and self.users.get(self.user or "") != "write":
            status = 401 if self.user is None else 403
            raise self.no(status, "You do not have permission to do this.")

    def who(self, scheme: str, credential: str) -> str | None:
        if scheme == "basic" and self.cloud:
            email, _, token = b64decode(credential).decode().partition(":")
            login = email.removesuffix("@example.test")
            known = token == token_of(login)
        else:
            login = credential.removeprefix(token_of(""))
            known = not self.cloud and credential.startswith(token_of(""))
        return login if known and login in self.users else None

    def next_id(self) -> str:
        self.last_id += 1
        return str(self.last_id)

    def body(self) -> JSON:
        value = self.request.json()
        if not isinstance(value, dict):
            raise self.no(
                400,
                "Invalid request payload. Refer to the REST API documentation and try again.",
            )
        return value

    def found(self, key: str) -> Issue:
        """By key or id; what may not be browsed is not there."""
        issue = self.issues.get(key) or next(
            (one for one in self.issues.values() if one.id == key), None
        )
        if issue is None or self.user is None:
            raise self.no(
                404, "Issue does not exist or you do not have permission to see it."
            )
        return issue

    def touched(self, issue: Issue) -> None:
        """Note a write; the index will know of it after its lag."""
        issue.updated = self.now()
        issue.indexed.append((self.passed(), self.show_issue(issue, None, ["*"])))

    # -- how things are shown ------------------------------------------------------

    def time(self, moment: float) -> str:
        at = datetime.fromtimestamp(moment, UTC).astimezone(self.zone)
        return (
            at.strftime("%Y-%m-%dT%H:%M:%S.")
            + f"{at.microsecond // 1000:03d}"
            + at.strftime("%z")
        )

    def show_user(self, login: str) -> JSON:
        api = f"{self.address}/rest/api/{3 if self.cloud else 2}/user"
        shown: JSON = {
            "displayName": login.title(),
            "active": True,
            "timeZone": str(self.zone),
            "avatarUrls": {},
        }
        if self.cloud:
            named = {
                "accountId": login,
                "accountType": "atlassian",
                "self": f"{api}?accountId={login}",
            }
        else:
            named = {
                "name": login,
                "key": f"JIRAUSER{len(login)}",
                "self": f"{api}?username={login}",
            }
        return {**named, **shown}

    def show_status(self, id_: str) -> JSON:
        name, category, key = STATUSES[id_]
        api = f"{self.address}/rest/api/{3 if self.cloud else 2}"
        return {
            "self": f"{api}/status/{id_}",
            "description": "",
            "iconUrl": f"{self.address}/",
            "name": name,
            "id": id_,
            "statusCategory": {
                "self": f"{api}/statuscategory/{category}",
                "id": category,
                "key": key,
                "colorName": "green",
                "name": name,
            },
        }

    def show_file(self, file: File) -> JSON:
        api = f"{self.address}/rest/api/{3 if self.cloud else 2}"
        content = (
            f"{api}/attachment/content/{file.id}"
            if self.cloud
            else f"{self.address}/secure/attachment/{file.id}/x"
        )
        return {
            "self": f"{api}/attachment/{file.id}",
            "id": file.id,
            "filename": file.name,
            "author": self.show_user(file.author),
            "created": self.time(file.created),
            "size": len(file.content),
            "mimeType": "application/octet-stream",
            "content": content,
        }

    def show_comment(self, issue: Issue, entry: Entry) -> JSON:
        api = f"{self.address}/rest/api/{3 if self.cloud else 2}"
        return {
            "self": f"{api}/issue/{issue.id}/comment/{entry.id}",
            "id": entry.id,
            "author": self.show_user(entry.author),
            "updateAuthor": self.show_user(entry.author),
            "body": entry.body,
            "created": self.time(entry.created),
            "updated": self.time(entry.updated),
        }

    def show_issue(
        self, issue: Issue, names: list[str] | None, properties: list[str]
    ) -> JSON:
        """An issue with the fields that were asked for; ``None`` means all."""
        assignee = cast("dict[str, str] | None", issue.fields.get("assignee"))
        login = next(iter(assignee.values())) if assignee else None
        shown = issue.comments[: self.comments_shown]
        fields: JSON = {
            "summary": issue.fields["summary"],
            "description": issue.fields.get("description"),
            "labels": issue.fields.get("labels", []),
            "duedate": issue.fields.get("duedate"),
            "assignee": self.show_user(login) if login else None,
            "creator": self.show_user(issue.creator),
            "reporter": self.show_user(issue.creator),
            "status": self.show_status(issue.status),
            "created": self.time(issue.created),
            "updated": self.time(issue.updated),
            "resolutiondate": self.time(issue.resolved) if issue.resolved else None,
            "project": {"id": "10000", "key": "AUD", "name": "Audit"},
            "attachment": [self.show_file(one) for one in issue.files],
            "comment": {
                "comments": [self.show_comment(issue, one) for one in shown],
                "maxResults": self.comments_shown,
                "total": len(issue.comments),
                "startAt": 0,
            },
        }
        api = f"{self.address}/rest/api/{3 if self.cloud else 2}"
        whole: JSON = {
            "expand": "",
            "id": issue.id,
            "self": f"{api}/issue/{issue.id}",
            "key": issue.key,
            "fields": {n: v for n, v in fields.items() if names is None or n in names},
        }
        if properties:
            known = issue.properties
            whole["properties"] = {
                name: value
                for name, value in known.items()
                if name in properties or "*" in properties
            }
        return whole

    # -- server, account, project ----------------------------------------------------

    @route("GET", A + "/serverInfo")
    def server_info(self, _: str) -> Reply:
        return Reply.json(
            200,
            {
                "baseUrl": self.address,
                "version": "1001.0.0-SNAPSHOT" if self.cloud else "10.3.24",
                "versionNumbers": [10, 3, 24],
                "deploymentType": "Cloud" if self.cloud else "Server",
                "buildNumber": 100300,
                "serverTime": self.time(self.now()),
                "serverTitle": "Jira",
            },
        )

    @route("GET", A + "/myself", "user")
    def myself(self, _: str) -> Reply:
        return Reply.json(200, self.show_user(str(self.user)))

    def seen_project(self, key: str) -> None:
        if key not in {"AUD", "10000"} or self.user is None:
            raise self.no(404, f"No project could be found with key '{key}'.")

    @route("GET", A + "/project/{key}")
    def project(self, _: str, key: str) -> Reply:
        self.seen_project(key)
        return Reply.json(200, {"id": "10000", "key": "AUD", "name": "Audit"})

    @route("GET", A + "/mypermissions")
    def permissions(self, _: str) -> Reply:
        key = self.request.query.get("projectKey", "")
        if key:
            self.seen_project(key)
        writer = self.users.get(self.user or "") == "write"
        names = self.request.query.get("permissions", "BROWSE_PROJECTS").split(",")
        return Reply.json(
            200,
            {
                "permissions": {
                    name: {
                        "id": "1",
                        "key": name,
                        "name": name.title(),
                        "type": "PROJECT",
                        "description": "",
                        "havePermission": writer or name == "BROWSE_PROJECTS",
                    }
                    for name in names
                }
            },
        )

    @route("GET", A + "/status")
    def statuses(self, _: str) -> Reply:
        return Reply.json(200, [self.show_status(id_) for id_ in STATUSES])

    def paged(self, name: str, rows: list[JSON]) -> Reply:
        start = int(self.request.query.get("startAt", "0"))
        size = min(int(self.request.query.get("maxResults", "50")), 50)
        cut = rows[start : start + size]
        page: JSON = {"startAt": start, "maxResults": size, "total": len(rows)}
        if self.cloud:
            return Reply.json(200, {**page, name: cut})
        last = start + len(cut) >= len(rows)
        return Reply.json(200, {**page, "values": cut, "isLast": last})

    @route("GET", A + "/issue/createmeta/{key}/issuetypes")
    def types(self, _: str, key: str) -> Reply:
        self.seen_project(key)
        rows: list[JSON] = [
            {"id": "10003", "name": "子任务", "subtask": True},
            {"id": "10002", "name": "故障", "subtask": False},
            {"id": "10001", "name": "任务", "subtask": False},
        ]
        return self.paged("issueTypes", rows)

    @route("GET", A + "/issue/createmeta/{key}/issuetypes/{type}")
    def type_fields(self, _: str, key: str, __: str) -> Reply:
        self.seen_project(key)
        always = {"project": "Project", "issuetype": "Type", "summary": "Summary"}
        names = {**always, "description": "Description", "reporter": "Reporter"}
        names |= {id_: NAMES.get(id_, id_) for id_ in self.screen} | self.required
        rows: list[JSON] = []
        for id_, name in names.items():
            row: JSON = {
                "fieldId": id_,
                "name": name,
                "required": id_ in always or id_ in self.required or id_ == "reporter",
                "hasDefaultValue": id_ == "reporter",
                "operations": ["set"],
                "schema": {"type": "string"},
            }
            rows.append({**row, "key": id_} if self.cloud else row)
        return self.paged("fields", rows)

    # -- documents and fields --------------------------------------------------------

    def markup(self, value: object, name: str) -> object:
        """A text field: a document in Cloud, text elsewhere; length is bounded."""
        if value is None:
            return None
        if not self.cloud:
            if not isinstance(value, str):
                raise self.no(400, **{name: "Operation value must be a string"})
            if len(value) > LIMIT:
                raise self.no(
                    400,
                    **{
                        name: f"The entered text is too long. It exceeds the allowed limit of {LIMIT:,} characters."
                    },
                )
            return value.replace("\n", "\r\n")
        if not isinstance(value, dict):
            raise self.no(
                400,
                **{
                    name: "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
                },
            )
        wrong = next(document_faults(value), None)
        if wrong:
            raise self.no(400, f"INVALID_INPUT: {wrong}")
        return normalised(value)

    def take(self, fields: JSON, allowed: set[str]) -> JSON:
        """Check the values of fields; a field that is not on the screen is refused."""
        for name in fields:
            if name not in allowed:
                said = (
                    f"Field '{name}' cannot be set. It is not on the appropriate "
                    "screen, or unknown."
                )
                raise self.no(400, **{name: said})
        checks: dict[str, Callable[[object], object]] = {
            "summary": self.summary,
            "description": lambda value: self.markup(value, "description"),
            "labels": self.labels,
            "duedate": self.duedate,
            "assignee": self.assignee,
        }
        return {
            name: checks[name](value) if name in checks else value
            for name, value in fields.items()
        }

    def summary(self, value: object) -> object:
        if not isinstance(value, str) or not value.strip() or "\n" in value:
            raise self.no(400, summary="You must specify a summary of the issue.")
        if len(value) > 255:
            raise self.no(400, summary="Summary must be less than 255 characters.")
        return value.strip()

    def labels(self, value: object) -> object:
        for label in cast("list[str]", value):
            if " " in label:
                said = f"The label '{label}' contains spaces which is invalid."
                raise self.no(400, labels=said)
        return value

    def duedate(self, value: object) -> object:
        if value is not None and not re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
            raise self.no(400, duedate="Error parsing date string")
        return value

    def assignee(self, value: object) -> object:
        if value is None:
            return None
        login = cast("dict[str, str]", value).get("accountId" if self.cloud else "name")
        if login not in self.users:
            raise self.no(400, assignee=f"User '{login}' cannot be assigned issues.")
        return {"accountId" if self.cloud else "name": login}

    # -- issues ----------------------------------------------------------------------

    def created(self, details: JSON) -> Issue:
        fields = dict(cast("JSON", details.get("fields") or {}))
        project = cast("JSON", fields.pop("project", {}))
        kind = cast("JSON", fields.pop("issuetype", {}))
        if project.get("id") != "10000" and project.get("key") != "AUD":
            raise self.no(400, project="Specify a valid project ID or key")
        if kind.get("id") not in {"10001", "10002"}:
            raise self.no(400, issuetype="Specify an issue type")
        allowed = {"summary", "description", *self.screen, *self.required}
        for id_, name in {"summary": "Summary", **self.required}.items():
            if not fields.get(id_):
                raise self.no(400, **{id_: f"{name} is required."})
        taken = self.take(fields, allowed)
        properties = cast("list[JSON]", details.get("properties") or [])
        self.last_number += 1
        now = self.now()
        issue = Issue(
            self.next_id(),
            f"AUD-{self.last_number}",
            str(self.user),
            now,
            now,
            taken,
            {str(one["key"]): one["value"] for one in properties},
        )
        self.issues[issue.key] = issue
        self.touched(issue)
        return issue

    def show_created(self, issue: Issue) -> JSON:
        api = f"{self.address}/rest/api/{3 if self.cloud else 2}"
        return {"id": issue.id, "key": issue.key, "self": f"{api}/issue/{issue.id}"}

    @route("POST", A + "/issue", "write")
    def create(self, _: str) -> Reply:
        return Reply.json(201, self.show_created(self.created(self.body())))

    @route("POST", A + "/issue/bulk", "write")
    def create_bulk(self, _: str) -> Reply:
        updates = cast("list[JSON]", self.body().get("issueUpdates") or [])
        if len(updates) > 50:
            raise self.no(400, "The number of issues to create exceeds 50.")
        made: list[JSON] = []
        errors: list[JSON] = []
        for number, details in enumerate(updates):
            try:
                made.append(self.show_created(self.created(details)))
            except Answered as answered:
                told = Request("", "", {}, {}, answered.reply.body).json()
                errors.append(
                    {
                        "status": 400,
                        "elementErrors": told,
                        "failedElementNumber": number,
                    }
                )
        return Reply.json(201 if made else 400, {"issues": made, "errors": errors})

    @route("GET", A + "/issue/{key}")
    def get(self, _: str, key: str) -> Reply:
        issue = self.found(key)
        query = self.request.query
        names = query["fields"].split(",") if query.get("fields") else None
        properties = query["properties"].split(",") if query.get("properties") else []
        shown = self.show_issue(issue, names, properties)
        if "changelog" in query.get("expand", ""):
            shown["changelog"] = {
                "startAt": 0,
                "maxResults": len(issue.history),
                "total": len(issue.history),
                "histories": issue.history,
            }
        return Reply.json(200, shown)

    @route("PUT", A + "/issue/{key}", "write")
    def edit(self, _: str, key: str) -> Reply:
        issue = self.found(key)
        self.change(issue, self.body(), {"summary", "description", *self.screen})
        self.touched(issue)
        return Reply(204, {}, b"")

    def change(self, issue: Issue, details: JSON, allowed: set[str]) -> None:
        """Set fields and carry out operations on labels."""
        fields = cast("JSON", details.get("fields") or {})
        update = cast("dict[str, list[dict[str, str]]]", details.get("update") or {})
        if set(fields) & set(update):
            raise self.no(400, "Field cannot be both in fields and update.")
        taken = self.take(fields, allowed)
        if set(update) - (allowed & {"labels"}):
            raise self.no(400, **dict.fromkeys(update, "cannot be set."))
        labels = list(cast("list[str]", issue.fields.get("labels", [])))
        for operation in update.get("labels", []):
            self.take({"labels": list(operation.values())}, {"labels"})
            for verb, label in operation.items():
                if verb == "add" and label not in labels:
                    labels.append(label)
                if verb == "remove" and label in labels:
                    labels.remove(label)
        issue.fields = {**issue.fields, **taken, "labels": taken.get("labels", labels)}

    @route("DELETE", A + "/issue/{key}", "write")
    def delete(self, _: str, key: str) -> Reply:
        issue = self.issues.pop(self.found(key).key)
        issue.indexed.append((self.passed(), None))
        self.gone.append(issue)
        return Reply(204, {}, b"")

    # -- workflow ----------------------------------------------------------------------

    def steps(self, issue: Issue) -> dict[str, tuple[str, str]]:
        if self.frozen_workflow or self.users.get(self.user or "") != "write":
            return {}
        return {id_: step for id_, step in STEPS.items() if step[1] != issue.status}

    def step_fields(self, to: str) -> JSON:
        """The screen of a step: only the closing one has one."""
        if STATUSES[to][2] != "done":
            return {}
        shown: JSON = {
            name: {
                "required": False,
                "schema": {"type": "string"},
                "name": name.title(),
                "key": name,
                "operations": ["set"],
            }
            for name in self.step_screen
        }
        if self.resolution != "none":
            shown["resolution"] = {
                "required": self.resolution == "required",
                "schema": {"type": "resolution", "system": "resolution"},
                "name": "Resolution",
                "key": "resolution",
                "hasDefaultValue": False,
                "operations": ["set"],
                "allowedValues": [
                    {"id": "10000", "name": "完成"},
                    {"id": "10001", "name": "不做"},
                ],
            }
        return shown

    @route("GET", A + "/issue/{key}/transitions")
    def transitions(self, _: str, key: str) -> Reply:
        issue = self.found(key)
        rows: list[JSON] = []
        for id_, (name, to) in self.steps(issue).items():
            row: JSON = {"id": id_, "name": name, "to": self.show_status(to)}
            if self.cloud:
                row |= {
                    "hasScreen": bool(self.step_fields(to)),
                    "isGlobal": True,
                    "isAvailable": True,
                }
            if "transitions.fields" in self.request.query.get("expand", ""):
                row["fields"] = self.step_fields(to)
            rows.append(row)
        return Reply.json(200, {"expand": "transitions", "transitions": rows})

    @route("POST", A + "/issue/{key}/transitions", "write")
    def transit(self, _: str, key: str) -> Reply:
        issue = self.found(key)
        details = self.body()
        id_ = str(cast("JSON", details.get("transition") or {}).get("id"))
        step = self.steps(issue).get(id_)
        if step is None:
            if not self.cloud:
                raise self.no(500, "Internal server error")
            raise self.no(400, f"Transition id '{id_}' is not valid for this issue.")
        screen = self.step_fields(step[1])
        fields = dict(cast("JSON", details.get("fields") or {}))
        resolution = fields.pop("resolution", None)
        if self.resolution == "required" and "resolution" in screen and not resolution:
            raise self.no(400, resolution="Resolution is required.")
        if resolution and "resolution" not in screen:
            raise self.no(
                400,
                resolution="Field 'resolution' cannot be set. It is not on the appropriate screen, or unknown.",
            )
        self.change(issue, {**details, "fields": fields}, set(screen) - {"resolution"})
        old, issue.status = issue.status, step[1]
        done = STATUSES[issue.status][2] == "done"
        issue.resolved = self.now() if done else 0.0
        issue.history.append(
            {
                "id": self.next_id(),
                "author": self.show_user(str(self.user)),
                "created": self.time(self.now()),
                "items": [
                    {
                        "field": "status",
                        "fieldtype": "jira",
                        "from": old,
                        "fromString": STATUSES[old][0],
                        "to": issue.status,
                        "toString": STATUSES[issue.status][0],
                        **({"fieldId": "status"} if self.cloud else {}),
                    }
                ],
            }
        )
        self.touched(issue)
        return Reply(204, {}, b"")

    @route("POST", A + "/changelog/bulkfetch")
    def changelogs(self, _: str) -> Reply:
        if not self.cloud:
            raise Answered(Reply(404, {"Content-Type": "text/html"}, b"<html>"))
        asked = cast("list[str]", self.body().get("issueIdsOrKeys") or [])
        logs: list[JSON] = [
            {"issueId": issue.id, "changeHistories": issue.history}
            for issue in map(self.found, asked)
            if issue.history
        ]
        return Reply.json(200, {"issueChangeLogs": logs})

    # -- comments and files ------------------------------------------------------------

    @route("GET", A + "/issue/{key}/comment")
    def comments(self, _: str, key: str) -> Reply:
        issue = self.found(key)
        start = int(self.request.query.get("startAt", "0"))
        size = min(int(self.request.query.get("maxResults", "50")), 100)
        cut = issue.comments[start : start + size]
        return Reply.json(
            200,
            {
                "startAt": start,
                "maxResults": size,
                "total": len(issue.comments),
                "comments": [self.show_comment(issue, one) for one in cut],
            },
        )

    @route("POST", A + "/issue/{key}/comment", "write")
    def comment(self, _: str, key: str) -> Reply:
        issue = self.found(key)
        body = self.markup(self.body().get("body"), "comment")
        if not body:
            raise self.no(400, comment="Comment body can not be empty!")
        now = self.now()
        made = Entry(self.next_id(), str(self.user), body, now, now)
        issue.comments.append(made)
        self.touched(issue)
        return Reply.json(201, self.show_comment(issue, made))

    @route("PUT", A + "/issue/{key}/comment/{n}", "write")
    def edit_comment(self, _: str, key: str, id_: str) -> Reply:
        issue = self.found(key)
        (entry,) = [one for one in issue.comments if one.id == id_]
        entry.body = self.markup(self.body().get("body"), "comment")
        entry.updated = self.now()
        self.touched(issue)
        return Reply.json(200, self.show_comment(issue, entry))

    @route("POST", A + "/issue/{key}/attachments", "write")
    def attach(self, _: str, key: str) -> Reply:
        issue = self.found(key)
        if self.request.headers.get("x-atlassian-token") != "no-check":
            raise Answered(
                Reply(403, {"Content-Type": "text/html"}, b"XSRF check failed")
            )
        found = self.request.file("file")
        if found is None:
            raise self.no(400, "No file.")
        made = File(self.next_id(), *found, str(self.user), self.now())
        issue.files.append(made)
        self.touched(issue)
        return Reply.json(200, [self.show_file(made)])

    def file(self, id_: str) -> Reply:
        for issue in self.issues.values():
            for one in issue.files:
                if one.id == id_ and self.user:
                    kind = {"Content-Type": "application/octet-stream"}
                    return Reply(200, kind, one.content)
        raise self.no(404, f"The attachment with id '{id_}' does not exist")

    @route("GET", A + "/attachment/content/{n}")
    def content(self, _: str, id_: str) -> Reply:
        if self.request.query.get("redirect") != "false":
            return Reply(303, {"Location": "https://api.media.example/x"}, b"")
        return self.file(id_)

    @route("GET", "/secure/attachment/{n}/{name}")
    def secure(self, id_: str, _: str) -> Reply:
        return self.file(id_)

    # -- search ------------------------------------------------------------------------

    def asked(self, jql: str) -> Iterator[tuple[Issue, JSON]]:
        """The rows of the index for the few questions that a tracker asks."""
        found = re.fullmatch(
            r'project = "AUD"(?: AND updated >= "([0-9: -]+)")? ORDER BY key ASC', jql
        )
        if found is None:
            raise self.no(400, f"Error in the JQL Query: {jql}")
        since = None
        if found[1]:
            local = datetime.fromisoformat(found[1])
            since = local.replace(tzinfo=self.zone).timestamp()
        seen = self.passed() - self.lag
        fresh = {
            str(id_)
            for id_ in cast("list[int]", self.body().get("reconcileIssues") or [])
        }
        for issue in sorted(
            [*self.issues.values(), *self.gone], key=lambda one: int(one.id)
        ):
            now = [row for at, row in issue.indexed if at <= seen or issue.id in fresh]
            if not now or now[-1] is None:
                continue
            updated = datetime.fromisoformat(
                str(cast("JSON", now[-1]["fields"])["updated"])
            )
            if since is None or updated.timestamp() >= since:
                yield issue, now[-1]

    def cut(self, row: JSON, question: JSON) -> JSON:
        """Of an indexed row the fields and properties that were asked for."""
        names = cast("list[str]", question.get("fields") or [])
        shown = copy.deepcopy(row)
        fields = cast("JSON", shown["fields"])
        shown["fields"] = {name: fields[name] for name in names if name in fields}
        wanted = cast("list[str]", question.get("properties") or [])
        known = cast("JSON", shown.pop("properties", {}))
        if wanted:
            shown["properties"] = {
                name: known[name] for name in wanted if name in known
            }
        return shown

    @route("POST", A + "/search/jql")
    def search(self, _: str) -> Reply:
        """Cloud: pages by token, no total; anonymous sees nothing and no error."""
        if not self.cloud:
            raise Answered(Reply(404, {"Content-Type": "text/html"}, b"<html>"))
        question = self.body()
        if set(question) - {
            "jql",
            "fields",
            "properties",
            "maxResults",
            "nextPageToken",
            "reconcileIssues",
            "expand",
        }:
            raise self.no(400, "Invalid request payload.")
        rows = list(self.asked(str(question.get("jql")))) if self.user else []
        start = int(str(question.get("nextPageToken") or "0"))
        size = min(cast("int", question.get("maxResults") or 50), self.page_max)
        page = rows[start : start + size]
        answer: JSON = {"issues": [self.cut(row, question) for _, row in page]}
        last = start + size >= len(rows)
        answer |= {"isLast": True} if last else {"nextPageToken": str(start + size)}
        return Reply.json(200, answer)

    @route("GET", A + "/search")
    def old_search(self, _: str) -> Reply:
        return self.old_search_by_post(_)

    @route("POST", A + "/search")
    def old_search_by_post(self, _: str) -> Reply:
        """Data Center: pages by number; removed from Cloud."""
        if self.cloud:
            raise self.no(
                410,
                "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API.",
            )
        question = self.body()
        rows = list(self.asked(str(question.get("jql")))) if self.user else []
        start = cast("int", question.get("startAt") or 0)
        size = min(cast("int", question.get("maxResults") or 50), self.page_max)
        page = [self.cut(row, question) for _, row in rows[start : start + size]]
        numbers = {"startAt": start, "maxResults": size, "total": len(rows)}
        return Reply.json(200, {**numbers, "issues": page})


BLOCKS = {
    "paragraph", "heading", "bulletList", "orderedList", "listItem", "taskList",
    "taskItem", "codeBlock", "blockquote", "rule", "panel", "table", "tableRow",
    "tableHeader", "tableCell",
}  # fmt: skip
INLINE = {"text", "hardBreak", "mention", "emoji", "date", "inlineCard", "status"}
MARKS = {"strong", "em", "code", "strike", "underline", "link"}
PARENTS = {
    "listItem": {"bulletList", "orderedList"},
    "taskItem": {"taskList"},
    "tableRow": {"table"},
}


def document_faults(document: JSON) -> Iterator[str]:
    """What Jira would refuse in a document."""
    if document.get("type") != "doc" or document.get("version") != 1:
        yield "no document"
    if set(document) - {"type", "version", "content"}:
        yield "unknown attribute of the document"
    yield from node_faults(document)


def node_faults(node: JSON) -> Iterator[str]:
    content = node.get("content", [])
    if not isinstance(content, list):
        yield "content is no list"
        return
    for child in cast("list[JSON]", content):
        kind = str(child.get("type"))
        if kind not in BLOCKS | INLINE:
            yield f"unknown node {kind}"
        if kind in INLINE and node.get("type") not in {
            "paragraph",
            "heading",
            "taskItem",
            "codeBlock",
        }:
            yield f"{kind} in {node.get('type')}"
        if kind in PARENTS and node.get("type") not in PARENTS[kind]:
            yield f"{kind} in {node.get('type')}"
        if kind == "text" and not child.get("text"):
            yield "empty text"
        if kind in {"taskList", "taskItem"} and not cast(
            "JSON", child.get("attrs", {})
        ).get("localId"):
            yield "no localId"
        marks = {str(one["type"]) for one in cast("list[JSON]", child.get("marks", []))}
        if marks - MARKS or (node.get("type") == "codeBlock" and marks):
            yield "marks"
        if "code" in marks and marks - {"code", "link"}:
            yield "code with other marks"
        yield from node_faults(child)


def normalised(node: JSON) -> JSON:
    """What Jira makes of a document: attributes added, equal neighbours merged."""
    made = copy.deepcopy(node)
    if made.get("type") == "orderedList":
        made.setdefault("attrs", {"order": 1})
    if made.get("type") == "codeBlock":
        cast("JSON", made.setdefault("attrs", {})).setdefault("uniqueId", None)
    content: list[JSON] = []
    for child in map(normalised, cast("list[JSON]", made.get("content", []))):
        before = content[-1] if content else {}
        if child.get("type") == before.get("type") == "text" and child.get(
            "marks"
        ) == before.get("marks"):
            before["text"] = f"{before['text']}{child['text']}"
        else:
            content.append(child)
    if "content" in made:
        made["content"] = content
    return made


if __name__ == "__main__":
    serve(Jira)
