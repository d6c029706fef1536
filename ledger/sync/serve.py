"""Webhooks of trackers: who knows the secret may have an issue looked at, no more.

A delivery is checked and answered at once; what it says is never applied. It names
an issue, which is marked to be looked at, and the ordinary run of its tracker
follows. A delivery that is lost costs nothing but time: the next run reads what
changed.

The server speaks plain HTTP. Beyond this machine it belongs behind a proxy that
speaks HTTPS (Jira Cloud sends to nothing else).
"""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from integrations.webhook import genuine, hint
from ledger.book import Ledger
from ledger.errors import N_, Busy, Refused, UsageProblem
from ledger.sync.bell import Bell
from ledger.sync.link import LinkState
from ledger.sync.run import registered

KINDS = ("gitea", "jira")
"""Kinds of trackers whose webhooks are understood."""

MOST_BYTES = 1024 * 1024
"""The longest body that is read."""

AGAIN = 30.0
"""Seconds after which a run is tried again where another one is under way."""

_MOST_AT_ONCE = 32
_PATIENCE = 10.0
_LONGEST_KEY = 300
_PIECE = 65536


@dataclass(frozen=True, slots=True)
class Post:
    """A tracker whose webhooks are received."""

    name: str
    project: str
    secret: str = field(repr=False)

    @property
    def path(self) -> str:
        """Where its deliveries go."""
        return f"/{quote(self.name, safe='')}"


def posts(
    ledger: Ledger, names: tuple[str, ...], secret: Callable[[str], str]
) -> dict[str, Post]:
    """The trackers that are served: those named, or all that have webhooks.

    ``secret`` gives what is shared with the tracker at an address.

    Raises:
        UsageProblem: there is no such tracker, or none that has webhooks.
        Refused: a tracker has no secret; anybody could ring for it.
    """
    rows = [registered(ledger, name) for name in names] or [
        row for row in ledger.store.sync.trackers() if row.kind in KINDS
    ]
    odd = next((row for row in rows if row.kind not in KINDS), None)
    if odd is not None or not rows:
        raise UsageProblem(
            N_("There is nothing to receive webhooks from."),
            N_("Those of Gitea, Forgejo and Jira are understood."),
            N_("Sync other trackers as before: ledger sync NAME"),
        )
    served: dict[str, Post] = {}
    for row in rows:
        known = secret(row.address)
        if not known:
            raise Refused(
                N_("There is no secret for the webhooks of {name}."),
                N_("Without one, anybody could send them."),
                N_(
                    "Write webhook_secret into the entry of {address} in"
                    " credentials.toml, and the same into the webhook."
                ),
                name=row.name,
                address=row.address,
            )
        served[row.name] = Post(row.name, row.project, known)
    return served


def look_at(ledger: Ledger, tracker: str, keys: frozenset[str]) -> None:
    """Have the next run read these issues themselves, whatever its search says."""
    with ledger.writing():
        for key in sorted(keys):
            link = ledger.store.sync.link_of(tracker, key=key)
            if link is not None and link.state == LinkState.LINKED:
                ledger.store.sync.set_todo(tracker, link.item, "look")


def attend(
    bell: Bell,
    run: Callable[[str, frozenset[str]], object],
    *,
    stopped: Callable[[], bool],
) -> None:
    """Run for each ring until ``stopped``; while another run is on, try again later."""
    while not stopped():
        due = bell.due()
        if due is None:
            bell.wait()
            continue
        name, keys = due
        try:
            run(name, keys)
        except Busy:
            bell.ring(name, after=AGAIN)


class Receiver(ThreadingHTTPServer):
    """Listens for deliveries and rings the bell for those that are genuine."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self,
        host: str,
        port: int,
        served: Mapping[str, Post],
        bell: Bell,
        *,
        refused: Callable[[str], None] = lambda _name: None,
    ) -> None:
        """Bind to ``host`` and ``port`` (0: any that is free).

        ``refused`` is told, once until a genuine one comes, the tracker for which
        a delivery with a wrong signature came.

        Raises:
            UsageProblem: it cannot listen there.
        """
        self.served = served
        self.bell = bell
        self._refused = refused
        self._distrusted: set[str] = set()
        self._room = threading.BoundedSemaphore(_MOST_AT_ONCE)
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            self.address_family = found[0][0]
            super().__init__((host, port), _Delivery)
        except (OSError, UnicodeError) as error:
            raise UsageProblem(
                N_("Nothing can be received at {host}, port {port}."),
                "{error}.",
                N_("Choose another with --host and --port."),
                host=host,
                port=port,
                error=getattr(error, "strerror", None) or str(error),
            ) from error

    def server_bind(self) -> None:
        """Bind without asking the name service what this machine is called."""
        socketserver.TCPServer.server_bind(self)
        self.server_name = str(self.server_address[0])
        self.server_port = int(self.server_address[1])

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return ip_address(str(self.server_address[0]).split("%")[0]).is_loopback

    @property
    def address(self) -> str:
        """The address below which the deliveries go."""
        host, port = str(self.server_address[0]), self.server_address[1]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 (the base's types)
        """Answer in a thread of its own, and only so many at once."""
        if not self._room.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 (the base's types)
        """Answer, and make room for another."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a broken connection is the sender's, who may try again."""

    def judged(self, post: Post, *, trusted: bool) -> None:
        """Note whether a delivery was genuine; of many forged ones only one is told."""
        if trusted:
            self._distrusted.discard(post.name)
        elif post.name not in self._distrusted:
            self._distrusted.add(post.name)
            self._refused(post.name)


@contextmanager
def receiving(receiver: Receiver) -> Iterator[Receiver]:
    """Receive in the background until the block ends."""
    thread = threading.Thread(
        target=receiver.serve_forever, args=(0.2,), name="webhooks", daemon=True
    )
    thread.start()
    try:
        yield receiver
    finally:
        receiver.shutdown()
        receiver.server_close()
        thread.join()


class _Delivery(BaseHTTPRequestHandler):
    """One request: path, method, size, signature, and then only a ring."""

    timeout = _PATIENCE
    server_version = "ledger"
    sys_version = ""
    server: Receiver

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base's name)
        """Keep what strangers send out of the terminal."""

    def do_POST(self) -> None:
        """Receive a delivery."""
        post = self._post()
        if post is None:
            self._answer(404, "unknown tracker")
            return
        size = self._size()
        if size is None:
            self._answer(411, "a length is needed")
            return
        if size > MOST_BYTES:
            self._answer(413, "too large")
            return
        body = self._body(size)
        if body is None:
            self._answer(400, "cut off")
            return
        headers = dict(self.headers.items())
        trusted = genuine(headers, body, post.secret)
        self.server.judged(post, trusted=trusted)
        if not trusted:
            self._answer(401, "bad signature")
            return
        about = hint(headers, body)
        if (
            about is not None
            and about.project.casefold() == post.project.casefold()
            and len(about.key) <= _LONGEST_KEY
        ):
            self.server.bell.ring(post.name, about.key)
        self._answer(202, "accepted")

    def do_GET(self) -> None:
        """Refuse: there is nothing to see here."""
        if self._post() is None:
            self._answer(404, "unknown tracker")
        else:
            self._answer(405, "only POST", Allow="POST")

    do_HEAD = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET  # noqa: N815 (the base's names)

    def _post(self) -> Post | None:
        path = urlsplit(self.path).path
        return self.server.served.get(unquote(path.removeprefix("/").rstrip("/")))

    def _size(self) -> int | None:
        """The length of the body; none where it is not said once and plainly."""
        said = self.headers.get_all("Content-Length") or []
        if len(said) != 1 or self.headers.get("Transfer-Encoding"):
            return None
        text = said[0].strip()
        return int(text[:20]) if text.isascii() and text.isdigit() else None

    def _body(self, size: int) -> bytes | None:
        """The whole body, in good time; ``None`` if it does not come."""
        until = time.monotonic() + _PATIENCE
        pieces: list[bytes] = []
        while size > 0:
            piece = self.rfile.read1(min(size, _PIECE))
            if not piece or time.monotonic() > until:
                return None
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def _answer(self, status: int, words: str, **headers: str) -> None:
        body = f"{words}\n".encode()
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name, text)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
