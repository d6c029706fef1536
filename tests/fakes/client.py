"""A test's hold on a fake tracker, and on people who work in a tracker.

:class:`FakeProcess` starts a fake in a process of its own and speaks with its
control channel. :class:`Person` acts through the tracker's own interface, so that
the same person works in the fake and in a real server.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from base64 import b64encode
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import quote, urlsplit

from tests.fakes.tokens import token_of

ROOT = Path(__file__).resolve().parents[2]


def exchange(
    method: str,
    url: str,
    value: object = None,
    *,
    headers: dict[str, str] | None = None,
    data: bytes | None = None,
) -> tuple[int, Any]:
    """One request by the standard library: status and JSON (or bytes)."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.netloc, timeout=60)
    sent = dict(headers or {})
    if value is not None:
        data = json.dumps(value).encode()
        sent["Content-Type"] = "application/json"
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, data, sent)
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    if "json" in (answer.getheader("Content-Type") or ""):
        return answer.status, json.loads(body)
    return answer.status, body


class FakeProcess:
    """A fake tracker in a process of its own; it ends with this one."""

    def __init__(self, module: str) -> None:
        """Start ``python -m module`` and wait until it listens."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        ready = cast("IO[bytes]", self._process.stdout).readline().decode().split()
        if not ready or ready[0] != "ready":
            raise RuntimeError(f"{module} did not start")
        self.address = ready[1]

    def stop(self) -> None:
        """End the process."""
        cast("IO[bytes]", self._process.stdin).close()
        self._process.wait(10)
        cast("IO[bytes]", self._process.stdout).close()

    def cpu(self) -> float:
        """Seconds of processor time that the fake has used."""
        stat = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii")
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def _control(self, method: str, name: str, value: object = None) -> Any:
        status, answer = exchange(method, f"{self.address}/_fake/{name}", value)
        if status != 200:
            raise RuntimeError(f"{name}: {status} {answer}")
        return answer

    def reset(self, **options: object) -> None:
        """Begin a new world; see the fake's module for its options."""
        self._control("POST", "reset", options)

    def faults(self, *faults: dict[str, object]) -> None:
        """Decide what becomes of the next requests; see ``server.Fault``."""
        self._control("POST", "faults", list(faults))

    def faults_left(self) -> list[int]:
        """How often each fault may still happen."""
        return cast("list[int]", self._control("GET", "faults"))

    def latency(self, seconds: float) -> None:
        """Let every request take this long more."""
        self._control("POST", "latency", {"seconds": seconds})

    def release(self) -> list[int]:
        """Carry out what a fault ``late`` held back; the statuses it got."""
        return cast("list[int]", self._control("POST", "release", {}))

    def calls(self) -> dict[str, int]:
        """How often each route was called since :meth:`forget_calls`."""
        return cast("dict[str, int]", self._control("GET", "calls"))

    def forget_calls(self) -> None:
        """Count from nothing again."""
        self._control("POST", "calls", {})

    def held(self) -> list[dict[str, str]]:
        """The requests that a fault ``late`` holds back: method, path, request."""
        return cast("list[dict[str, str]]", self._control("GET", "held"))

    def clock(
        self, *, ahead: float = 0.0, frozen: float | None = None, wrong: float = 0.0
    ) -> None:
        """Set the server's clock ahead, hold it at one second, and let it go wrong."""
        told = {"ahead": ahead, "frozen": frozen, "wrong": wrong}
        self._control("POST", "clock", told)

    def exchanges(self) -> list[dict[str, Any]]:
        """The requests and answers since :meth:`forget_calls`."""
        return cast("list[dict[str, Any]]", self._control("GET", "exchanges"))

    def dump(self) -> Any:
        """The state of the world."""
        return self._control("GET", "dump")


@dataclass(frozen=True)
class Person:
    """Somebody who works in a Gitea repository, by its interface.

    In the fake these requests are neither counted nor do faults touch them.
    """

    address: str
    token: str
    repo: str

    def send(self, method: str, path: str, value: object = None) -> Any:
        """A request below the repository; anything but 2xx fails the test."""
        headers = {"Authorization": f"token {self.token}", "X-Fake-Act": "yes"}
        url = f"{self.address}/api/v1/repos/{self.repo}{path}"
        status, answer = exchange(method, url, value, headers=headers)
        assert 200 <= status < 300, (method, path, status, answer)
        return answer

    def create(self, title: str, body: str = "", **fields: object) -> str:
        """Open an issue; its number."""
        made = self.send("POST", "/issues", {"title": title, "body": body, **fields})
        return str(made["number"])

    def edit(self, key: str, **fields: object) -> None:
        """Change an issue."""
        self.send("PATCH", f"/issues/{key}", fields)

    def close(self, key: str) -> None:
        """Close an issue."""
        self.edit(key, state="closed")

    def reopen(self, key: str) -> None:
        """Reopen an issue."""
        self.edit(key, state="open")

    def delete(self, key: str) -> None:
        """Delete an issue (administrators only)."""
        self.send("DELETE", f"/issues/{key}")

    def comment(self, key: str, body: str) -> str:
        """Write a comment; its id."""
        return str(self.send("POST", f"/issues/{key}/comments", {"body": body})["id"])

    def edit_comment(self, id_: str, body: str) -> None:
        """Change a comment."""
        self.send("PATCH", f"/issues/comments/{id_}", {"body": body})

    def delete_comment(self, id_: str) -> None:
        """Delete a comment."""
        self.send("DELETE", f"/issues/comments/{id_}")

    def label(self, key: str, *names: str) -> None:
        """Put labels on an issue, making those that are not there."""
        there = {one["name"] for one in self.send("GET", "/labels?limit=50")}
        for name in names:
            if name not in there:
                self.send("POST", "/labels", {"name": name, "color": "#777777"})
        self.send("POST", f"/issues/{key}/labels", {"labels": list(names)})

    def unlabel(self, key: str, name: str) -> None:
        """Take a label off an issue."""
        for one in self.send("GET", f"/issues/{key}")["labels"]:
            if one["name"] == name:
                self.send("DELETE", f"/issues/{key}/labels/{one['id']}")

    def attach(self, key: str, name: str, content: bytes) -> None:
        """Upload a file to an issue."""
        self._upload(f"/issues/{key}/assets", name, content)

    def attach_to_comment(self, id_: str, name: str, content: bytes) -> None:
        """Upload a file to a comment."""
        self._upload(f"/issues/comments/{id_}/assets", name, content)

    def _upload(self, path: str, name: str, content: bytes) -> None:
        edge = "edge-of-a-form"
        head = (
            f"--{edge}\r\nContent-Disposition: form-data; "
            'name="attachment"; filename="file"\r\n\r\n'
        )
        data = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
        headers = {
            "Authorization": f"token {self.token}",
            "X-Fake-Act": "yes",
            "Content-Type": f"multipart/form-data; boundary={edge}",
        }
        url = f"{self.address}/api/v1/repos/{self.repo}{path}?name={quote(name)}"
        status, answer = exchange("POST", url, headers=headers, data=data)
        assert status == 201, (path, status, answer)


class FakeGitea(FakeProcess):
    """The fake of Gitea and Forgejo."""

    repo = "org/audit"
    token = token_of("ledger")

    def __init__(self) -> None:
        """Start it, with the account ``ledger`` that may write to ``org/audit``."""
        super().__init__("tests.fakes.gitea")

    def person(self, login: str) -> Person:
        """Somebody named at the reset; the owner is ``org``."""
        return Person(self.address, token_of(login), self.repo)


@dataclass(frozen=True)
class JiraPerson:
    """Somebody who works in the fake Jira's project, by its interface."""

    address: str
    login: str
    cloud: bool

    def send(self, method: str, path: str, value: object = None, **more: Any) -> Any:
        """A request below the interface; anything but 2xx fails the test."""
        credential = f"Bearer {token_of(self.login)}"
        if self.cloud:
            pair = f"{self.login}@example.test:{token_of(self.login)}"
            credential = f"Basic {b64encode(pair.encode()).decode()}"
        headers = {"Authorization": credential, "X-Fake-Act": "yes"}
        headers |= more.pop("headers", {})
        url = f"{self.address}/rest/api/{3 if self.cloud else 2}{path}"
        status, answer = exchange(method, url, value, headers=headers, **more)
        assert 200 <= status < 300, (method, path, status, answer)
        return answer

    def markup(self, text: str) -> object:
        """Plain paragraphs, as the editor makes them."""
        if not self.cloud:
            return text
        lines = [[{"type": "text", "text": line}] for line in text.split("\n")]
        content = [
            inline for line in lines for inline in [*line, {"type": "hardBreak"}]
        ]
        paragraph = {"type": "paragraph", "content": content[:-1]}
        return {"type": "doc", "version": 1, "content": [paragraph]}

    def create(self, title: str, body: str) -> str:
        """Open an issue; its key."""
        fields = {
            "project": {"key": "AUD"},
            "issuetype": {"id": "10001"},
            "summary": title,
            "description": self.markup(body),
        }
        return str(self.send("POST", "/issue", {"fields": fields})["key"])

    def edit(self, key: str, **fields: object) -> None:
        """Change fields of an issue."""
        self.send("PUT", f"/issue/{key}", {"fields": fields})

    def write_body(self, key: str, body: str) -> None:
        """Replace the description."""
        self.edit(key, description=self.markup(body))

    def step(self, key: str, id_: str) -> None:
        """Take a step of the workflow."""
        details: dict[str, object] = {"transition": {"id": id_}}
        path = f"/issue/{key}/transitions?expand=transitions.fields"
        for step in self.send("GET", path)["transitions"]:
            if step["id"] == id_ and "resolution" in step["fields"]:
                details["fields"] = {"resolution": {"id": "10001"}}
        self.send("POST", f"/issue/{key}/transitions", details)

    def close(self, key: str) -> None:
        """Take the step to the last status."""
        self.step(key, "31")

    def reopen(self, key: str) -> None:
        """Take the step back to work."""
        self.step(key, "21")

    def delete(self, key: str) -> None:
        """Delete an issue."""
        self.send("DELETE", f"/issue/{key}")

    def comment(self, key: str, body: str) -> None:
        """Write a comment."""
        self.send("POST", f"/issue/{key}/comment", {"body": self.markup(body)})

    def rewrite_comment(self, key: str, old: str, new: str) -> None:
        """Change a comment, found by its text."""
        found = self.send("GET", f"/issue/{key}/comment?maxResults=100")["comments"]
        (id_,) = [one["id"] for one in found if one["body"] == self.markup(old)]
        path = f"/issue/{key}/comment/{id_}"
        self.send("PUT", path, {"body": self.markup(new)})

    def label(self, key: str, name: str) -> None:
        """Put a label on an issue."""
        self.send("PUT", f"/issue/{key}", {"update": {"labels": [{"add": name}]}})

    def unlabel(self, key: str, name: str) -> None:
        """Take a label off an issue."""
        self.send("PUT", f"/issue/{key}", {"update": {"labels": [{"remove": name}]}})

    def comment_with_file(self, key: str, body: str, name: str, data: bytes) -> None:
        """Upload a file and write a comment about it."""
        edge = "edge-of-a-form"
        head = (
            f"--{edge}\r\nContent-Disposition: form-data; "
            f'name="file"; filename="{name}"\r\n\r\n'
        )
        form = head.encode() + data + f"\r\n--{edge}--\r\n".encode()
        headers = {
            "X-Atlassian-Token": "no-check",
            "Content-Type": f"multipart/form-data; boundary={edge}",
        }
        self.send("POST", f"/issue/{key}/attachments", data=form, headers=headers)
        self.comment(key, body)


class FakeJira(FakeProcess):
    """The fake of Jira Cloud and Jira Data Center."""

    project = "AUD"
    token = token_of("ledger")

    def __init__(self) -> None:
        """Start it, with the account ``ledger`` that may write to ``AUD``."""
        super().__init__("tests.fakes.jira")
        self.cloud = True

    def reset(self, **options: object) -> None:
        """Begin a new world; see the fake's module for its options."""
        self.cloud = options.get("edition", "cloud") == "cloud"
        super().reset(**options)

    def person(self, login: str) -> JiraPerson:
        """Somebody named at the reset."""
        return JiraPerson(self.address, login, self.cloud)
