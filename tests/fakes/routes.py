"""Which method of a fake answers which request."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar, TypeVar

from tests.fakes.server import Reply, Request

Method = TypeVar("Method", bound=Callable[..., Reply])


class Answered(Exception):
    """A reply that was decided deep inside a route."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


def route(method: str, path: str, note: str = "") -> Callable[[Method], Method]:
    """Answer ``method path``; ``{n}`` is a number, ``{name}`` one path segment.

    ``note`` is for :meth:`Routed.admit`, such as the scope that the route needs.
    """

    def mark(function: Method) -> Method:
        function.__dict__["served"] = (method, path, note)
        return function

    return mark


class Routed:
    """A world whose methods are marked with :func:`route`."""

    routes: ClassVar[list[tuple[str, re.Pattern[str], str, str]]]
    request: Request

    def __init_subclass__(cls) -> None:
        cls.routes = []
        for name, value in vars(cls).items():
            if served := getattr(value, "served", None):
                method, path, note = served
                pattern = re.sub(r"\{\w+\}", "([^/]+)", path.replace("{n}", r"(\d+)"))
                cls.routes.append((method, re.compile(pattern), note, name))

    def admit(self, note: str) -> None:
        """Look at the caller before the route answers; refuse by raising."""
        raise NotImplementedError

    def handle(self, request: Request) -> Reply:
        """Answer by the first route that fits."""
        self.request = request
        try:
            for method, pattern, note, name in self.routes:
                found = pattern.fullmatch(request.path)
                if method == request.method and found:
                    self.admit(note)
                    answer: Reply = getattr(self, name)(*found.groups())
                    return answer
        except Answered as answered:
            return answered.reply
        return Reply(404, {"Content-Type": "text/plain"}, b"404 page not found\n")
