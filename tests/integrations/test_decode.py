"""JSON of a tracker is taken for nothing but what it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from integrations.decode import Fields, objects
from integrations.tracker import NotATracker


def fields(value: object) -> Fields:
    return Fields("thing", {"a": value})


@pytest.mark.parametrize(
    "call",
    [
        lambda: fields(1).text("a"),
        lambda: fields(None).text("a"),
        lambda: fields("1").number("a"),
        lambda: fields(True).number("a"),
        lambda: fields(1.5).number("a"),
        lambda: fields("x").maybe_number("a"),
        lambda: fields(1).flag("a"),
        lambda: fields("today").moment("a"),
        lambda: fields("2026-11-23T00:00:00").moment("a"),
        lambda: fields(5).maybe_moment("a"),
        lambda: fields([]).object("a"),
        lambda: fields("x").maybe_object("a"),
        lambda: list(fields({}).objects("a")),
        lambda: list(fields([1]).objects("a")),
        lambda: list(objects("x", "rows")),
        lambda: Fields.of([], "thing"),
    ],
)
def test_a_value_of_another_type_is_named_and_refused(
    call: Callable[[], object],
) -> None:
    with pytest.raises(NotATracker, match=r"thing|rows"):
        call()


def test_what_may_be_absent_is_none_or_empty() -> None:
    for nothing in (fields(None), Fields("thing", {})):
        assert nothing.maybe_text("a") is None
        assert nothing.maybe_number("a") is None
        assert nothing.maybe_moment("a") is None
        assert nothing.maybe_object("a") is None
        assert list(nothing.objects("a")) == []
    assert fields("").maybe_text("a") is None
    assert not Fields("thing", {}).flag("a")
