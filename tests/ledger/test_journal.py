"""Canonical form, chain, and events that come back as they were."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.journal import (
    FIRST_HASH,
    Event,
    NotCanonical,
    body_of,
    canonical,
    chain,
    entry,
    event_of,
)

LARGEST = 2**53 - 1
keys = st.text(st.characters(max_codepoint=127), max_size=6)
texts = st.text(st.characters(exclude_categories=["Cs"]))
scalars = st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | texts
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4)
    ),
    max_leaves=20,
)


def within(value: object) -> st.SearchStrategy[Any]:
    """``value`` somewhere inside what is otherwise allowed."""
    return st.sampled_from([value, [value], {"a": value}, {"a": [None, {"b": value}]}])


@given(values)
def test_the_canonical_form_is_that_of_rfc_8785(value: Any) -> None:
    assert canonical(value).encode() == rfc8785.dumps(value)


@given(
    st.one_of(
        st.floats().flatmap(within),
        (
            st.integers(min_value=LARGEST + 1) | st.integers(max_value=-LARGEST - 1)
        ).flatmap(within),
        st.text(st.characters(categories=["Cs"]), min_size=1).flatmap(within),
        st.text(st.characters(min_codepoint=128, exclude_categories=["Cs"]), min_size=1)
        .map(lambda key: {key: 1})
        .flatmap(within),
        st.sampled_from([b"", {1: 2}, {None: 1}, {1, 2}, object()]).flatmap(within),
    )
)
def test_what_the_journal_does_not_allow_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


def test_values_nested_too_deeply_are_refused() -> None:
    value: object = 1
    for _ in range(5000):
        value = [value]
    with pytest.raises(NotCanonical):
        canonical(value)


def test_a_mapping_that_is_no_dictionary_is_refused_before_anything_is_hashed() -> None:
    with pytest.raises(NotCanonical):
        canonical(MappingProxyType({"a": 1}))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None]}, '{"a":[true,null],"b":1}'),
        ('销号\u2028\u007f"\\\n\u0001', '"销号\u2028\u007f\\"\\\\\\n\\u0001"'),
        ("\U0001f4d2", '"\U0001f4d2"'),
        ({"": 0, "A": 1, "a": 2, "_": 3}, '{"":0,"A":1,"_":3,"a":2}'),
    ],
)
def test_the_canonical_text_of_an_example(value: object, text: str) -> None:
    assert canonical(value) == text


def event(**changes: Any) -> Event:
    fields: dict[str, Any] = {
        "ledger": "01HQ",
        "seq": 1,
        "at": "2024-03-04T01:00:00.000000Z",
        "recorded_by": {"account": "li"},
        "actor": "p1",
        "kind": "progress",
        "data": {"text": "进展"},
    }
    return Event(**{**fields, **changes})


objects = st.dictionaries(keys, values, max_size=4)
events = st.builds(
    Event,
    ledger=texts,
    seq=st.integers(1, LARGEST),
    at=texts,
    recorded_by=st.dictionaries(keys, texts, max_size=3),
    actor=texts,
    kind=texts,
    data=objects,
    item=st.none() | texts,
    unit=st.none() | texts,
    on_behalf=st.none() | texts,
)


@given(events)
def test_an_event_comes_back_from_its_text_as_it_was(made: Event) -> None:
    body = body_of(made)
    assert event_of(body) == made
    assert body_of(event_of(body)) == body


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "1", "null", '"text"', "{}", '{"v":1}', "[" * 100_000],
)
def test_text_that_is_no_event_is_a_value_error(body: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        event_of(body)


def test_an_event_with_a_field_too_many_is_none() -> None:
    with pytest.raises(ValueError, match="extra"):
        event_of(body_of(event())[:-1] + ',"extra":1}')


@settings(max_examples=25)
@given(st.lists(objects, min_size=1, max_size=4))
def test_each_hash_is_sha_256_over_the_one_before_and_the_canonical_bytes(
    said: list[Mapping[str, Any]],
) -> None:
    previous = FIRST_HASH
    for seq, data in enumerate(said, 1):
        made = entry(previous, event(seq=seq, data=data))
        expected = hashlib.sha256(
            previous.encode("ascii") + rfc8785.dumps(_fields(made.event))
        ).hexdigest()
        assert made.hash == expected == chain(previous, made.body)
        previous = made.hash


def _fields(made: Event) -> dict[str, Any]:
    return {name: getattr(made, name) for name in Event.__dataclass_fields__}


def test_the_first_hash_before_any_event_is_64_zeros() -> None:
    assert FIRST_HASH == "0" * 64
    assert entry(FIRST_HASH, event()).hash != entry("1" * 64, event()).hash


def test_the_person_of_an_event_is_whom_a_sync_acted_for() -> None:
    assert event(actor="p2").person == "p2"
    assert event(actor="sync:gitea", on_behalf="p2").person == "p2"
    assert event(actor="sync:gitea").person is None
