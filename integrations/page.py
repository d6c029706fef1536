"""One page of the web, for reading: bounded in size, time and redirects, no token."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit, urlunsplit

from integrations.http import trusted_roots
from integrations.origin import Origin, printable
from integrations.tracker import N_, NotATracker, Refused, TrackerError, Unreachable

if TYPE_CHECKING:
    from requests import Response

MAX_BYTES = 64 << 20
MAX_REDIRECTS = 5
CONNECT_SECONDS = 10
READ_SECONDS = 30
WHOLE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Page:
    """What an address answered: the body, its declared type, where redirects ended."""

    content: bytes
    content_type: str
    address: str


def fetch_page(address: str) -> Page:
    """Get ``https://`` ``address`` (plain HTTP on loopback only).

    Redirects are followed at most :data:`MAX_REDIRECTS` times and never from HTTPS
    to plain HTTP; more than :data:`MAX_BYTES` are not read.

    Raises:
        TrackerError: it cannot be had, or is larger or slower than allowed.
    """
    import requests
    from requests.utils import get_environ_proxies

    end = time.monotonic() + WHOLE_SECONDS
    with requests.Session() as session:
        session.trust_env = False
        for _redirect in range(MAX_REDIRECTS + 1):
            place = urlsplit(address)._replace(query="", fragment="")
            origin = Origin.parse(urlunsplit(place))
            try:
                with session.get(
                    address,
                    allow_redirects=False,
                    stream=True,
                    timeout=(CONNECT_SECONDS, READ_SECONDS),
                    verify=trusted_roots(),
                    proxies={}
                    if origin.loopback
                    else dict(get_environ_proxies(address, no_proxy=None)),
                    headers={"User-Agent": "rectification-ledger"},
                ) as response:
                    target = response.headers.get("Location")
                    if response.is_redirect and target:
                        address = urljoin(address, target)
                        continue
                    if not response.ok:
                        raise _refused(address, response.status_code)
                    return Page(
                        _body(response, address, end),
                        response.headers.get("Content-Type", ""),
                        address,
                    )
            except requests.RequestException as error:
                raise Unreachable(
                    N_("{address} could not be read."),
                    N_("The connection failed: {error}."),
                    N_("Save the page in a browser and give the file."),
                    address=printable(address),
                    error=type(error).__name__,
                ) from error
    raise NotATracker(
        N_("{address} could not be read."),
        N_("It redirects more than {most} times."),
        N_("Save the page in a browser and give the file."),
        address=printable(address),
        most=MAX_REDIRECTS,
    )


def _body(response: Response, address: str, end: float) -> bytes:
    parts, size = [], 0
    for chunk in response.iter_content(1 << 16):
        size += len(chunk)
        if size > MAX_BYTES or time.monotonic() > end:
            raise NotATracker(
                N_("{address} could not be read."),
                N_(
                    "It sends more than {megabytes} MB, or for longer than {seconds} s."
                ),
                N_("Save the page in a browser and give the file."),
                address=printable(address),
                megabytes=MAX_BYTES >> 20,
                seconds=WHOLE_SECONDS,
            )
        parts.append(chunk)
    return b"".join(parts)


def _refused(address: str, status: int) -> TrackerError:
    return Refused(
        N_("{address} could not be read."),
        N_("The server answers {status}."),
        N_("Look at the address in a browser."),
        address=printable(address),
        status=status,
    )
