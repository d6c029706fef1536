"""The one HTTP session: what is sent, to whom, how often, and what became of it.

* The token goes to one origin only and stands in no error, log or ``repr``.
* A read is tried again (time-out, cut answer, 5xx, 429); a write is not, but for
  an answer 429, which says that nothing was done.
* No redirect is followed: ``requests`` would turn the POST of a renamed
  repository into a GET that answers 200.
* Every failure becomes one of :mod:`integrations.tracker`'s errors, whose
  ``outcome`` says whether a write may have been carried out.
"""

from __future__ import annotations

import json
import os
import random
import ssl
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast
from urllib.parse import quote, urlencode

from integrations.origin import Origin, printable
from integrations.refusal import explanation, refusal
from integrations.tracker import (
    MAX_DOWNLOAD,
    N_,
    IncompleteRead,
    Invalid,
    Meter,
    Moved,
    NotATracker,
    Throttled,
    TrackerError,
    Unauthenticated,
    UnknownOutcome,
    Unreachable,
)
from integrations.upload import Body, JsonBody

if TYPE_CHECKING:
    from requests import PreparedRequest, Response, Session

Result = TypeVar("Result")

MAX_ANSWER = 32 * 1024 * 1024
_MAX_EXPLANATION = 64 * 1024
_CHUNK = 64 * 1024
_IDLE_BEFORE_WRITE = 20.0
"""Seconds after which a write does not trust a kept connection any more: one that
the server has just closed would make its outcome unknown."""

_BEFORE_SENDING = {"WRONG_VERSION_NUMBER", "CERTIFICATE_VERIFY_FAILED"}
"""Reasons of ``ssl.SSLError`` that only a handshake gives."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: its status, headers (names in lower case) and JSON value.

    ``value`` is ``None`` for an answer without a body. ``server_time`` is the
    ``Date`` of the answer, else this machine's clock.
    """

    status: int
    headers: Mapping[str, str]
    value: object
    server_time: datetime


@dataclass(frozen=True, slots=True)
class Pace:
    """How long to wait for what, in seconds; ``sleep`` and ``chance`` for tests.

    ``patience`` bounds all waiting between the tries of one call; ``whole`` bounds
    the reading of one answer, however slowly it drips. ``chance`` gives a number
    from 0 to 1.
    """

    connect: float = 10.0
    read: float = 60.0
    whole: float = 300.0
    attempts: int = 4
    first_wait: float = 0.5
    longest_wait: float = 30.0
    patience: float = 90.0
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


class _Again(Exception):
    """A try that may be repeated, with the error to raise if it may not."""

    def __init__(self, error: TrackerError, after: float | None = None) -> None:
        super().__init__()
        self.error = error
        self.after = after


@dataclass(slots=True)
class _Line:
    """One thread's session, and when it was last used (monotonic seconds)."""

    session: Session
    used: float = field(default_factory=time.monotonic)


class Http:
    """Requests to one origin with one token. Safe to use from several threads.

    ``secret()`` returns the token when it is first needed; ``authorization`` makes
    the header's value of it. ``cookies`` keeps what the server sets for the run
    (a cluster's sticky node).
    """

    def __init__(
        self,
        origin: Origin,
        secret: Callable[[], str],
        *,
        authorization: Callable[[str], str],
        meter: Meter,
        pace: Pace | None = None,
        cookies: bool = False,
    ) -> None:
        """Bind to ``origin``; nothing is sent and no secret is asked for yet."""
        self.origin = origin
        self._secret = secret
        self._authorization = authorization
        self._meter = meter
        self._pace = pace or Pace()
        self._cookies = cookies
        self._lines = threading.local()
        self._lock = threading.Lock()
        self._credential: tuple[str, tuple[str, ...]] | None = None

    def __repr__(self) -> str:
        return f"Http({self.origin.url('/')!r})"

    def read(
        self, path: str, params: Mapping[str, str] | None = None, *, post: object = None
    ) -> Answer:
        """GET ``path`` and parse its JSON; tried again on passing failures.

        ``post`` sends the question as a JSON body by POST instead: only where that
        changes nothing (a search). ``path`` is quoted already; ``params`` are not.
        """
        self._count("reads")
        url = self._url(path, params)
        method, body = ("GET", None) if post is None else ("POST", JsonBody.of(post))

        def attempt() -> Answer:
            with self._sent(method, url, body, writing=False) as response:
                self._demand_good(response, writing=False)
                return self._answer(response, writing=False)

        return self._tried(attempt)

    def write(
        self,
        method: str,
        path: str,
        body: Body | None = None,
        *,
        expect: Iterable[int],
        accept: Iterable[int] = (),
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a write once and demand one of the ``expect`` statuses.

        ``accept`` are refusals whose answer the caller reads itself.
        Another 2xx, an answer that is cut or no JSON, and every lost answer raise
        :class:`UnknownOutcome`.
        """
        self._count("writes")
        url = self._url(path, params)
        read_by_caller = frozenset(accept)
        wanted = frozenset(expect) | read_by_caller

        def attempt() -> Answer:
            with self._sent(method, url, body, writing=True, extra=headers) as response:
                if response.status_code not in read_by_caller:
                    self._demand_good(response, writing=True)
                if response.status_code not in wanted:
                    raise unknown_outcome(
                        N_("It answered {status} where {wanted} was due."),
                        status=response.status_code,
                        wanted=", ".join(map(str, sorted(wanted))),
                    )
                return self._answer(response, writing=True)

        return self._tried(attempt)

    def download(self, path: str, *, limit: int = MAX_DOWNLOAD) -> BinaryIO:
        """The bytes behind ``path``; more than ``limit`` raise :class:`Invalid`."""
        self._count("reads")
        url = self._url(path, None)

        def attempt() -> BinaryIO:
            with self._sent("GET", url, None, writing=False) as response:
                self._demand_good(response, writing=False)
                spool = SpooledTemporaryFile(max_size=1024 * 1024)  # noqa: SIM115 (the caller closes it)
                try:
                    for chunk in self._chunks(response, limit, writing=False):
                        spool.write(chunk)
                except BaseException:
                    spool.close()
                    raise
                spool.seek(0)
                return cast("BinaryIO", spool)

        return self._tried(attempt)

    def said(self, text: str) -> str:
        """Text of the server for a message: printable, short, without the token."""
        if self._credential:
            for secret in self._credential[1]:
                text = text.replace(secret, "…")
        return printable(text)

    def _tried(self, attempt: Callable[[], Result]) -> Result:
        """Call ``attempt`` until it raises no :class:`_Again`, waiting in between."""
        pace = self._pace
        waited = 0.0
        for turn in range(1, pace.attempts + 1):
            try:
                return attempt()
            except _Again as again:
                ceiling = min(pace.longest_wait, pace.first_wait * 2 ** (turn - 1))
                wait = again.after
                if wait is None:
                    # Full jitter, but never none: many clients must not come at once.
                    wait = max(pace.first_wait / 10, ceiling * pace.chance())
                if turn == pace.attempts or waited + wait > pace.patience:
                    raise again.error from None
            waited += wait
            self._count("retries")
            pace.sleep(wait)
        raise AssertionError  # the loop ends by return or raise

    @contextmanager
    def _sent(
        self,
        method: str,
        url: str,
        body: Body | None,
        *,
        writing: bool,
        extra: Mapping[str, str] | None = None,
    ) -> Iterator[Response]:
        """Send one request and hand out its answer, its body still unread.

        ``Session.request`` would read the whole body of a redirect, however large,
        to prepare following it; so the adapter is asked itself.
        """
        import requests
        from requests.cookies import extract_cookies_to_jar

        session = self._session(writing=writing)
        request = self._request(session, method, url, body, extra)
        try:
            response = session.get_adapter(url).send(
                request,
                stream=True,
                timeout=(self._pace.connect, self._pace.read),
                verify=trusted_roots(),
                proxies=self._proxies(url),
            )
        except (requests.RequestException, OSError) as error:
            raise self._lost(error, writing=writing) from None
        with response:
            if self._cookies:
                extract_cookies_to_jar(session.cookies, request, response.raw)  # type: ignore[no-untyped-call]  # not typed in types-requests
            yield response

    def _request(
        self,
        session: Session,
        method: str,
        url: str,
        body: Body | None,
        extra: Mapping[str, str] | None,
    ) -> PreparedRequest:
        import requests

        headers = {"Accept": "application/json", "User-Agent": "rectification-ledger"}
        if body is not None:
            headers["Content-Type"] = body.content_type
        headers.update(extra or {})
        data = None if body is None else body.open()
        request = requests.Request(method, url, headers=headers, data=data)
        prepared = session.prepare_request(request)
        # Set last and by hand: with trust_env off no netrc entry replaces it.
        prepared.headers["Authorization"] = self._header()
        return prepared

    def _header(self) -> str:
        """The Authorization header; an empty secret never becomes an anonymous call."""
        if self._credential is None:
            secret = self._secret().strip()
            if not secret or not secret.isascii() or not secret.isprintable():
                raise Unauthenticated(
                    N_("There is no token for {host}."),
                    N_("The stored token is empty or holds impossible characters."),
                    N_("Store the token of this tracker, then try again."),
                    host=self.origin.netloc,
                )
            header = self._authorization(secret)
            shapes = {secret, header.split(" ", 1)[-1], quote(secret, safe="")}
            shapes.add(b64encode(secret.encode()).decode())
            # The longest first, so that no part of a longer one is left standing.
            self._credential = header, tuple(sorted(shapes, key=len, reverse=True))
        return self._credential[0]

    def _session(self, *, writing: bool) -> Session:
        """This thread's session; a fresh connection for a write after a pause."""
        import requests
        from requests.cookies import RequestsCookieJar

        line: _Line | None = getattr(self._lines, "line", None)
        if line is None:
            line = _Line(requests.Session())
            # No netrc, and proxies and roots are read by us: see _proxies.
            line.session.trust_env = False
            line.session.cookies = RequestsCookieJar()
            self._lines.line = line
        now = time.monotonic()
        if writing and now - line.used > _IDLE_BEFORE_WRITE:
            line.session.get_adapter(self.origin.url("/")).close()
        line.used = now
        return line.session

    def _proxies(self, url: str) -> dict[str, str]:
        """The environment's proxies for ``url`` (``no_proxy`` is heeded)."""
        from requests.utils import get_environ_proxies

        if self.origin.loopback:
            return {}
        return dict(get_environ_proxies(url, no_proxy=None))

    def _url(self, path: str, params: Mapping[str, str] | None) -> str:
        url = self.origin.url(path)
        return f"{url}?{urlencode(params)}" if params else url

    def _demand_good(self, response: Response, *, writing: bool) -> None:
        """Raise what a status other than 2xx means."""
        status = response.status_code
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return
        if status < HTTPStatus.BAD_REQUEST:
            raise Moved(
                N_("{host} answers that the project has moved."),
                N_("It redirects ({status}) to {target}."),
                N_("Set the new address of the tracker; nothing was written."),
                host=self.origin.netloc,
                status=status,
                target=self.said(response.headers.get("Location", "?")),
            )
        words = self.said(explanation(self._explanation(response)))
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            self._count("throttled")
            wait = _retry_after(response)
            raise _Again(
                Throttled(
                    N_("{host} asks to slow down."),
                    N_("It answered {status} {said}"),
                    N_("Run the command again later; what is done stays done."),
                    host=self.origin.netloc,
                    status=status,
                    said=words,
                    wait=wait,
                ),
                wait,
            )
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == (
            HTTPStatus.REQUEST_TIMEOUT
        ):
            if writing:
                raise unknown_outcome(
                    N_("It answered {status} {said}"), status=status, said=words
                )
            raise _Again(
                Unreachable(
                    N_("{host} cannot answer now."),
                    N_("It answered {status} {said}"),
                    N_("Try again later, or ask who runs the tracker."),
                    host=self.origin.netloc,
                    status=status,
                    said=words,
                ),
                _retry_after(response),
            )
        raise refusal(status, self.origin.netloc, words)

    def _explanation(self, response: Response) -> bytes:
        """The beginning of an error's body; what cannot be read is left out."""
        text = b""
        try:
            for chunk in self._chunks(response, _MAX_EXPLANATION, writing=False):
                text += chunk
        except (TrackerError, _Again):
            pass  # the status alone decides; its words are a courtesy
        return text

    def _answer(self, response: Response, *, writing: bool) -> Answer:
        """Read and parse a 2xx answer."""
        body = b"".join(self._chunks(response, MAX_ANSWER, writing=writing))
        value: object = None
        if body.strip():
            try:
                value = json.loads(body.decode())
            except (ValueError, RecursionError):
                raise self._no_json(response, body, writing=writing) from None
        return Answer(
            response.status_code,
            {name.lower(): text for name, text in response.headers.items()},
            value,
            _server_time(response),
        )

    def _no_json(
        self, response: Response, body: bytes, *, writing: bool
    ) -> TrackerError | _Again:
        """What a 2xx answer means that is no JSON."""
        if writing:
            return unknown_outcome(N_("Its answer is no JSON, or was cut short."))
        if "json" in response.headers.get("Content-Type", ""):
            return _Again(self._cut(N_("The answer is not whole.")))
        return NotATracker(
            N_("What answers at {address} is no tracker of this kind."),
            N_("Its answer is no JSON and begins with “{said}”."),
            N_("Check the address; a sign-in page or a proxy may stand before it."),
            address=self.origin.url("/"),
            said=printable(self.said(body[:200].decode(errors="replace")), 60),
        )

    def _chunks(
        self, response: Response, limit: int, *, writing: bool
    ) -> Iterator[bytes]:
        """The decoded body piece by piece, at most ``limit`` bytes and ``whole`` s."""
        from urllib3.exceptions import HTTPError

        # ``read1`` gives what has come; ``read`` would wait until a piece is full,
        # however slowly it drips. (urllib3 1 has no ``read1``.)
        raw = response.raw
        read = getattr(raw, "read1", None) or raw.read
        total = 0
        end = time.monotonic() + self._pace.whole
        try:
            while chunk := read(_CHUNK, decode_content=True):
                total += len(chunk)
                self._bound(total, limit, end, writing=writing)
                yield chunk
        except (HTTPError, OSError):
            if writing:
                raise unknown_outcome(N_("Its answer was cut short.")) from None
            raise _Again(self._cut(N_("The answer was cut short."))) from None

    def _bound(self, total: int, limit: int, end: float, *, writing: bool) -> None:
        """Stop reading what is too large or comes too slowly."""
        if total > limit:
            if writing:
                raise unknown_outcome(N_("Its answer is too large to be read."))
            raise Invalid(
                N_("{host} sends more than can be taken."),
                N_("The answer is larger than {limit} bytes."),
                N_("Look at what lies behind this address."),
                host=self.origin.netloc,
                limit=limit,
            )
        if time.monotonic() > end:
            if writing:
                raise unknown_outcome(N_("Its answer did not end in time."))
            raise self._cut(N_("The answer did not end in time."))

    def _cut(self, why: str) -> IncompleteRead:
        return IncompleteRead(
            N_("An answer of {host} could not be read to its end."),
            why,
            N_("Try again; nothing was concluded from the part that came."),
            host=self.origin.netloc,
        )

    def _lost(self, error: Exception, *, writing: bool) -> TrackerError | _Again:
        """What a request without an answer means."""
        import requests

        reason = self.said(_innermost(error))
        unreachable = Unreachable(
            N_("{host} cannot be reached."),
            N_("The connection failed: {reason}"),
            N_("Check the address and the network, then try again."),
            host=self.origin.netloc,
            reason=reason,
        )
        if isinstance(error, requests.exceptions.SSLError) and _in_handshake(error):
            # Trying again cannot mend a certificate.
            return unreachable
        if isinstance(error, (requests.exceptions.InvalidURL, UnicodeError)):
            return unreachable
        if not writing:
            return _Again(unreachable)
        if _before_sending(error):
            return unreachable
        return unknown_outcome(N_("The connection broke: {reason}"), reason=reason)

    def _count(self, what: str) -> None:
        with self._lock:
            setattr(self._meter, what, getattr(self._meter, what) + 1)


def unknown_outcome(why: str, **values: object) -> UnknownOutcome:
    """The error for a write of which only ``why`` is known."""
    return UnknownOutcome(
        N_("It is not known whether the tracker carried out a write."),
        why,
        N_("Nothing is sent again before the tracker has been looked at."),
        **values,
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """``error`` and what it wraps, as requests and urllib3 nest them."""
    seen: set[int] = set()
    rest: list[object] = [error]
    while rest:
        one = rest.pop(0)
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            rest += [getattr(one, "reason", None), *one.args]
            rest += [one.__cause__, one.__context__]


def _before_sending(error: Exception) -> bool:
    """Whether no byte of the request can have left (DNS, refused, time-out, proxy)."""
    import requests
    from urllib3.exceptions import (
        ConnectTimeoutError,
        NewConnectionError,
    )

    if isinstance(
        error, (requests.exceptions.ConnectTimeout, requests.exceptions.ProxyError)
    ):
        return True
    wrapped = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(wrapped, (NewConnectionError, ConnectTimeoutError))


def _in_handshake(error: Exception) -> bool:
    """Whether TLS failed before the request; later failures look alike but for this."""
    return any(
        isinstance(cause, ssl.SSLError) and cause.reason in _BEFORE_SENDING
        for cause in _causes(error)
    )


def _innermost(error: Exception) -> str:
    """The shortest true reason: the last cause that has words."""
    texts = [str(cause) for cause in _causes(error) if isinstance(cause, OSError)]
    return (texts or [str(error)])[-1] or type(error).__name__


def _retry_after(response: Response) -> float | None:
    """Seconds of ``Retry-After``, given as seconds or as a date."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - _server_time(response)).total_seconds())


def _server_time(response: Response) -> datetime:
    try:
        moment = parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return datetime.now(UTC)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def trusted_roots() -> str | bool:
    """The root certificates: the environment's file, as requests would take it."""
    return (
        os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
    )
