"""What a Gitea server keeps: accounts, one or more repositories, issues, comments.

Plain data and how the interface shows it; the rules of the routes are in
:mod:`tests.fakes.gitea`.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

JSON = dict[str, object]


@dataclass
class User:
    id: int
    login: str
    admin: bool = False
    active: bool = True


@dataclass
class Token:
    user: User
    scopes: frozenset[str] = frozenset({"all"})

    def allows(self, category: str, *, writing: bool) -> bool:
        wanted = {"all", f"write:{category}"}
        if not writing:
            wanted.add(f"read:{category}")
        return bool(wanted & self.scopes)


@dataclass
class Label:
    id: int
    name: str
    color: str
    description: str = ""
    exclusive: bool = False
    archived: bool = False

    @property
    def scope(self) -> str:
        return self.name.rpartition("/")[0] if self.exclusive else ""


@dataclass
class Milestone:
    id: int
    title: str
    description: str
    created: int
    due: int = 0
    closed_at: int = 0

    @property
    def closed(self) -> bool:
        return bool(self.closed_at)


@dataclass
class Asset:
    id: int
    uuid: str
    name: str
    content: bytes
    created: int
    uploader: int


@dataclass
class Comment:
    """A comment or, with another ``type``, an event of the timeline."""

    id: int
    type: str
    user: User
    body: str
    created: int
    updated: int
    assets: list[Asset] = field(default_factory=list)
    extra: JSON = field(default_factory=dict)


@dataclass
class Issue:
    id: int
    number: int
    title: str
    body: str
    user: User
    created: int
    updated: int
    closed_at: int = 0
    due: int = 0
    closed: bool = False
    pull: bool = False
    locked: bool = False
    version: int = 0
    labels: list[Label] = field(default_factory=list)
    assignees: list[User] = field(default_factory=list)
    milestone: Milestone | None = None
    assets: list[Asset] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)


@dataclass
class Repo:
    id: int
    owner: User
    name: str
    created: int
    private: bool = True
    archived: bool = False
    has_issues: bool = True
    rights: dict[str, str] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    labels: dict[int, Label] = field(default_factory=dict)
    milestones: dict[int, Milestone] = field(default_factory=dict)
    last_number: int = 0

    @property
    def full_name(self) -> str:
        return f"{self.owner.login}/{self.name}"

    def may(self, user: User | None, right: str) -> bool:
        """Whether ``user`` has ``right``: read, write or admin."""
        rank = ["none", "read", "write", "admin"]
        held = "none" if self.private else "read"
        if user is not None:
            held = max(held, self.rights.get(user.login, "none"), key=rank.index)
            if user.admin or user.login == self.owner.login:
                held = "admin"
        return rank.index(held) >= rank.index(right)

    def everything(self) -> Iterator[tuple[Issue, Comment]]:
        for issue in self.issues.values():
            for comment in issue.comments:
                yield issue, comment


@dataclass
class State:
    """All of a server, its clock and its peculiarities."""

    address: str
    flavour: str = "gitea"
    version: str = ""
    zone: str = "UTC"
    content_version: bool = True
    page_max: int = 50
    page_default: int = 30
    attachments: bool = True
    attachment_max: int = 100 * 1024 * 1024
    clock: float = 0.0
    frozen: float | None = None
    users: dict[str, User] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    repos: list[Repo] = field(default_factory=list)
    moved: dict[str, int] = field(default_factory=dict)
    last_id: int = 100

    def now(self) -> float:
        return (time.time() if self.frozen is None else self.frozen) + self.clock

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def repo(self, owner: str, name: str) -> Repo | None:
        wanted = f"{owner}/{name}".lower()
        found = (repo for repo in self.repos if repo.full_name.lower() == wanted)
        return next(found, None)

    def show_time(self, moment: int) -> str:
        """A time in the server's zone, whole seconds."""
        at = datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(self.zone))
        return at.isoformat().replace("+00:00", "Z")

    def maybe_time(self, moment: int) -> str | None:
        return self.show_time(moment) if moment else None

    def show_user(self, user: User) -> JSON:
        return {
            "id": user.id,
            "login": user.login,
            "login_name": "",
            "source_id": 0,
            "full_name": "",
            "email": f"{user.login}@example.test",
            "avatar_url": f"{self.address}/avatars/{user.id}",
            "html_url": f"{self.address}/{user.login}",
            "language": "",
            "is_admin": user.admin,
            "last_login": "1970-01-01T00:00:00Z",
            "created": self.show_time(1_700_000_000),
            "restricted": False,
            "active": user.active,
            "prohibit_login": False,
            "location": "",
            "website": "",
            "description": "",
            "visibility": "public",
            "followers_count": 0,
            "following_count": 0,
            "starred_repos_count": 0,
            "username": user.login,
        }

    def show_repo(self, repo: Repo, user: User | None) -> JSON:
        return {
            "id": repo.id,
            "owner": self.show_user(repo.owner),
            "name": repo.name,
            "full_name": repo.full_name,
            "private": repo.private,
            "archived": repo.archived,
            "has_issues": repo.has_issues,
            "html_url": f"{self.address}/{repo.full_name}",
            "url": f"{self.address}/api/v1/repos/{repo.full_name}",
            "created_at": self.show_time(repo.created),
            "updated_at": self.show_time(repo.created),
            "permissions": {
                "admin": repo.may(user, "admin"),
                "push": repo.may(user, "write"),
                "pull": repo.may(user, "read"),
            },
        }

    def show_label(self, repo: Repo, label: Label) -> JSON:
        return {
            "id": label.id,
            "name": label.name,
            "exclusive": label.exclusive,
            "is_archived": label.archived,
            "color": label.color.removeprefix("#"),
            "description": label.description,
            "url": f"{self.address}/api/v1/repos/{repo.full_name}/labels/{label.id}",
        }

    def show_milestone(self, repo: Repo, milestone: Milestone) -> JSON:
        of_it = [i for i in repo.issues.values() if i.milestone is milestone]
        return {
            "id": milestone.id,
            "title": milestone.title,
            "description": milestone.description,
            "state": "closed" if milestone.closed else "open",
            "open_issues": sum(not issue.closed for issue in of_it),
            "closed_issues": sum(issue.closed for issue in of_it),
            "created_at": self.show_time(milestone.created),
            "updated_at": self.show_time(milestone.created),
            "closed_at": self.maybe_time(milestone.closed_at),
            "due_on": self.maybe_time(milestone.due),
        }

    def show_asset(self, asset: Asset) -> JSON:
        return {
            "id": asset.id,
            "name": asset.name,
            "size": len(asset.content),
            "download_count": 0,
            "created_at": self.show_time(asset.created),
            "uuid": asset.uuid,
            "browser_download_url": f"{self.address}/attachments/{asset.uuid}",
        }

    def show_issue(self, repo: Repo, issue: Issue) -> JSON:
        url = f"{self.address}/{repo.full_name}/issues/{issue.number}"
        labels = sorted(issue.labels, key=lambda label: label.name)
        assignees = [self.show_user(user) for user in issue.assignees]
        shown: JSON = {
            "id": issue.id,
            "url": f"{self.address}/api/v1/repos/{repo.full_name}/issues/{issue.number}",
            "html_url": url,
            "number": issue.number,
            "user": self.show_user(issue.user),
            "original_author": "",
            "original_author_id": 0,
            "title": issue.title,
            "body": issue.body,
            "ref": "",
            "assets": [self.show_asset(asset) for asset in issue.assets],
            "labels": [self.show_label(repo, label) for label in labels],
            "milestone": self.show_milestone(repo, issue.milestone)
            if issue.milestone
            else None,
            "assignee": assignees[0] if assignees else None,
            "assignees": assignees or None,
            "state": "closed" if issue.closed else "open",
            "is_locked": issue.locked,
            "comments": sum(c.type == "comment" for c in issue.comments),
            "created_at": self.show_time(issue.created),
            "updated_at": self.show_time(issue.updated),
            "closed_at": self.maybe_time(issue.closed_at),
            "due_date": self.maybe_time(issue.due),
            "time_estimate": 0,
            "pull_request": {"merged": False, "merged_at": None, "draft": False}
            if issue.pull
            else None,
            "repository": {
                "id": repo.id,
                "name": repo.name,
                "owner": repo.owner.login,
                "full_name": repo.full_name,
            },
            "pin_order": 0,
        }
        if self.content_version:
            shown["content_version"] = issue.version
        return shown

    def show_comment(self, repo: Repo, issue: Issue, comment: Comment) -> JSON:
        kind = "pulls" if issue.pull else "issues"
        url = f"{self.address}/{repo.full_name}/{kind}/{issue.number}"
        return {
            "id": comment.id,
            "html_url": f"{url}#issuecomment-{comment.id}",
            "pull_request_url": url if issue.pull else "",
            "issue_url": "" if issue.pull else url,
            "user": self.show_user(comment.user),
            "original_author": "",
            "original_author_id": 0,
            "body": comment.body,
            "assets": [self.show_asset(asset) for asset in comment.assets],
            "created_at": self.show_time(comment.created),
            "updated_at": self.show_time(comment.updated),
        }

    def show_event(self, repo: Repo, issue: Issue, comment: Comment) -> JSON:
        shown = self.show_comment(repo, issue, comment)
        del shown["assets"], shown["original_author"], shown["original_author_id"]
        return {**shown, "type": comment.type, **comment.extra}

    def new_asset(self, name: str, content: bytes, user: User) -> Asset:
        return Asset(
            self.next_id(), str(uuid.uuid4()), name, content, int(self.now()), user.id
        )
