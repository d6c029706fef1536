"""The one HTTP session, against a server that fails in every way it can."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from integrations.http import Http, Pace
from integrations.origin import Origin, printable
from integrations.tracker import (
    Forbidden,
    IncompleteRead,
    Invalid,
    Meter,
    Missing,
    Moved,
    NotATracker,
    Outcome,
    ReadOnly,
    Stale,
    Throttled,
    TrackerError,
    Unauthenticated,
    UnknownOutcome,
    Unreachable,
)
from integrations.upload import JsonBody, Upload
from tests.fakes.client import FakeGitea

ISSUES = "/api/v1/repos/org/audit/issues"
TOKEN = FakeGitea.token


class Bench:
    """A session to the fake, whose waits are noted instead of slept."""

    def __init__(self, address: str, token: str = TOKEN, **pace: float) -> None:
        self.waits: list[float] = []
        self.meter = Meter()
        self.asked = 0
        self.token = token
        self.http = Http(
            Origin.parse(address),
            self.secret,
            authorization="token {}".format,
            meter=self.meter,
            pace=Pace(sleep=self.waits.append, chance=lambda: 1.0, **pace),  # type: ignore[arg-type]  # only numbers are handed in
        )

    def secret(self) -> str:
        self.asked += 1
        return self.token

    def create(self, title: str = "t") -> object:
        body = JsonBody.of({"title": title})
        return self.http.write("POST", ISSUES, body, expect={201}).value


@pytest.fixture
def bench(fake_gitea: FakeGitea) -> Bench:
    return Bench(fake_gitea.address)


def created(fake: FakeGitea) -> int:
    """How many issues there are on the server."""
    return len(fake.dump()["repos"][0]["issues"])


# -- to whom ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.org",
        "ftp://example.org",
        "https://",
        "https://exa mple.org",
        "https://example.org/?a=b",
        "https://example.org/#x",
        "https://example.org:port",
        "https://ex\x1b[31mample.org",
        "file:///etc/passwd",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Invalid) as caught:
        Origin.parse(address)
    assert "\x1b" not in str(caught.value)


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(Invalid) as caught:
        Origin.parse("https://me:hunter2@example.org")
    assert "hunter2" not in str(caught.value)


def test_plain_http_goes_to_loopback_only_unless_it_is_allowed() -> None:
    for address in ("http://localhost:3000", "http://127.0.0.1", "http://[::1]:80"):
        assert Origin.parse(address).loopback
    for address in (
        "http://example.org",
        "http://localhost.evil.org",
        "http://10.0.0.1",
    ):
        with pytest.raises(Invalid, match="Plain HTTP"):
            Origin.parse(address)
    assert Origin.parse("http://example.org", allow_plain_http=True).port == 80


def test_every_path_stays_below_the_address() -> None:
    origin = Origin.parse("https://example.org:8443/git/")
    assert origin.url("/api/v1") == "https://example.org:8443/git/api/v1"
    for path in ("@evil.org/", "https://evil.org", ""):
        with pytest.raises(ValueError, match=f"^{path}$"):
            origin.url(path)


def test_netrc_does_not_replace_the_token(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password wrong\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert bench.http.read("/api/v1/user").value


def test_a_proxy_of_the_environment_is_used_but_not_for_loopback(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert bench.http.read("/api/v1/version").value
    elsewhere = Bench("https://tracker.invalid", attempts=1)
    with pytest.raises(Unreachable):
        elsewhere.create()


def test_the_secret_is_asked_for_once_and_shown_nowhere(bench: Bench) -> None:
    assert bench.asked == 0
    for _ in range(3):
        bench.http.read("/api/v1/version")
    assert bench.asked == 1
    assert TOKEN not in repr(bench.http)


@pytest.mark.parametrize("token", ["", "  ", "a\nb", "пароль"])
def test_without_a_token_nothing_is_sent(fake_gitea: FakeGitea, token: str) -> None:
    bench = Bench(fake_gitea.address, token)
    with pytest.raises(Unauthenticated):
        bench.http.read("/api/v1/version")
    assert fake_gitea.calls() == {}


def test_what_the_server_says_is_cleaned_and_the_token_taken_out(
    bench: Bench, fake_gitea: FakeGitea
) -> None:
    said = f'{{"message": "bad \\u001b[31m {TOKEN} \\u202e {"x" * 500}"}}'
    kind = {"Content-Type": "application/json"}
    fake_gitea.faults({"do": "answer", "status": 422, "body": said, "headers": kind})
    with pytest.raises(Invalid) as caught:
        bench.create()
    text = str(caught.value)
    assert "bad" in text
    assert len(text) < 600
    assert not {TOKEN, "\x1b", "\u202e"} & {*text, *text.split()}
    assert TOKEN not in text


def test_the_token_in_a_redirect_is_taken_out(
    bench: Bench, fake_gitea: FakeGitea
) -> None:
    headers = {"Location": f"https://evil.org/?t={TOKEN}"}
    fake_gitea.faults({"do": "answer", "status": 302, "headers": headers})
    with pytest.raises(Moved) as caught:
        bench.create()
    assert TOKEN not in str(caught.value)
    assert "evil.org" in str(caught.value)


# -- reads -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        {"do": "answer", "status": 500},
        {"do": "answer", "status": 502},
        {"do": "answer", "status": 503, "headers": {"Retry-After": "soon"}},
        {"do": "answer", "status": 408},
        {"do": "answer", "status": 429},
        {"do": "drop"},
        {"do": "cut"},
    ],
    ids=str,
)
def test_a_read_is_tried_again_until_it_is_whole(
    bench: Bench, fake_gitea: FakeGitea, fault: dict[str, object]
) -> None:
    fake_gitea.faults({**fault, "times": 3})
    assert bench.http.read("/api/v1/version").value == {"version": "1.26.3"}
    assert bench.waits == [0.5, 1.0, 2.0]
    assert (bench.meter.reads, bench.meter.retries) == (1, 3)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"do": "answer", "status": 500}, Unreachable),
        ({"do": "answer", "status": 429}, Throttled),
        ({"do": "drop"}, Unreachable),
        ({"do": "cut"}, IncompleteRead),
    ],
    ids=str,
)
def test_a_read_that_never_gets_through_ends_with_what_was_in_the_way(
    bench: Bench,
    fake_gitea: FakeGitea,
    fault: dict[str, object],
    error: type[TrackerError],
) -> None:
    fake_gitea.faults({**fault, "times": 99})
    with pytest.raises(error) as caught:
        bench.http.read("/api/v1/version")
    assert caught.value.outcome is Outcome.NOT_SENT
    assert all(caught.value.parts())
    assert fake_gitea.calls() == {"GET /version": 4}


def test_retry_after_is_obeyed_in_seconds_and_as_a_date(
    bench: Bench, fake_gitea: FakeGitea
) -> None:
    fake_gitea.clock(frozen=1_800_000_000)
    fake_gitea.faults(
        {"do": "answer", "status": 429, "headers": {"Retry-After": "7"}},
        {
            "do": "answer",
            "status": 503,
            "headers": {"Retry-After": "Fri, 15 Jan 2027 08:00:11 GMT"},
        },
    )
    bench.http.read("/api/v1/version")
    assert bench.waits == [7.0, 11.0]
    assert bench.meter.throttled == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_wait_that_is_too_long_is_told_instead_of_waited(
    bench: Bench, fake_gitea: FakeGitea, method: str
) -> None:
    after = {"Retry-After": "3600"}
    fake_gitea.faults({"do": "answer", "status": 429, "headers": after})
    with pytest.raises(Throttled) as caught:
        bench.create() if method == "POST" else bench.http.read("/api/v1/version")
    assert bench.waits == []
    assert caught.value.values["wait"] == 3600


def test_a_read_waits_for_the_server_only_so_long(fake_gitea: FakeGitea) -> None:
    bench = Bench(fake_gitea.address, read=0.1, attempts=2)
    fake_gitea.faults({"do": "delay", "seconds": 0.4, "times": 2})
    with pytest.raises(Unreachable):
        bench.http.read("/api/v1/version")


def test_an_answer_that_only_drips_is_given_up(fake_gitea: FakeGitea) -> None:
    bench = Bench(fake_gitea.address, whole=0.1)
    fake_gitea.faults({"do": "drip", "seconds": 0.01})
    with pytest.raises(IncompleteRead):
        bench.http.read("/api/v1/settings/api")


def test_an_endless_answer_is_not_read(bench: Bench, fake_gitea: FakeGitea) -> None:
    gigabyte = 1024**3
    fake_gitea.faults({"do": "flood", "size": gigabyte, "status": 200})
    with pytest.raises(Invalid, match="larger"):
        bench.http.read("/api/v1/version")
    fake_gitea.faults({"do": "flood", "size": gigabyte, "status": 201})
    with pytest.raises(UnknownOutcome, match="too large"):
        bench.create()


def test_html_is_no_tracker_and_is_not_asked_again(
    bench: Bench, fake_gitea: FakeGitea
) -> None:
    fake_gitea.faults({"do": "answer", "status": 200, "body": "<html>Sign in</html>"})
    with pytest.raises(NotATracker, match="Sign in"):
        bench.http.read("/api/v1/version")
    assert fake_gitea.calls() == {"GET /version": 1}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 304])
@pytest.mark.parametrize("location", ["/elsewhere", "http://[broken", "\xff", ""])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_redirect_is_followed(
    bench: Bench, fake_gitea: FakeGitea, status: int, location: str, method: str
) -> None:
    headers = {"Location": location}
    fake_gitea.faults({"do": "answer", "status": status, "headers": headers})
    with pytest.raises(Moved) as caught:
        bench.create() if method == "POST" else bench.http.read(ISSUES)
    assert caught.value.outcome is Outcome.MOVED
    assert fake_gitea.calls() == {f"{method} /repos/{{repo}}/issues": 1}
    assert created(fake_gitea) == 0


# -- writes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "done"),
    [
        ({"do": "drop"}, 0),
        ({"do": "drop", "after": True}, 1),
        ({"do": "cut"}, 1),
        ({"do": "late"}, 0),
        ({"do": "answer", "status": 500}, 0),
        ({"do": "answer", "status": 502, "after": True}, 1),
        ({"do": "answer", "status": 503, "headers": {"Retry-After": "1"}}, 0),
        ({"do": "answer", "status": 504, "after": True}, 1),
        ({"do": "answer", "status": 408}, 0),
        ({"do": "answer", "status": 200, "body": "<html>ok</html>"}, 0),
        ({"do": "answer", "status": 200, "body": "[]"}, 0),
        ({"do": "answer", "status": 204}, 0),
        ({"do": "answer", "status": 201, "body": '{"id": 1'}, 0),
    ],
    ids=str,
)
def test_a_write_whose_fate_is_unknown_is_sent_once_and_said_to_be_unknown(
    bench: Bench, fake_gitea: FakeGitea, fault: dict[str, object], done: int
) -> None:
    fake_gitea.faults({**fault, "times": 9})
    with pytest.raises(UnknownOutcome) as caught:
        bench.create()
    assert caught.value.outcome is Outcome.UNKNOWN
    assert all(caught.value.parts())
    assert fake_gitea.calls() == {"POST /repos/{repo}/issues": 1}
    assert created(fake_gitea) == done
    assert bench.waits == []
    assert (bench.meter.writes, bench.meter.retries) == (1, 0)


def test_a_write_that_is_carried_out_late_counts_as_unknown(
    bench: Bench, fake_gitea: FakeGitea
) -> None:
    fake_gitea.faults({"do": "late"})
    with pytest.raises(UnknownOutcome):
        bench.create()
    assert created(fake_gitea) == 0
    assert fake_gitea.release() == [201]
    assert created(fake_gitea) == 1


def test_a_write_that_times_out_is_unknown(fake_gitea: FakeGitea) -> None:
    bench = Bench(fake_gitea.address, read=0.1)
    fake_gitea.faults({"do": "delay", "seconds": 0.3})
    with pytest.raises(UnknownOutcome):
        bench.create()


def test_a_write_is_repeated_after_429_for_nothing_was_done(
    bench: Bench, fake_gitea: FakeGitea
) -> None:
    after = {"Retry-After": "2"}
    fake_gitea.faults({"do": "answer", "status": 429, "headers": after, "times": 2})
    assert bench.create()
    assert bench.waits == [2.0, 2.0]
    assert created(fake_gitea) == 1
    assert bench.meter == Meter(reads=0, writes=1, retries=2, throttled=2)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Invalid),
        (401, Unauthenticated),
        (403, Forbidden),
        (404, Missing),
        (405, Invalid),
        (409, Stale),
        (410, Missing),
        (412, Invalid),
        (413, Invalid),
        (418, Invalid),
        (422, Invalid),
        (423, ReadOnly),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_refusal_was_not_carried_out(
    bench: Bench,
    fake_gitea: FakeGitea,
    status: int,
    error: type[TrackerError],
    method: str,
) -> None:
    fake_gitea.faults({"do": "answer", "status": status, "times": 9})
    with pytest.raises(error) as caught:
        bench.create() if method == "POST" else bench.http.read(ISSUES)
    assert type(caught.value) is error
    assert caught.value.outcome is Outcome.NOT_SENT
    assert str(status) in str(caught.value)
    assert sum(fake_gitea.calls().values()) == 1


def nobody_listens() -> str:
    """An address of this machine at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def no_such_name(*_: object, **__: object) -> None:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def no_answer(*_: object, **__: object) -> None:
    raise TimeoutError("timed out")


@pytest.mark.parametrize(
    ("address", "broken"),
    [
        (nobody_listens, None),
        (lambda: "https://tracker.invalid", ("socket.getaddrinfo", no_such_name)),
        (
            lambda: "https://192.0.2.1",
            ("urllib3.util.connection.create_connection", no_answer),
        ),
    ],
    ids=["refused", "unknown name", "no answer"],
)
def test_a_connection_that_was_never_made_sent_nothing(
    address: Callable[[], str],
    broken: tuple[str, Callable[..., None]] | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    if broken:
        monkeypatch.setattr(*broken)
    bench = Bench(address())
    with pytest.raises(Unreachable) as caught:
        bench.create()
    assert caught.value.outcome is Outcome.NOT_SENT
    assert bench.waits == []
    with pytest.raises(Unreachable):
        bench.http.read("/api/v1/version")
    assert bench.meter.retries == 3


def test_a_failed_handshake_sent_nothing_and_is_not_repeated(
    fake_gitea: FakeGitea,
) -> None:
    bench = Bench(fake_gitea.address.replace("http:", "https:"))
    for call in (bench.create, lambda: bench.http.read("/api/v1/version")):
        with pytest.raises(Unreachable):
            call()
    assert bench.waits == []
    assert fake_gitea.calls() == {}


def test_text_that_is_no_unicode_is_refused_before_it_is_sent(bench: Bench) -> None:
    with pytest.raises(Invalid):
        bench.create("half \ud800")
    assert bench.meter.writes == 0


# -- files, threads, connections ---------------------------------------------------------


def test_an_upload_is_read_while_it_is_sent_and_again_after_429(
    bench: Bench, fake_gitea: FakeGitea
) -> None:
    bench.create()
    fake_gitea.faults({"do": "answer", "status": 429})
    data = bytes(range(256)) * 1000
    content = io.BytesIO(b"skipped" + data)
    content.seek(7)
    name = '报告 "终稿".pdf'
    answer = bench.http.write(
        "POST", f"{ISSUES}/1/assets", Upload("attachment", name, content), expect={201}
    )
    assert isinstance(answer.value, dict)
    assert answer.value["size"] == len(data)
    assert answer.value["name"] == name.replace('"', "%22")
    with bench.http.download(f"/attachments/{answer.value['uuid']}") as back:
        assert back.read() == data


def test_a_download_beyond_its_limit_is_stopped(
    bench: Bench, fake_gitea: FakeGitea
) -> None:
    fake_gitea.faults({"do": "flood", "size": 1024**3, "status": 200})
    with pytest.raises(Invalid, match="1000 bytes"):
        bench.http.download("/attachments/x", limit=1000)


def test_many_threads_count_right(bench: Bench, fake_gitea: FakeGitea) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: bench.create(str(n)), range(80)))
    assert bench.meter.writes == created(fake_gitea) == 80


def test_a_write_after_a_pause_takes_a_fresh_connection(
    bench: Bench, fake_gitea: FakeGitea, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[int] = []
    connect = socket.socket.connect

    def noted(self: socket.socket, address: tuple[str, int]) -> None:
        opened.append(address[1])
        connect(self, address)

    port = int(fake_gitea.address.rsplit(":", 1)[1])
    clock = {"now": 0.0}
    monkeypatch.setattr(socket.socket, "connect", noted)
    monkeypatch.setattr("integrations.http.time.monotonic", lambda: clock["now"])
    for pause in (0.0, 1.0, 100.0):
        clock["now"] += pause
        bench.create()
    assert opened == [port, port]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b]0;x\x07b", "a ]0;x b"),
        ("a\n\tb\r\n", "a b"),
        ("x\u202ey\u2066z", "x y z"),
        ("题" * 301, "题" * 299 + "…"),
    ],
)
def test_text_of_others_becomes_one_harmless_line(text: str, shown: str) -> None:
    assert printable(text) == shown
