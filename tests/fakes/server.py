"""The HTTP side of the fake trackers: faults, latency, counting, control.

A fake is a :class:`World` that answers requests; this module serves it in a
process of its own and lets a test, through ``/_fake/…``, decide what becomes of
the next requests. See :mod:`tests.fakes.client` for the test's side.

Control (JSON bodies, all POST but where said)::

    /_fake/reset   {options}          a new world; faults, calls and latency cleared
    /_fake/faults  [{fault}, …]       see Fault
    /_fake/latency {"seconds": 0.2}   every counted request takes this long more
    /_fake/clock   {"ahead": 600, "frozen": null, "wrong": 0}   the server's clock
    /_fake/release {}                 carry out what was held back by "late"
    /_fake/held    GET                what that is: [{"method", "path", "request"}]
    /_fake/calls   GET                {"POST /repos/{repo}/issues": 3, …}
    /_fake/calls   {}                 forget the counts
    /_fake/exchanges GET              the requests and answers since then
    /_fake/dump    GET                the state of the world

A request with the header ``X-Fake-Act`` is a person's: not counted, no faults.
"""

from __future__ import annotations

import json
import re
import socket
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    """What came in. ``headers`` have names in lower case, ``query`` last values."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> object:
        """The body as JSON; ``None`` when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def file(self, field: str) -> tuple[str, bytes] | None:
        """Name and bytes of a file in a form, as browsers and we write it."""
        edge = self.headers.get("content-type", "").partition("boundary=")[2]
        for part in self.body.split(f"--{edge}".encode())[1:-1]:
            head, _, rest = part.partition(b"\r\n\r\n")
            named = re.search(rb'; name="([^"]*)"; filename="([^"]*)"', head)
            if named and named[1].decode() == field:
                return named[2].decode(), rest.removesuffix(b"\r\n")
        return None


@dataclass(frozen=True)
class Reply:
    """What goes out."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    def json(cls, status: int, value: object, **headers: str) -> Reply:
        """A JSON answer; underscores in header names become hyphens."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return cls(
            status,
            {"Content-Type": "application/json;charset=utf-8", **named},
            json.dumps(value, ensure_ascii=False).encode(),
        )


class World(Protocol):
    """The state behind a fake server."""

    def handle(self, request: Request) -> Reply:
        """Answer one request, all of it under the server's lock."""
        ...

    def call_name(self, method: str, path: str) -> str:
        """The name under which a call is counted."""
        ...

    def now(self) -> float:
        """The server's clock, in seconds."""
        ...

    def set_clock(self, ahead: float, frozen: float | None, wrong: float) -> None:
        """Put the clock ``ahead`` of the real one, or hold it still at ``frozen``.

        By ``wrong`` seconds it shows more than the time that passed.
        """
        ...

    def dump(self) -> object:
        """The state as JSON."""
        ...


@dataclass
class Fault:
    """What becomes of the next requests that match ``method`` and ``path`` (regex).

    ``do`` is one of

    ========  ==============================================================
    drop      the connection is reset without an answer
    cut       the answer ends in its middle
    answer    ``status``, ``headers`` and ``body`` come instead of the answer
    late      reset now; carried out when the test releases it
    delay     carried out, but only ``seconds`` later
    flood     an answer with ``status`` of ``size`` bytes
    drip      the answer comes one byte each ``seconds``
    ========  ==============================================================

    ``after`` says whether the request was carried out before (drop, answer). The
    first ``skip`` matches are let through; the fault happens ``times`` times.
    """

    do: str
    method: str = ".*"
    path: str = ".*"
    after: bool = False
    skip: int = 0
    times: int = 1
    status: int = 502
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    seconds: float = 0.0
    size: int = 0

    def takes(self, method: str, path: str) -> bool:
        """Whether this request is the one; counts it."""
        if self.times <= 0:
            return False
        if not re.fullmatch(self.method, method) or not re.search(self.path, path):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


class FakeServer(ThreadingHTTPServer):
    """Serves a world and its control channel on loopback."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, port: int, build: Callable[[Mapping[str, object]], World]
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.build = build
        self.lock = threading.RLock()
        self.clear({})

    def clear(self, options: Mapping[str, object]) -> None:
        """Begin anew with ``options``."""
        with self.lock:
            address = f"http://127.0.0.1:{self.server_address[1]}"
            self.world = self.build({"address": address, **options})
            self.faults: list[Fault] = []
            self.calls: Counter[str] = Counter()
            self.exchanges: list[dict[str, object]] = []
            self.held: list[Request] = []
            self.latency = 0.0

    def fault_for(self, request: Request) -> Fault | None:
        """The first fault that takes this request."""
        with self.lock:
            taken = (f for f in self.faults if f.takes(request.method, request.path))
            return next(taken, None)

    def carried_out(self, request: Request) -> Reply:
        """Let the world answer, one request at a time."""
        with self.lock:
            reply = self.world.handle(request)
            if len(self.exchanges) < 20_000:
                self.exchanges.append(
                    {
                        "method": request.method,
                        "path": request.path,
                        "query": dict(request.query),
                        "content_type": request.headers.get("content-type", ""),
                        "request": request.body.decode(errors="replace"),
                        "status": reply.status,
                        "answer": reply.body.decode(errors="replace"),
                        "answer_type": reply.headers.get("Content-Type", ""),
                    }
                )
            return reply

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients of a fake break connections on purpose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: FakeServer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base's name)
        """Tests read answers, not logs."""

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        size = int(self.headers.get("Content-Length") or 0)
        request = Request(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): text for name, text in self.headers.items()},
            self.rfile.read(size),
        )
        if request.path.startswith("/_fake/"):
            self._send(self._control(request))
        elif "x-fake-act" in request.headers:
            self._send(self.server.carried_out(request))
        else:
            self._counted(request)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 (the base's names)

    def _counted(self, request: Request) -> None:
        server = self.server
        with server.lock:
            server.calls[server.world.call_name(request.method, request.path)] += 1
            latency = server.latency
        if latency:
            time.sleep(latency)
        fault = server.fault_for(request)
        if fault is None:
            self._send(server.carried_out(request))
            return
        happen = getattr(self, f"_do_{fault.do}")
        happen(fault, request)

    def _do_drop(self, fault: Fault, request: Request) -> None:
        if fault.after:
            self.server.carried_out(request)
        self._reset()

    def _do_late(self, fault: Fault, request: Request) -> None:
        del fault
        with self.server.lock:
            self.server.held.append(request)
        self._reset()

    def _do_answer(self, fault: Fault, request: Request) -> None:
        if fault.after:
            self.server.carried_out(request)
        headers = {"Content-Type": "text/html", **fault.headers}
        self._send(Reply(fault.status, headers, fault.body.encode()))

    def _do_cut(self, fault: Fault, request: Request) -> None:
        del fault
        self._send(self.server.carried_out(request), cut=True)
        self.close_connection = True

    def _do_delay(self, fault: Fault, request: Request) -> None:
        time.sleep(fault.seconds)
        self._send(self.server.carried_out(request))

    def _do_flood(self, fault: Fault, request: Request) -> None:
        del request
        reply = Reply(fault.status, {"Content-Type": "application/json"}, b"")
        self.wfile.write(self._head(reply, fault.size))
        piece = b" " * 65536
        for _ in range(fault.size // len(piece)):
            self.wfile.write(piece)

    def _do_drip(self, fault: Fault, request: Request) -> None:
        reply = self.server.carried_out(request)
        self.wfile.write(self._head(reply, len(reply.body)))
        for at in range(len(reply.body)):
            self.wfile.write(reply.body[at : at + 1])
            time.sleep(fault.seconds)

    def _head(self, reply: Reply, length: int) -> bytes:
        lines = [f"HTTP/1.1 {reply.status} {reply.status}"]
        lines.append(f"Date: {formatdate(self.server.world.now(), usegmt=True)}")
        lines += [f"{name}: {text}" for name, text in reply.headers.items()]
        lines.append(f"Content-Length: {length}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def _send(self, reply: Reply, *, cut: bool = False) -> None:
        """One write for head and body, so that no delayed ACK holds it up."""
        body = reply.body[: len(reply.body) // 2] if cut else reply.body
        self.wfile.write(self._head(reply, len(reply.body)) + body)

    def _reset(self) -> None:
        """Close so that the client sees a reset, not a proper end."""
        self.close_connection = True
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def finish(self) -> None:
        """A connection that was reset has nothing left to flush."""
        if self.connection.fileno() >= 0:
            super().finish()

    def _control(self, request: Request) -> Reply:
        name = request.path.removeprefix("/_fake/")
        with self.server.lock:
            if request.method == "GET":
                return Reply.json(200, self._look(name))
            return Reply.json(200, self._order(name, request.json()))

    def _look(self, name: str) -> object:
        """What a test may ask for."""
        server = self.server
        return {
            "faults": lambda: [fault.times for fault in server.faults],
            "calls": lambda: dict(server.calls),
            "exchanges": lambda: server.exchanges,
            "held": lambda: [
                {
                    "method": one.method,
                    "path": one.path,
                    "request": one.body.decode(errors="replace"),
                }
                for one in server.held
            ],
            "dump": server.world.dump,
        }[name]()

    def _order(self, name: str, value: object) -> object:
        """What a test may order."""
        server = self.server
        match name, value:
            case "reset", dict(options):
                server.clear(options)
            case "faults", list(faults):
                server.faults = [Fault(**fault) for fault in faults]
            case "latency", {"seconds": float() | int() as seconds}:
                server.latency = float(seconds)
            case "clock", {"ahead": ahead, "frozen": frozen, "wrong": wrong}:
                server.world.set_clock(ahead, frozen, wrong)
            case "release", _:
                held, server.held = server.held, []
                return [server.carried_out(one).status for one in held]
            case "calls", _:
                server.calls.clear()
                server.exchanges.clear()
            case _:
                raise AssertionError(name)
        return {}


def serve(build: Callable[[Mapping[str, object]], World], port: int = 0) -> None:
    """Serve until standard input ends, so that the fake dies with its test run.

    Prints one line, ``ready ADDRESS``, when it listens.
    """
    server = FakeServer(port, build)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    sys.stdout.write(f"ready http://127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
    sys.stdin.buffer.read()
    server.shutdown()
