from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ledger.item import Kind, Rectification
from ledger.journal import Event
from ledger.projection import item_after
from ledger.storage.items import registered_row, row_of

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
sources = st.fixed_dictionaries(
    {
        "document": st.just("ab" * 32),
        "name": texts,
        "entry": st.just("P1"),
        "start": st.integers(0, 10**6),
        "end": st.integers(0, 10**6),
        "line": st.integers(1, 10**5),
    },
    optional={
        "title": texts,
        "issuer": texts,
        "year": st.integers(1949, 2100),
        "published": st.just("2024-01-29"),
        "place": texts,
    },
)
statements = st.fixed_dictionaries(
    {"measures": st.lists(texts, min_size=1, max_size=3)},
    optional={
        "units": st.lists(texts, min_size=1, max_size=2),
        "owners": st.lists(texts, min_size=1, max_size=2),
        "due": st.just("2024-06-30"),
        "due_words": texts,
        "due_provisional": st.just(True),
        "kind": st.sampled_from([kind.value for kind in Rectification]),
        "target": texts,
        "result": texts,
    },
)
registrations = st.fixed_dictionaries(
    {
        "ref": st.just("R-2023-001"),
        "kind": st.sampled_from([kind.value for kind in Kind]),
        "title": texts,
        "text": texts,
        "year": st.integers(1949, 2100),
        "number": st.integers(1, 10**6),
        "registered_on": st.just("2024-03-01"),
        "supervising": st.just("u1"),
    },
    optional={
        "source": sources,
        "stated": statements,
        "category": texts,
        "links": st.lists(
            st.fixed_dictionaries(
                {"relation": st.just("answers"), "item": st.just("01HQ")}
            ),
            min_size=1,
            max_size=3,
        ),
    },
)


@given(registrations, st.integers(1, 10**6))
def test_the_row_made_straight_from_a_registration_is_the_folded_items_row(
    data: dict[str, object], seq: int
) -> None:
    event = Event(
        ledger="01HQ",
        seq=seq,
        at="2024-03-01T01:00:00.000000Z",
        recorded_by={"account": "a"},
        actor="p1",
        kind="register",
        data=data,
        item="01HR",
    )
    assert registered_row(event) == row_of(item_after(None, event))
