"""A Gitea (or Forgejo) server for tests, as far as a tracker of issues uses one.

It behaves as Gitea 1.26/1.27 and Forgejo 15 were seen to: what it accepts, drops
in silence, refuses, and in which order. ``python -m tests.fakes.gitea`` serves it.

Options of a reset: ``flavour`` (gitea, forgejo), ``content_version``, ``zone``,
``version``, ``page_max``, ``attachments``, ``attachment_max``; ``clock`` (seconds
added to the real time) and ``frozen`` (the time stands still); ``users`` maps
logins to their rights on the repository (read, write, admin, none), ``private``,
``repo`` and ``pulls`` (pull requests in it) describe it. Everybody's token is ``tokens.token_of(LOGIN)``; more tokens come
with ``tokens: {token: {user, scopes}}``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

from tests.fakes.giteastate import (
    JSON,
    Asset,
    Comment,
    Issue,
    Label,
    Milestone,
    Repo,
    State,
    Token,
    User,
)
from tests.fakes.routes import Answered, Routed, route
from tests.fakes.server import Reply, Request, serve
from tests.fakes.tokens import token_of

GHOST = User(-1, "Ghost")
VERSIONS = {"gitea": "1.26.3", "forgejo": "15.0.3+gitea-1.22.0"}

Row = TypeVar("Row")

R = "/api/v1/repos/{owner}/{repo}"


class Gitea(Routed):
    """One server with its state."""

    def __init__(self, options: Mapping[str, object]) -> None:
        given = dict(options)
        users = cast("dict[str, str]", given.pop("users", {"ledger": "write"}))
        tokens = cast("dict[str, dict[str, object]]", given.pop("tokens", {}))
        repo = str(given.pop("repo", "org/audit"))
        private = bool(given.pop("private", True))
        pulls = cast("int", given.pop("pulls", 0))
        self.state = state = State(**given)  # type: ignore[arg-type]  # options come as JSON
        state.version = state.version or VERSIONS[state.flavour]
        if state.flavour == "forgejo":
            state.content_version = False
        owner, _, name = repo.partition("/")
        for login in dict.fromkeys([owner, *users]):
            state.users[login] = User(state.next_id(), login)
            state.tokens[token_of(login)] = Token(state.users[login])
        for token, what in tokens.items():
            scopes = frozenset(cast("list[str]", what.get("scopes", ["all"])))
            state.tokens[token] = Token(state.users[str(what["user"])], scopes)
        made = Repo(
            state.next_id(), state.users[owner], name, int(state.now()), private
        )
        made.rights = dict(users)
        for number in range(1, pulls + 1):
            made.issues[number] = Issue(
                state.next_id(),
                number,
                "a pull request",
                "",
                state.users[owner],
                made.created,
                made.created,
                pull=True,
            )
            made.last_number = number
        state.repos.append(made)

    # -- the server's side -------------------------------------------------------

    def now(self) -> float:
        return self.state.now()

    def set_clock(self, ahead: float, frozen: float | None, wrong: float) -> None:
        self.state.clock, self.state.frozen = ahead + wrong, frozen

    def dump(self) -> object:
        state = self.state
        return {
            "version": state.version,
            "repos": [
                {
                    **state.show_repo(repo, None),
                    "issues": [
                        {
                            **state.show_issue(repo, issue),
                            "timeline": [
                                state.show_event(repo, issue, one)
                                for one in issue.comments
                            ],
                        }
                        for issue in repo.issues.values()
                    ],
                    "labels": [
                        state.show_label(repo, one) for one in repo.labels.values()
                    ],
                    "milestones": [
                        state.show_milestone(repo, one)
                        for one in repo.milestones.values()
                    ],
                }
                for repo in state.repos
            ],
        }

    def call_name(self, method: str, path: str) -> str:
        short = re.sub(r"^/api/v1/repos/[^/]+/[^/]+", "/repos/{repo}", path)
        short = re.sub(r"^/api/v1", "", short)
        short = re.sub(r"/attachments/[^/]+", "/attachments/{uuid}", short)
        return f"{method} {re.sub(r'/[0-9]+(?=/|$)', '/{n}', short)}"

    def admit(self, note: str) -> None:
        """``note`` is the category of scopes that the route belongs to."""
        self.user, self.token = self._who(self.request)
        writing = self.request.method != "GET"
        if note and self.token and not self.token.allows(note, writing=writing):
            raise self.no(
                403,
                "token does not have at least one of required scope(s), "
                f"required=[{'write' if writing else 'read'}:{note}]",
            )

    def _who(self, request: Request) -> tuple[User | None, Token | None]:
        """The caller; a header of another form than two words is ignored."""
        words = request.headers.get("authorization", "").split()
        if len(words) != 2 or words[0].lower() not in {"token", "bearer"}:
            return None, None
        token = self.state.tokens.get(words[1])
        if token is None:
            raise self.no(401, "invalid username, password or token")
        if not token.user.active:
            raise self.no(403, "This account is inactive or blocked from signing in.")
        return token.user, token

    def no(self, status: int, message: str = "") -> Answered:
        url = f"{self.state.address}/api/swagger"
        return Answered(Reply.json(status, {"message": message, "url": url}))

    # -- what routes share ---------------------------------------------------------

    def repo_for(self, owner: str, name: str, right: str = "read") -> Repo:
        """The repository: a redirect when it moved, 404 when it is hidden."""
        repo = self.state.repo(owner, name)
        moved = self.state.moved.get(f"{owner}/{name}".lower())
        if repo is None and moved is not None:
            target = next(one for one in self.state.repos if one.id == moved)
            path = self.request.path.replace(
                f"/{owner}/{name}", f"/{target.full_name}", 1
            )
            raise Answered(Reply(301, {"Location": f"{self.state.address}{path}"}, b""))
        if repo is None or not repo.may(self.user, "read"):
            raise self.no(404, "not found")
        if right != "read" and self.user is None:
            raise self.no(401, "token is required")
        if self.request.method != "GET" and self.user is None:
            raise self.no(401, "token is required")
        return repo

    def unlocked(self, repo: Repo) -> None:
        if repo.archived:
            raise self.no(423, f"{repo.full_name} is archived")

    def issue_in(self, repo: Repo, number: str, missing: int = 404) -> Issue:
        issue = repo.issues.get(int(number))
        if issue is None:
            said = f"issue does not exist [id: 0, repo_id: {repo.id}, index: {number}]"
            raise self.no(missing, "not found" if missing == 404 else said)
        return issue

    def form(self, **kinds: type | tuple[type, ...]) -> JSON:
        """The JSON body; a field of another type is refused before anything else."""
        value = self.request.json()
        if not isinstance(value, dict):
            raise self.no(422, "[]: invalid character looking for beginning of value")
        for name, kind in kinds.items():
            given = value.get(name)
            if given is not None and (
                not isinstance(given, kind)
                or (isinstance(given, bool) and kind is not bool)
            ):
                raise self.no(
                    422, f"[]: json: cannot unmarshal into Go struct field .{name}"
                )
        return value

    def writer(self, repo: Repo) -> bool:
        return repo.may(self.user, "write")

    def me(self) -> User:
        assert self.user is not None
        return self.user

    def seconds(self) -> int:
        return int(self.state.now())

    def event(
        self, issue: Issue, kind: str, body: str = "", **extra: object
    ) -> Comment:
        """Add to the timeline; every event bumps its issue."""
        now = self.seconds()
        made = Comment(
            self.state.next_id(), kind, self.me(), body, now, now, extra=extra
        )
        issue.comments.append(made)
        issue.updated = now
        return made

    def instant(self, text: object, name: str) -> int:
        try:
            at = datetime.fromisoformat(str(text))
        except ValueError:
            said = f'parsing time "{text}" as "2006-01-02T15:04:05Z07:00"'
            raise self.no(422, said) from None
        if at.tzinfo is None:
            raise self.no(
                422, f'parsing time "{text}": cannot parse "" as "Z07:00" ({name})'
            )
        return int(at.timestamp())

    def page(self, rows: list[JSON], *, total: int | None = None) -> Reply:
        """One page of a list with its real total; a large limit is clamped."""
        if self.state.flavour == "forgejo" and "page" not in self.request.query:
            # Seen in Forgejo 15: comments and timeline are then not paged at all.
            return Reply.json(200, rows, X_Total_Count=str(len(rows)))
        query, state = self.request.query, self.state
        limit = int(query.get("limit") or 0) or state.page_default
        limit = min(limit, state.page_max)
        number = max(int(query.get("page") or 1), 1)
        cut = rows[(number - 1) * limit : number * limit]
        return Reply.json(
            200, cut, X_Total_Count=str(len(rows) if total is None else total)
        )

    def in_time(self, moment: int) -> bool:
        """``since`` and ``before`` in whole seconds, both inclusive."""
        query = self.request.query
        after = self.instant(query["since"], "since") if query.get("since") else None
        until = self.instant(query["before"], "before") if query.get("before") else None
        return (after is None or moment >= after) and (until is None or moment <= until)

    # -- server, account, repository -------------------------------------------------

    @route("GET", "/api/v1/version")
    def version(self) -> Reply:
        return Reply.json(200, {"version": self.state.version})

    @route("GET", "/api/v1/settings/api")
    def settings(self) -> Reply:
        return Reply.json(
            200,
            {
                "max_response_items": self.state.page_max,
                "default_paging_num": self.state.page_default,
                "default_git_trees_per_page": 1000,
                "default_max_blob_size": 10485760,
            },
        )

    @route("GET", "/api/v1/user", "user")
    def account(self) -> Reply:
        if self.user is None:
            raise self.no(401, "token is required")
        return Reply.json(200, self.state.show_user(self.user))

    @route("POST", "/api/v1/user/repos", "user")
    def create_repo(self) -> Reply:
        if self.user is None:
            raise self.no(401, "token is required")
        form = self.form(name=str, private=bool)
        name = str(form["name"])
        if self.state.repo(self.user.login, name):
            raise self.no(409, "The repository with the same name already exists.")
        repo = Repo(
            self.state.next_id(),
            self.user,
            name,
            self.seconds(),
            bool(form.get("private")),
        )
        self.state.repos.append(repo)
        return Reply.json(201, self.state.show_repo(repo, self.user))

    @route("GET", "/api/v1/repositories/{n}", "repository")
    def repo_by_id(self, number: str) -> Reply:
        for repo in self.state.repos:
            if repo.id == int(number) and repo.may(self.user, "read"):
                return Reply.json(200, self.state.show_repo(repo, self.user))
        raise self.no(404, "not found")

    @route("GET", R, "repository")
    def get_repo(self, owner: str, name: str) -> Reply:
        repo = self.repo_for(owner, name)
        return Reply.json(200, self.state.show_repo(repo, self.user))

    @route("PATCH", R, "repository")
    def edit_repo(self, owner: str, name: str) -> Reply:
        repo = self.repo_for(owner, name, "admin")
        if not repo.may(self.user, "admin"):
            raise self.no(
                403, "user should be an owner or a collaborator with admin write"
            )
        form = self.form(name=str, archived=bool, private=bool, has_issues=bool)
        if "name" in form and form["name"] != repo.name:
            self.state.moved[repo.full_name.lower()] = repo.id
            repo.name = str(form["name"])
        repo.archived = bool(form.get("archived", repo.archived))
        repo.private = bool(form.get("private", repo.private))
        repo.has_issues = bool(form.get("has_issues", repo.has_issues))
        return Reply.json(200, self.state.show_repo(repo, self.user))

    @route("DELETE", R, "repository")
    def delete_repo(self, owner: str, name: str) -> Reply:
        repo = self.repo_for(owner, name, "admin")
        if not repo.may(self.user, "admin"):
            raise self.no(403, "user should be an owner")
        self.state.repos.remove(repo)
        return Reply(204, {}, b"")

    @route("PUT", R + "/collaborators/{login}", "repository")
    def collaborate(self, owner: str, name: str, login: str) -> Reply:
        repo = self.repo_for(owner, name, "admin")
        if login not in self.state.users:
            raise self.no(422, f"user does not exist [uid: 0, name: {login}]")
        repo.rights[login] = str(self.form(permission=str).get("permission", "write"))
        return Reply(204, {}, b"")

    # -- issues ------------------------------------------------------------------------

    @route("GET", R + "/issues", "issue")
    def list_issues(self, owner: str, name: str) -> Reply:
        repo = self.repo_for(owner, name)
        if not repo.has_issues:
            raise self.no(404, "not found")
        query = self.request.query
        wanted = query.get("state", "open")
        kind = query.get("type", "")
        names = [one for one in query.get("labels", "").split(",") if one]
        known = {label.name for label in repo.labels.values()}
        names = [one for one in names if one in known]
        found = [
            issue
            for issue in repo.issues.values()
            if self.in_time(issue.updated)
            and (wanted == "all" or issue.closed == (wanted == "closed"))
            and (not kind or issue.pull == (kind == "pulls"))
            and {one.name for one in issue.labels} >= set(names)
        ]
        if author := query.get("created_by"):
            if author not in self.state.users:
                raise self.no(404, f"user does not exist [uid: 0, name: {author}]")
            found = [issue for issue in found if issue.user.login == author]
        found.sort(key=lambda issue: (issue.created, issue.id), reverse=True)
        return self.page_of(found, lambda issue: self.state.show_issue(repo, issue))

    def page_of(self, rows: list[Row], show: Callable[[Row], JSON]) -> Reply:
        """One page of a list; only its own rows are shown, for lists grow long."""
        query, state = self.request.query, self.state
        limit = min(int(query.get("limit") or 0) or state.page_default, state.page_max)
        number = max(int(query.get("page") or 1), 1)
        cut = rows[(number - 1) * limit : number * limit]
        return Reply.json(200, [show(row) for row in cut], X_Total_Count=str(len(rows)))

    @route("POST", R + "/issues", "issue")
    def create_issue(self, owner: str, name: str) -> Reply:
        repo = self.repo_for(owner, name)
        self.unlocked(repo)
        form = self.form(
            title=str,
            body=str,
            due_date=str,
            milestone=int,
            labels=list,
            assignees=list,
            closed=bool,
        )
        for one in cast("list[object]", form.get("labels") or []):
            if not isinstance(one, int):
                raise self.no(
                    422,
                    "[]: json: cannot unmarshal string into Go struct field "
                    "CreateIssueOption.labels of type int64",
                )
        if not form.get("title"):
            raise self.no(422, "[Title]: Required")
        due = self.instant(form["due_date"], "due_date") if form.get("due_date") else 0
        assignees: list[User] = []
        labels: list[Label] = []
        milestone = None
        if self.writer(repo):
            assignees = self.assignable(
                repo, cast("list[str]", form.get("assignees") or [])
            )
            ids = cast("list[int]", form.get("labels") or [])
            labels = [repo.labels[one] for one in ids if one in repo.labels]
            milestone = repo.milestones.get(cast("int", form.get("milestone") or 0))
        else:
            due = 0
        repo.last_number += 1
        now = self.seconds()
        issue = Issue(
            id=self.state.next_id(),
            number=repo.last_number,
            title=self.cut(str(form["title"]).strip()),
            body=str(form.get("body") or ""),
            user=self.me(),
            created=now,
            updated=now,
            due=due,
            labels=labels,
            assignees=assignees,
            milestone=milestone,
        )
        repo.issues[issue.number] = issue
        for label in labels:
            self.event(issue, "label", "1", label=self.state.show_label(repo, label))
        if form.get("closed"):
            self.set_state(issue, closed=True)
        return Reply.json(201, self.state.show_issue(repo, issue))

    def assignable(self, repo: Repo, logins: list[str]) -> list[User]:
        found = []
        for login in logins:
            user = self.state.users.get(login)
            if user is None:
                said = f"user does not exist [uid: 0, name: {login}]"
                raise self.no(422, f"Assignee does not exist: [name: {said}]")
            if not repo.may(user, "read"):
                raise self.no(
                    422, f"user does not have access to repo [user_id: {user.id}]"
                )
            found.append(user)
        return found

    def cut(self, title: str) -> str:
        """Gitea cuts to 255 columns, Forgejo to 255 bytes; neither says so.

        Three of them are left for the ellipsis, in columns as in bytes.
        """
        if len(title.encode()) <= 255:
            return title
        by_columns = self.state.flavour == "gitea"
        room, kept = 252, ""
        for at, mark in enumerate(title):
            width = (1 if mark.isascii() else 2) if by_columns else len(mark.encode())
            if room < width:
                rest = title[at:]
                columns = sum(1 if one.isascii() else 2 for one in rest)
                fits = by_columns and len(rest) <= 3 and columns <= room + 3
                return title if fits else f"{kept}…"
            room -= width
            kept += mark
        return title

    @route("GET", R + "/issues/{n}", "issue")
    def get_issue(self, owner: str, name: str, number: str) -> Reply:
        repo = self.repo_for(owner, name)
        issue = self.issue_in(repo, number)
        return Reply.json(200, self.state.show_issue(repo, issue))

    @route("DELETE", R + "/issues/{n}", "issue")
    def delete_issue(self, owner: str, name: str, number: str) -> Reply:
        repo = self.repo_for(owner, name, "admin")
        issue = self.issue_in(repo, number)
        if not repo.may(self.user, "admin"):
            raise self.no(
                403, "user should be an owner or a collaborator with admin write"
            )
        del repo.issues[issue.number]
        return Reply(204, {}, b"")

    @route("PATCH", R + "/issues/{n}", "issue")
    def edit_issue(self, owner: str, name: str, number: str) -> Reply:
        repo = self.repo_for(owner, name)
        form = self.form(
            title=str,
            body=str,
            due_date=str,
            unset_due_date=bool,
            milestone=int,
            assignees=list,
            state=str,
            content_version=int,
        )
        issue = self.issue_in(repo, number)
        writer = self.writer(repo)
        if issue.user is not self.user and not writer:
            raise Answered(Reply(403, {}, b""))
        sent = form.get("content_version")
        if self.state.content_version and sent not in (None, issue.version):
            raise self.no(409, "the issue is already changed")
        # Not in one transaction: what comes before a failure stays.
        if title := str(form.get("title") or ""):
            self.retitle(issue, title)
        if form.get("body") is not None:
            issue.body = str(form["body"])
            issue.version += 1
            issue.updated = self.seconds()
        if writer:
            self.edit_as_writer(repo, issue, form)
        word = form.get("state")
        if word is not None:
            if self.state.flavour == "gitea" and word not in {"open", "closed"}:
                raise self.no(412, f"unknown state: {word}")
            self.set_state(issue, closed=word == "closed")
        return Reply.json(201, self.state.show_issue(repo, issue))

    def retitle(self, issue: Issue, title: str) -> None:
        if title == issue.title:
            return
        old, issue.title = issue.title, self.cut(title)
        self.event(issue, "change_title", old_title=old, new_title=issue.title)

    def edit_as_writer(self, repo: Repo, issue: Issue, form: JSON) -> None:
        if form.get("unset_due_date"):
            self.set_due(issue, 0)
        elif form.get("due_date"):
            at = datetime.fromisoformat(str(form["due_date"]))
            end = at.replace(hour=23, minute=59, second=59, microsecond=0)
            self.set_due(issue, self.instant(end.isoformat(), "due_date"))
        if form.get("assignees") is not None:
            logins = cast("list[str]", form["assignees"])
            unknown = [one for one in logins if one not in self.state.users]
            if unknown:
                raise self.no(500, f"user does not exist [uid: 0, name: {unknown[0]}]")
            wanted = [self.state.users[one] for one in logins]
            for user in self.state.users.values():
                if (user in wanted) != (user in issue.assignees):
                    gone = user not in wanted
                    shown = self.state.show_user(user)
                    self.event(
                        issue, "assignees", assignee=shown, removed_assignee=gone
                    )
            issue.assignees = wanted
        chosen = form.get("milestone")
        if chosen is not None:
            milestone = repo.milestones.get(cast("int", chosen))
            if chosen and milestone is None:
                raise self.no(500, f"milestone does not exist [id: {chosen}]")
            if milestone is not issue.milestone:
                issue.milestone = milestone
                self.event(issue, "milestone")

    def set_due(self, issue: Issue, due: int) -> None:
        if issue.due == due:
            return
        kind = "added" if not issue.due else "modified" if due else "removed"
        issue.due = due
        self.event(issue, f"{kind}_deadline")

    def set_state(self, issue: Issue, *, closed: bool) -> None:
        if issue.closed == closed:
            return
        issue.closed = closed
        issue.closed_at = self.seconds() if closed else 0
        self.event(issue, "close" if closed else "reopen")

    @route("POST", R + "/issues/{n}/deadline", "issue")
    def deadline(self, owner: str, name: str, number: str) -> Reply:
        repo = self.repo_for(owner, name)
        issue = self.issue_in(repo, number)
        if not self.writer(repo):
            raise self.no(403, "Not repo writer")
        form = self.form(due_date=str)
        due = 0
        if form.get("due_date"):
            at = datetime.fromtimestamp(self.instant(form["due_date"], "due_date"), UTC)
            there = at.astimezone(ZoneInfo(self.state.zone))
            due = int(there.replace(hour=23, minute=59, second=59).timestamp())
        self.set_due(issue, due)
        return Reply.json(201, {"due_date": self.state.maybe_time(due)})

    # -- comments and timeline -----------------------------------------------------------

    @route("GET", R + "/issues/comments", "issue")
    def feed(self, owner: str, name: str) -> Reply:
        repo = self.repo_for(owner, name)
        found = [
            (issue, one)
            for issue, one in repo.everything()
            if one.type == "comment" and self.in_time(one.updated)
        ]
        found.sort(key=lambda pair: (pair[1].created, pair[1].id))
        return self.page([self.state.show_comment(repo, *pair) for pair in found])

    @route("GET", R + "/issues/{n}/comments", "issue")
    def issue_comments(self, owner: str, name: str, number: str) -> Reply:
        """Not paged at all."""
        repo = self.repo_for(owner, name)
        issue = self.issue_in(repo, number, self.missing_status())
        shown = [
            self.state.show_comment(repo, issue, one)
            for one in issue.comments
            if one.type == "comment" and self.in_time(one.updated)
        ]
        return Reply.json(200, shown, X_Total_Count=str(len(shown)))

    def missing_status(self) -> int:
        """Gitea answers 500 for the comments of an issue that is not there."""
        return 500 if self.state.flavour == "gitea" else 404

    @route("POST", R + "/issues/{n}/comments", "issue")
    def create_comment(self, owner: str, name: str, number: str) -> Reply:
        repo = self.repo_for(owner, name)
        self.unlocked(repo)
        form = self.form(body=str)
        if not form.get("body"):
            raise self.no(422, "[Body]: Required")
        issue = self.issue_in(repo, number, self.missing_status())
        if issue.locked and not self.writer(repo):
            raise self.no(403, "You cannot comment on a locked issue.")
        made = self.event(issue, "comment", str(form["body"]))
        return Reply.json(201, self.state.show_comment(repo, issue, made))

    def comment_in(self, repo: Repo, number: str) -> tuple[Issue, Comment]:
        for issue, comment in repo.everything():
            if comment.id == int(number) and comment.type == "comment":
                return issue, comment
        raise self.no(404, "not found")

    @route("PATCH", R + "/issues/comments/{n}", "issue")
    def edit_comment(self, owner: str, name: str, number: str) -> Reply:
        """Does not bump the issue."""
        repo = self.repo_for(owner, name)
        self.unlocked(repo)
        form = self.form(body=str)
        issue, comment = self.comment_in(repo, number)
        if comment.user is not self.user and not self.writer(repo):
            raise Answered(Reply(403, {}, b""))
        shown = self.state.show_comment(repo, issue, comment)
        if form.get("body") not in (None, comment.body):
            comment.body = str(form["body"])
            comment.updated = self.seconds()
            shown = self.state.show_comment(repo, issue, comment)
        elif self.state.flavour == "gitea":
            # Seen in Gitea 1.27: who does not change a comment is not told its author.
            shown["user"] = None
        else:
            # Seen in Forgejo 15: an equal edit is written, and counts as one.
            comment.updated = self.seconds()
            shown = self.state.show_comment(repo, issue, comment)
        return Reply.json(200, shown)

    @route("DELETE", R + "/issues/comments/{n}", "issue")
    def delete_comment(self, owner: str, name: str, number: str) -> Reply:
        repo = self.repo_for(owner, name)
        issue, comment = self.comment_in(repo, number)
        issue.comments.remove(comment)
        return Reply(204, {}, b"")

    @route("GET", R + "/issues/{n}/timeline", "issue")
    def timeline(self, owner: str, name: str, number: str) -> Reply:
        """Its total is that of the page, and an empty page is ``null``."""
        repo = self.repo_for(owner, name)
        issue = self.issue_in(repo, number, self.missing_status())
        shown = [
            self.state.show_event(repo, issue, one)
            for one in issue.comments
            if self.in_time(one.updated)
        ]
        page = self.page(shown)
        rows = cast("list[object]", Request("", "", {}, {}, page.body).json())
        return Reply.json(200, rows or None, X_Total_Count=str(len(rows)))

    # -- labels and milestones -----------------------------------------------------------

    @route("GET", R + "/labels", "issue")
    def list_labels(self, owner: str, name: str) -> Reply:
        repo = self.repo_for(owner, name)
        found = sorted(repo.labels.values(), key=lambda label: label.name)
        return self.page_of(found, lambda label: self.state.show_label(repo, label))

    @route("POST", R + "/labels", "issue")
    def create_label(self, owner: str, name: str) -> Reply:
        """Names are not unique."""
        repo = self.repo_for(owner, name)
        if not self.writer(repo):
            raise self.no(403, "user should have a permission to write to a repo")
        form = self.form(name=str, color=str, description=str, exclusive=bool)
        for key in ("name", "color"):
            if not form.get(key):
                raise self.no(422, f"[{key.title()}]: Required")
        if not re.fullmatch(r"#?[0-9a-fA-F]{6}", str(form["color"])):
            raise self.no(422, f"bad color code: {form['color']}")
        label = Label(
            self.state.next_id(),
            str(form["name"]),
            str(form["color"]),
            str(form.get("description") or ""),
            bool(form.get("exclusive")),
        )
        repo.labels[label.id] = label
        return Reply.json(201, self.state.show_label(repo, label))

    @route("PATCH", R + "/labels/{n}", "issue")
    def edit_label(self, owner: str, name: str, number: str) -> Reply:
        repo = self.repo_for(owner, name)
        label = repo.labels.get(int(number))
        if label is None:
            raise self.no(404, "not found")
        form = self.form(name=str, color=str, description=str, exclusive=bool)
        label.name = str(form.get("name", label.name))
        label.exclusive = bool(form.get("exclusive", label.exclusive))
        label.archived = bool(form.get("is_archived"))
        return Reply.json(200, self.state.show_label(repo, label))

    @route("DELETE", R + "/labels/{n}", "issue")
    def delete_label(self, owner: str, name: str, number: str) -> Reply:
        repo = self.repo_for(owner, name)
        label = repo.labels.pop(int(number), None)
        for issue in repo.issues.values():
            issue.labels = [one for one in issue.labels if one is not label]
        return Reply(204, {}, b"")

    def labels_asked(self, repo: Repo) -> list[Label]:
        """Ids or names; what is unknown is ignored in silence."""
        asked = cast("list[object]", self.form(labels=list).get("labels") or [])
        if len({isinstance(one, str) for one in asked}) > 1:
            raise self.no(400, "labels should be an array of strings or integers")
        return [
            label
            for label in repo.labels.values()
            if label.id in asked or label.name in asked
        ]

    def put_on(self, repo: Repo, issue: Issue, label: Label) -> None:
        if label in issue.labels:
            return
        if label.scope:
            for other in [o for o in issue.labels if o.scope == label.scope]:
                self.take_off(repo, issue, other)
        issue.labels.append(label)
        self.event(issue, "label", "1", label=self.state.show_label(repo, label))

    def take_off(self, repo: Repo, issue: Issue, label: Label) -> None:
        if label in issue.labels:
            issue.labels.remove(label)
            self.event(issue, "label", "", label=self.state.show_label(repo, label))

    def shown_labels(self, repo: Repo, issue: Issue) -> Reply:
        found = sorted(issue.labels, key=lambda label: label.name)
        return Reply.json(200, [self.state.show_label(repo, one) for one in found])

    @route("POST", R + "/issues/{n}/labels", "issue")
    def add_labels(self, owner: str, name: str, number: str) -> Reply:
        repo = self.repo_for(owner, name)
        issue = self.issue_in(repo, number)
        if not self.writer(repo):
            raise self.no(403, "write permission is required")
        for label in self.labels_asked(repo):
            self.put_on(repo, issue, label)
        return self.shown_labels(repo, issue)

    @route("PUT", R + "/issues/{n}/labels", "issue")
    def replace_labels(self, owner: str, name: str, number: str) -> Reply:
        repo = self.repo_for(owner, name)
        issue = self.issue_in(repo, number)
        if not self.writer(repo):
            raise self.no(403, "write permission is required")
        wanted = self.labels_asked(repo)
        for label in [one for one in issue.labels if one not in wanted]:
            self.take_off(repo, issue, label)
        for label in wanted:
            self.put_on(repo, issue, label)
        return self.shown_labels(repo, issue)

    @route("DELETE", R + "/issues/{n}/labels/{n}", "issue")
    def remove_label(self, owner: str, name: str, number: str, id_: str) -> Reply:
        repo = self.repo_for(owner, name)
        issue = self.issue_in(repo, number)
        if not self.writer(repo):
            raise Answered(Reply(403, {}, b""))
        label = repo.labels.get(int(id_))
        if label is None:
            raise self.no(422, f"label does not exist [label_id: {id_}]")
        self.take_off(repo, issue, label)
        return Reply(204, {}, b"")

    @route("GET", R + "/milestones", "issue")
    def list_milestones(self, owner: str, name: str) -> Reply:
        repo = self.repo_for(owner, name)
        default = "open" if self.state.flavour == "gitea" else "all"
        wanted = self.request.query.get("state", default)
        found = [
            one
            for one in repo.milestones.values()
            if wanted == "all" or one.closed == (wanted == "closed")
        ]
        return self.page_of(found, lambda one: self.state.show_milestone(repo, one))

    @route("POST", R + "/milestones", "issue")
    def create_milestone(self, owner: str, name: str) -> Reply:
        repo = self.repo_for(owner, name)
        if not self.writer(repo):
            raise self.no(403, "user should have a permission to write to a repo")
        form = self.form(title=str, description=str, due_on=str)
        made = Milestone(
            self.state.next_id(),
            str(form.get("title") or "default"),
            str(form.get("description") or ""),
            self.seconds(),
            self.instant(form["due_on"], "due_on") if form.get("due_on") else 0,
        )
        repo.milestones[made.id] = made
        return Reply.json(201, self.state.show_milestone(repo, made))

    @route("GET", R + "/milestones/{n}", "issue")
    def get_milestone(self, owner: str, name: str, number: str) -> Reply:
        repo = self.repo_for(owner, name)
        milestone = repo.milestones.get(int(number))
        if milestone is None:
            raise self.no(404, "not found")
        return Reply.json(200, self.state.show_milestone(repo, milestone))

    @route("PATCH", R + "/milestones/{n}", "issue")
    def edit_milestone(self, owner: str, name: str, number: str) -> Reply:
        repo = self.repo_for(owner, name)
        milestone = repo.milestones.get(int(number))
        if milestone is None:
            raise self.no(404, "not found")
        form = self.form(title=str, description=str, state=str)
        milestone.title = str(form.get("title") or milestone.title)
        milestone.description = str(form.get("description", milestone.description))
        if "state" in form:
            closed = form["state"] == "closed"
            milestone.closed_at = self.seconds() if closed else 0
        return Reply.json(200, self.state.show_milestone(repo, milestone))

    @route("DELETE", R + "/milestones/{n}", "issue")
    def delete_milestone(self, owner: str, name: str, number: str) -> Reply:
        repo = self.repo_for(owner, name)
        gone = repo.milestones.pop(int(number), None)
        # No issue of it is touched, nor does any get a new time.
        for issue in repo.issues.values():
            if issue.milestone is gone:
                issue.milestone = None
        return Reply(204, {}, b"")

    # -- attachments -----------------------------------------------------------------------

    def uploaded(self) -> tuple[str, bytes]:
        """Name and bytes of the form field ``attachment``."""
        found = self.request.file("attachment")
        if found is None:
            raise self.no(500, "http: no such file")
        return self.request.query.get("name") or found[0], found[1]

    def store(self, assets: list[Asset]) -> Reply:
        if not self.state.attachments:
            raise self.no(404, "attachments are disabled")
        name, content = self.uploaded()
        if len(content) > self.state.attachment_max:
            raise self.no(413, "attachment exceeds limit")
        made = self.state.new_asset(name, content, self.me())
        assets.append(made)
        return Reply.json(201, self.state.show_asset(made))

    @route("POST", R + "/issues/{n}/assets", "issue")
    def attach(self, owner: str, name: str, number: str) -> Reply:
        """Counts as a write of the body."""
        repo = self.repo_for(owner, name)
        self.unlocked(repo)
        issue = self.issue_in(repo, number)
        if issue.user is not self.user and not self.writer(repo):
            raise self.no(403, "user should have permission to write issue")
        reply = self.store(issue.assets)
        issue.version += 1
        issue.updated = self.seconds()
        return reply

    @route("POST", R + "/issues/comments/{n}/assets", "issue")
    def attach_to_comment(self, owner: str, name: str, number: str) -> Reply:
        repo = self.repo_for(owner, name)
        self.unlocked(repo)
        _, comment = self.comment_in(repo, number)
        reply = self.store(comment.assets)
        comment.updated = self.seconds()
        return reply

    @route("GET", "/attachments/{uuid}")
    def download(self, uuid: str) -> Reply:
        for repo in self.state.repos:
            if not repo.may(self.user, "read"):
                continue
            shelves = [issue.assets for issue in repo.issues.values()]
            shelves += [comment.assets for _, comment in repo.everything()]
            for asset in (one for shelf in shelves for one in shelf):
                if asset.uuid == uuid:
                    kind = {"Content-Type": "application/octet-stream"}
                    return Reply(200, kind, asset.content)
        return Reply(404, {"Content-Type": "text/html"}, b"<html>Not Found</html>")


if __name__ == "__main__":
    serve(Gitea)
