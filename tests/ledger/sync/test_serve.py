"""Webhooks, received by a process of its own and answered by an ordinary run."""

from __future__ import annotations

import hmac
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlsplit

import pytest

from ledger.sync.bell import Bell
from ledger.sync.serve import MOST_BYTES, Post, Receiver, receiving
from tests.fakes.client import ROOT, FakeGitea, FakeJira
from tests.fakes.fixtures import fake_jira, jira_process
from tests.fakes.tokens import token_of
from tests.leaks import WATCH, keeps_tokens
from tests.ledger.office import Office
from tests.ledger.sync.desk import Desk, add_many, gitea_place
from tests.ledger.sync.jiraplace import jira_place

__all__ = ["fake_jira", "jira_process"]

SECRET = token_of("和谁都不说")


@dataclass
class Sender:
    """A tracker that sends its deliveries to ``address``."""

    address: str

    def deliver(
        self,
        body: bytes,
        *,
        path: str = "/t",
        method: str = "POST",
        secret: str | None = SECRET,
        form: str = "gitea",
        headers: dict[str, str] | None = None,
    ) -> int:
        """Send what a tracker would send; the status of the answer."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        if secret is not None:
            mac = hmac.new(secret.encode(), body, sha256).hexdigest()
            if form == "gitea":
                sent["X-Gitea-Signature"] = mac
            else:
                sent["X-Hub-Signature"] = f"sha256={mac}"
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=20)
        try:
            connection.request(method, path, body, sent)
            return connection.getresponse().status
        finally:
            connection.close()


@dataclass
class Serving(Sender):
    """A running ``ledger sync serve`` and what it prints."""

    process: subprocess.Popen[str]

    def line(self, beginning: str) -> str:
        """The next line that begins so."""
        for line in cast("IO[str]", self.process.stdout):
            WATCH.look("print", line)
            if line.startswith(beginning):
                return line
        raise AssertionError(cast("IO[str]", self.process.stderr).read())

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """Ask it to end; its exit code and what it still printed."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


def prepare(folder: Path, desk: Desk, token: str, secret: str | None) -> dict[str, str]:
    """The environment of the process, with credentials for the desk's tracker."""
    config = folder / "config" / "ledger"
    config.mkdir(parents=True)
    path = keeps_tokens(config / "credentials.toml")
    entry = {"address": desk.place.address, "token": token}
    if secret is not None:
        entry["webhook_secret"] = secret
    lines = [f"{key} = {json.dumps(value)}" for key, value in entry.items()]
    path.write_text("\n".join(["[[tracker]]", *lines, ""]), encoding="utf-8")
    path.chmod(0o600)
    desk.office.later()
    now = desk.office.ledger.clock.fixed
    assert now is not None
    kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    return {
        **kept,
        "XDG_CONFIG_HOME": str(folder / "config"),
        "LEDGER": str(desk.office.ledger.folder),
        "LEDGER_CLOCK": now.isoformat(),
        "LEDGER_TESTING": "1",
        "LANG": "en_US.UTF-8",
        "COLUMNS": "200",
    }


def start(environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
    main = "import sys; from ledger.cli import main; sys.exit(main())"
    return subprocess.Popen(
        [sys.executable, "-c", main, "sync", "serve", "--port", "0", *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


@contextmanager
def serving(environment: dict[str, str], *words: str) -> Iterator[Serving]:
    """Serve until the block ends."""
    process = start(environment, *words)
    running = Serving("", process)
    try:
        running.address = running.line("t: receiving at ").split()[-1]
        yield running
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def about(desk: Desk, key: str) -> bytes:
    """What the tracker says of an issue; only its name may count."""
    if desk.place.kind == "gitea":
        issue: dict[str, object] = {"number": int(key), "title": "伪造的标题"}
        repository = {"full_name": desk.place.project}
        return json.dumps({"issue": issue, "repository": repository}).encode()
    issue = {"key": key, "fields": {"summary": "伪造的标题"}}
    return json.dumps({"webhookEvent": "jira:issue_updated", "issue": issue}).encode()


@pytest.fixture
def desk(office: Office, fake_gitea: FakeGitea) -> Desk:
    return Desk.set_up(office, gitea_place(fake_gitea))


@pytest.fixture
def environment(desk: Desk, fake_gitea: FakeGitea, tmp_path: Path) -> dict[str, str]:
    return prepare(tmp_path, desk, fake_gitea.token, SECRET)


def test_a_webhook_of_gitea_brings_what_changed_and_applies_nothing_of_its_own(
    desk: Desk, fake_gitea: FakeGitea, environment: dict[str, str]
) -> None:
    ref = desk.office.assigned()
    desk.synced()
    title = desk.item(ref).title
    with serving(environment) as server:
        desk.place.wang.comment(desk.key(ref), "第一期培训结束")
        fake_gitea.forget_calls()
        assert server.deliver(about(desk, desk.key(ref))) == 202
        server.line("t: ")
        assert [note.text for note in desk.item(ref).notes] == ["第一期培训结束"]
        assert desk.item(ref).title == title
        code, _, err = server.end()
        assert (code, "Traceback" in err, SECRET in err) == (0, False, False)


def test_many_webhooks_at_once_are_few_runs(
    desk: Desk, fake_gitea: FakeGitea, environment: dict[str, str]
) -> None:
    ref = desk.office.assigned()
    desk.synced()
    with serving(environment) as server:
        fake_gitea.forget_calls()
        for _ in range(20):
            assert server.deliver(about(desk, desk.key(ref))) == 202
        server.line("t: ")
        server.end()
        # One, but for a machine that takes longer than the window to send them.
        assert fake_gitea.calls()["GET /repos/{repo}/issues"] <= 3


def test_a_webhook_of_jira_has_the_issue_read_before_its_index_knows(
    office: Office, fake_jira: FakeJira, tmp_path: Path
) -> None:
    desk = Desk.set_up(office, jira_place(fake_jira, lag=3600))
    ref = desk.office.started()
    desk.synced()
    environment = prepare(tmp_path, desk, fake_jira.token, SECRET)
    with serving(environment) as server:
        desk.edit_body(ref, r"- \[ \] 1\.", "- [x] 1.")
        body = about(desk, desk.key(ref))
        assert server.deliver(body, form="jira", secret="wrong") == 401
        assert server.deliver(body, form="jira") == 202
        server.line("t: ")
        assert desk.item(ref).measures[0].done is not None


def test_a_missed_webhook_is_healed_by_the_next_sync(
    desk: Desk, environment: dict[str, str]
) -> None:
    ref = desk.office.assigned()
    desk.synced()
    with serving(environment) as server:
        server.end()
    desk.place.wang.comment(desk.key(ref), "没人听见")
    with pytest.raises(ConnectionRefusedError):
        server.deliver(about(desk, desk.key(ref)))
    assert desk.synced() == {"pulled": 1, "notes": 1}


def test_what_is_not_a_genuine_delivery_is_refused_and_starts_no_run(
    desk: Desk, fake_gitea: FakeGitea, environment: dict[str, str]
) -> None:
    ref = desk.office.assigned()
    desk.synced()
    body = about(desk, desk.key(ref))
    with serving(environment) as server:
        fake_gitea.forget_calls()
        assert server.deliver(body, secret="wrong") == 401
        assert server.deliver(body, secret="") == 401
        assert server.deliver(body, secret=None) == 401
        assert server.deliver(body, path="/other") == 404
        assert server.deliver(body, path="/t/more") == 404
        assert server.deliver(body, path="/../t") == 404
        assert server.deliver(b"", method="GET") == 405
        assert server.deliver(body, method="PUT") == 405
        assert server.deliver(b"", method="GET", path="/other") == 404
        announced = {"Content-Length": str(MOST_BYTES + 1)}
        assert server.deliver(b"", headers=announced) == 413
        assert server.deliver(b"", headers={"Content-Length": "9" * 4000}) == 413
        assert server.deliver(b"", headers={"Content-Length": "-1"}) == 411
        assert server.deliver(b"", headers={"Transfer-Encoding": "chunked"}) == 411
        # Genuine, but about nothing of ours.
        assert server.deliver(b"{}") == 202
        assert server.deliver(b" " * MOST_BYTES) == 202
        code, out, err = server.end(signal.SIGINT)
    assert (code, out) == (0, "")
    assert err.count("wrong signature") == 1
    assert SECRET not in err
    assert fake_gitea.calls() == {}


def test_only_the_issue_of_the_tracker_s_own_project_is_rung_for() -> None:
    bell = Bell(window=0)
    served = {
        "t": Post("t", "org/audit", SECRET),
        "整改": Post("整改", "AUD", SECRET),
    }
    told: list[str] = []
    with receiving(
        Receiver("127.0.0.1", 0, served, bell, refused=told.append)
    ) as receiver:
        sender = Sender(receiver.address)

        def rung(issue: object, project: str = "", **how: Any) -> object:
            body: dict[str, object] = {"issue": issue}
            if project:
                body["repository"] = {"full_name": project}
            assert sender.deliver(json.dumps(body).encode(), **how) == 202
            return bell.due()

        assert rung({"number": 7}, "org/audit") == ("t", frozenset({"7"}))
        assert rung({"number": 7}, "Org/Audit") == ("t", frozenset({"7"}))
        assert rung({"number": 7}, "org/other") is None
        assert rung({"number": 7, "pull_request": {}}, "org/audit") is None
        assert rung({"key": "AUD-7"}) is None
        path = served["整改"].path
        named = ("整改", frozenset({"AUD-7"}))
        assert rung({"key": "AUD-7"}, path=path, form="jira") == named
        assert rung({"key": "OTHER-7"}, path=path, form="jira") is None
        assert rung({"key": f"AUD-{'7' * 300}"}, path=path, form="jira") is None
        for secret, known in (("wrong", 1), ("wrong", 1), (SECRET, 1), ("wrong", 2)):
            sender.deliver(b"{}", secret=secret)
            assert told == ["t"] * known
    assert SECRET not in repr(served)


def test_a_connection_that_says_nothing_does_not_stop_others_or_the_end(
    desk: Desk, environment: dict[str, str]
) -> None:
    ref = desk.office.assigned()
    desk.synced()
    with serving(environment) as server:
        parts = urlsplit(server.address)
        with socket.create_connection((parts.hostname, parts.port)) as silent:
            silent.sendall(b"POST /t HTTP/1.1\r\nContent-Length: 10\r\n\r\n12")
            assert server.deliver(about(desk, desk.key(ref))) == 202
            assert server.end()[0] == 0


def test_an_error_of_one_run_does_not_end_the_service(
    desk: Desk, fake_gitea: FakeGitea, environment: dict[str, str]
) -> None:
    ref = desk.office.assigned()
    desk.synced()
    body = about(desk, desk.key(ref))
    with serving(environment) as server:
        fake_gitea.faults(
            {"do": "answer", "status": 401, "headers": {}, "body": "", "times": 1}
        )
        assert server.deliver(body) == 202
        err = cast("IO[str]", server.process.stderr)
        assert "401" in err.readline() + err.readline()
        desk.place.wang.comment(desk.key(ref), "后来")
        assert server.deliver(body) == 202
        server.line("t: ")
        assert len(desk.item(ref).notes) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_end_in_mid_run_it_ends_between_two_calls(
    desk: Desk, fake_gitea: FakeGitea, environment: dict[str, str], number: int
) -> None:
    desk.synced()
    refs = add_many(desk.office, 40)
    with serving(environment) as server:
        fake_gitea.forget_calls()
        fake_gitea.latency(0.1)
        assert server.deliver(about(desk, "1")) == 202
        while fake_gitea.calls().get("POST /repos/{repo}/issues", 0) < 4:
            pass
        code, _, err = server.end(number)
        fake_gitea.latency(0)
    assert (code, "Traceback" in err) == (0, False)
    there = len(desk.issues())
    assert 4 <= there < 40
    # Nothing is left in doubt: what was sent was recorded.
    assert desk.synced()["created"] == 40 - there
    assert len(desk.issues()) == len(refs)


def test_without_a_secret_it_does_not_start(
    desk: Desk, fake_gitea: FakeGitea, tmp_path: Path
) -> None:
    process = start(prepare(tmp_path, desk, fake_gitea.token, None))
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (4, "")
    assert "There is no secret for the webhooks of t." in err
    assert fake_gitea.token not in err


def test_an_unknown_tracker_and_a_taken_port_are_refused(
    environment: dict[str, str],
) -> None:
    process = start(environment, "--tracker", "x")
    assert "There is no tracker x." in process.communicate(timeout=20)[1]
    assert process.returncode == 2
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        process = start(environment, "--port", port)
        assert f"port {port}" in process.communicate(timeout=20)[1]
        assert process.returncode == 2


def test_listening_beyond_this_machine_is_warned_of(
    environment: dict[str, str],
) -> None:
    with serving(environment, "--host", "0.0.0.0") as server:  # noqa: S104 (what is warned of)
        _, _, err = server.end()
    assert "can be reached from other machines" in err


def test_a_new_token_leaves_the_secret_of_webhooks_where_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from ledger import config

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    keeps_tokens(tmp_path / "ledger" / "credentials.toml")
    path = config.keep_token("https://t.example", token_of("one"))
    with path.open("a", encoding="utf-8") as file:
        file.write(f'webhook_secret = "{SECRET}"\n')
    config.keep_token("https://t.example", token_of("two"))
    entry = config.credential("https://t.example/x")
    assert (entry.secret(), entry.webhook_secret()) == (token_of("two"), SECRET)
    assert SECRET not in repr(entry)
