"""Pages of the web, got from a server on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from integrations import page
from integrations.tracker import Invalid, NotATracker, Refused, Unreachable
from ledger.cli.app import run

SAMPLE = Path(__file__).parents[2] / "checklists" / "samples" / "siping-2023.txt"


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        where, _, query = self.path.partition("?")
        if where == "/moved":
            self._answer(302, b"", Location="/report?id=7")
        elif where == "/round":
            self._answer(302, b"", Location="/round")
        elif where == "/away":
            self._answer(302, b"", Location="http://192.0.2.1/secret")
        elif where == "/large":
            self.send_response(200)
            self.end_headers()
            for _ in range(64):
                self.wfile.write(b"x" * 4096)
        elif where == "/report" and query in ("", "id=7"):
            text = SAMPLE.read_text(encoding="utf-8")
            body = "".join(f"<p>{line}</p>" for line in text.splitlines())
            html = f"<html><head><meta charset=utf-8></head><body>{body}</body></html>"
            self._answer(200, html.encode(), **{"Content-Type": "text/html"})
        else:
            self._answer(404, b"no")

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name)
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_page_is_got_through_its_redirects(site: str) -> None:
    got = page.fetch_page(f"{site}/moved")
    assert got.address == f"{site}/report?id=7"
    assert got.content_type == "text/html"
    assert "四平市" in got.content.decode()


def test_what_cannot_be_had_says_why(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refused, match="404"):
        page.fetch_page(f"{site}/nothing")
    with pytest.raises(NotATracker, match="redirects"):
        page.fetch_page(f"{site}/round")
    with pytest.raises(Invalid, match="Plain HTTP"):
        page.fetch_page(f"{site}/away")
    with pytest.raises(Unreachable):
        page.fetch_page("http://127.0.0.1:9")
    monkeypatch.setattr(page, "MAX_BYTES", 100_000)
    with pytest.raises(NotATracker, match="MB"):
        page.fetch_page(f"{site}/large")


def test_a_report_is_derived_from_its_address(
    site: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("lxml", reason="reading HTML needs the extra html")
    monkeypatch.setenv("COLUMNS", "100")
    # Readers take https only; the name stands for the server on loopback.
    name, fetch = "https://report.example", page.fetch_page
    monkeypatch.setattr(page, "fetch_page", lambda at: fetch(at.replace(name, site)))
    assert run(["derive", f"{name}/moved", "--lang", "en"]) == 0
    assert "4 problems, 4 plans. No plan answers: P2." in capsys.readouterr().out
    assert run(["derive", f"{name}/nothing", "--lang", "en"]) == 9
    assert "404" in capsys.readouterr().err
