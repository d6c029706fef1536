"""What a request carries: a JSON text, or a file sent as it is read."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from integrations.tracker import N_, Invalid


class Body(Protocol):
    """Something to send that can be sent again from its beginning."""

    @property
    def content_type(self) -> str:
        """The value of the ``Content-Type`` header."""
        ...

    def open(self) -> bytes | BinaryIO:
        """The bytes, or a reader of them that stands at the beginning."""
        ...


@dataclass(frozen=True, slots=True)
class JsonBody:
    """A value sent as UTF-8 JSON."""

    data: bytes
    content_type: str = "application/json"

    @classmethod
    def of(cls, value: object) -> JsonBody:
        """Encode ``value``; text that is no Unicode raises :class:`Invalid`."""
        try:
            return cls(json.dumps(value, ensure_ascii=False).encode())
        except UnicodeEncodeError:
            raise Invalid(
                N_("A text cannot be sent to the tracker."),
                N_("It holds half of a character (a lone surrogate)."),
                N_("Correct the text, then try again."),
            ) from None

    def open(self) -> bytes:
        """The JSON text."""
        return self.data


class Upload:
    """A file as ``multipart/form-data``, read while it is sent.

    ``content`` is sent from where it stands to its end, and is not closed.
    """

    def __init__(self, field: str, name: str, content: BinaryIO) -> None:
        """Name the form field and the file."""
        boundary = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        # RFC 7578 with the quoting of the WHATWG form encoding, as browsers do.
        quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        self._head = (
            f"--{boundary}\r\n"
            f'Content-Disposition: form-data; name="{field}"; filename="{quoted}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self._content = content
        self._start = content.tell()
        self.size = content.seek(0, os.SEEK_END) - self._start
        content.seek(self._start)

    def open(self) -> BinaryIO:
        """A reader of the whole form, its file at the beginning."""
        self._content.seek(self._start)
        return _Form(self._head, self._content, self.size, self._tail)  # type: ignore[return-value]  # read() and len() are all that is used of it


class _Form:
    """Head, file and tail read one after the other; its length is known."""

    def __init__(self, head: bytes, content: BinaryIO, size: int, tail: bytes) -> None:
        self._before = head
        self._content = content
        self._left = size
        self._after = tail
        self._length = len(head) + size + len(tail)

    def __len__(self) -> int:
        return self._length

    def read(self, amount: int = -1) -> bytes:
        if self._before:
            piece, self._before = self._before, b""
            return piece
        if self._left:
            piece = self._content.read(
                self._left if amount < 0 else min(amount, self._left)
            )
            if not piece:
                # The file became shorter under our hands: a short form must not
                # look like a whole one to the server.
                raise OSError(N_("The file ended before its length."))
            self._left -= len(piece)
            return piece
        piece, self._after = self._after, b""
        return piece
