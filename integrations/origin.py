"""Where a tracker lives: the one address to which its token may be sent."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from integrations.tracker import N_, Invalid

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port of a server, and the path its interface begins at.

    ``path`` has no slash at its end. Two URLs are of one origin only when scheme,
    host and port are the same.
    """

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def parse(cls, address: str, *, allow_plain_http: bool = False) -> Origin:
        """Read ``https://host[:port][/path]``.

        Raises :class:`Invalid` for anything else: another scheme, a password or a
        query in the address, or plain HTTP to a host that is not loopback and was
        not allowed. The address is shown only after it is known to hold no secret.
        """
        try:
            parts = urlsplit(address.strip())
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if "@" in address:
            raise Invalid(
                N_("The address of the tracker holds a user name or password."),
                N_("Secrets do not belong into an address."),
                N_("Write https://host[:port][/path] and store the token apart."),
            )
        if (
            parts.scheme not in _DEFAULT_PORTS
            or not parts.hostname
            or parts.query
            or parts.fragment
            or any(mark.isspace() or not mark.isprintable() for mark in address.strip())
        ):
            raise Invalid(
                N_("{address} is no address of a tracker."),
                N_("It must be an http or https address without a query."),
                N_("Write https://host[:port][/path]."),
                address=printable(address),
            )
        origin = cls(
            parts.scheme,
            parts.hostname,
            port or _DEFAULT_PORTS[parts.scheme],
            parts.path.rstrip("/"),
        )
        if origin.scheme == "http" and not (allow_plain_http or origin.loopback):
            raise Invalid(
                N_("Plain HTTP to {host} is refused."),
                N_("The token could be read by everybody on the way."),
                N_("Use https, or allow it with the option allow_plain_http = yes."),
                host=origin.host,
            )
        return origin

    @property
    def loopback(self) -> bool:
        """Whether the host is this machine by its very name or number."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def netloc(self) -> str:
        """Host and, where it is not the usual one, port; as people read it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = _DEFAULT_PORTS[self.scheme] == self.port
        return host if usual else f"{host}:{self.port}"

    def url(self, path: str) -> str:
        """The full URL of ``path`` (already quoted, beginning with a slash)."""
        if not path.startswith("/"):
            raise ValueError(path)
        return f"{self.scheme}://{self.netloc}{self.path}{path}"


def printable(text: str, limit: int = 300) -> str:
    """``text`` of others for one line of a message.

    Control and format characters (terminal escapes, bidirectional marks) and line
    ends become blanks, runs of blanks one, and what is longer than ``limit``
    characters is cut with an ellipsis.
    """
    kept = "".join(mark if mark.isprintable() else " " for mark in text[: limit * 8])
    line = " ".join(kept.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
