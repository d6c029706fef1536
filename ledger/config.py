"""Where the ledger is, who acts, and how trackers are reached.

Two places, told apart by what may stand in them:

* the user's configuration ``~/.config/ledger/config.toml`` (``XDG_CONFIG_HOME``
  is honoured): the name to act under (``as = "NAME"``);
* the user's ``credentials.toml`` beside it, mode 0600 and owned by the user: for
  each tracker address (scheme, host and port) a token, or the file or command
  that gives it, and what signs its webhooks (``webhook_secret``). Neither is ever
  used for another address.

Nothing is read from the folder one happens to be in: entering it runs nothing and
sends nothing.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ledger.errors import N_, LedgerError, NoLedger, UsageProblem
from ledger.storage import FILE_NAME


class NoCredentials(LedgerError):
    """No usable token is configured for an address."""

    exit_code = 5


def find_ledger(named: str | None, start: Path | None = None) -> Path:
    """The ledger's folder or file: ``named``, else ``LEDGER``, else the nearest upwards.

    Raises:
        NoLedger: there is none.
    """
    named = named or os.environ.get("LEDGER")
    if named:
        place = Path(named)
        if place.exists():
            return place
        raise NoLedger(
            N_("No ledger at {path}."),
            N_("There is no such file or folder."),
            N_("Begin one with: ledger init {path} --unit UNIT --actor NAME"),
            path=place,
        )
    begin = (start or Path.cwd()).resolve()
    for folder in (begin, *begin.parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise NoLedger(
        N_("No ledger was found."),
        N_("Neither {folder} nor a folder above it holds {name}."),
        N_(
            "Name one with --ledger PATH, or begin one:"
            " ledger init DIR --unit UNIT --actor NAME"
        ),
        folder=begin,
        name=FILE_NAME,
    )


def user_folder() -> Path:
    """The folder of the user's own configuration."""
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "ledger"


def user_setting(key: str) -> str | None:
    """A text setting of the user's configuration, or ``None``."""
    value = _toml(user_folder() / "config.toml").get(key)
    return value if isinstance(value, str) else None


def acting_name(named: str | None) -> str | None:
    """The name to act under: ``named``, else ``LEDGER_AS``, else the configuration."""
    return named or os.environ.get("LEDGER_AS") or user_setting("as")


@dataclass(frozen=True, slots=True)
class Credential:
    """How the token for one address is had; its text never shows the token."""

    origin: str
    entry: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"Credential({self.origin})"

    def secret(self) -> str:
        """The token.

        Raises:
            NoCredentials: the file or command gives none.
        """
        if isinstance(token := self.entry.get("token"), str) and token:
            return token
        if isinstance(path := self.entry.get("token_file"), str):
            return self._from_file(Path(path).expanduser())
        command = self.entry.get("token_command")
        if isinstance(command, list) and command:
            return self._from_command([str(word) for word in command])
        raise NoCredentials(
            N_("The entry for {origin} in credentials.toml gives no token."),
            N_("It needs token, token_file or token_command."),
            N_("Write one of them, or run: ledger tracker add … --token-stdin"),
            origin=self.origin,
        )

    def webhook_secret(self) -> str:
        """What is shared with the tracker to sign its webhooks; empty if nothing."""
        secret = self.entry.get("webhook_secret")
        return secret if isinstance(secret, str) else ""

    def _from_file(self, path: Path) -> str:
        _own_file(path)
        token = path.read_text(encoding="utf-8").strip()
        if not token:
            raise NoCredentials(
                N_("The token file for {origin} is empty."),
                N_("{path} holds nothing."),
                N_("Write the token into it."),
                origin=self.origin,
                path=path,
            )
        return token

    def _from_command(self, command: list[str]) -> str:
        import subprocess

        try:
            done = subprocess.run(  # noqa: S603 (the user's own configuration, no shell)
                command, capture_output=True, check=True, timeout=30, text=True
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise NoCredentials(
                N_("The command that gives the token for {origin} failed."),
                N_("It did not run, or ended with an error."),
                N_("Run it by hand: {command}"),
                origin=self.origin,
                command=command[0],
            ) from error
        return done.stdout.strip().splitlines()[0] if done.stdout.strip() else ""


def credential(address: str) -> Credential:
    """The user's credential for the scheme, host and port of ``address``.

    Raises:
        NoCredentials: there is none, or the file may be read by others.
    """
    wanted = origin(address)
    path = user_folder() / "credentials.toml"
    if path.exists():
        _own_file(path)
        entries = _toml(path).get("tracker", [])
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, dict) and origin(str(entry.get("address"))) == wanted:
                return Credential(wanted, entry)
    raise NoCredentials(
        N_("No token is configured for {origin}."),
        N_("{path} has no entry for this address."),
        N_(
            "Give it one, typed or through standard input: ledger tracker token {origin}"
        ),
        origin=wanted,
        path=path,
    )


def keep_token(address: str, token: str) -> Path:
    """Write ``token`` for ``address`` into the user's credentials, and nowhere else."""
    folder = user_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "credentials.toml"
    if path.exists():
        _own_file(path)
    new: dict[str, Any] = {"address": origin(address), "token": token}
    kept: list[dict[str, Any]] = []
    for entry in _toml(path).get("tracker", []):
        if not isinstance(entry, dict):
            continue
        if origin(str(entry.get("address"))) != origin(address):
            kept.append(entry)
        elif "webhook_secret" in entry:
            new["webhook_secret"] = entry["webhook_secret"]
    kept.append(new)
    lines = []
    for entry in kept:
        lines.append("[[tracker]]")
        lines.extend(f"{key} = {_toml_value(value)}" for key, value in entry.items())
        lines.append("")
    coming = path.with_name(f".{path.name}-{os.getpid()}")
    descriptor = os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
    coming.replace(path)
    return path


def origin(address: str) -> str:
    """Scheme, host and port of ``address``: what a token is bound to."""
    parts = urlsplit(address)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    return f"{parts.scheme}://{(parts.hostname or '').lower()}:{port}"


def _toml_value(value: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


def _toml(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UsageProblem(
            N_("{path} cannot be used."),
            "{error}.",
            N_("Correct it; it is a TOML file."),
            path=path,
            error=str(error).rstrip("."),
        ) from error


def _own_file(path: Path) -> None:
    try:
        state = path.stat()
    except OSError as error:
        raise NoCredentials(
            N_("{path} cannot be read."),
            "{error}.",
            N_("Correct the path in credentials.toml."),
            path=path,
            error=error.strerror,
        ) from error
    if state.st_uid != os.getuid() or stat.S_IMODE(state.st_mode) & 0o077:
        raise NoCredentials(
            N_("{path} is not used: it holds a secret and is not yours alone."),
            N_("Other accounts may read it, or it belongs to another."),
            N_("Run: chmod 600 {path}"),
            path=path,
        )
