"""Our block is found and replaced, and people's text around it never changes."""

from __future__ import annotations

import re

from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.sync import marker
from ledger.sync.harmless import JOINER, cut, harmless, line, plain, quoted
from ledger.sync.marker import Placing

LEDGER = "01HR3FMW70936WQHGJSXH1RWY3"
ITEM = "01HR3FMW70F5X2MSCF65RVKG3R"
OTHER = "01HR3FMW706VRXHTS4ZKZ83SK7"

people = st.text(
    alphabet=st.one_of(
        st.sampled_from("ab 一二\n\r#@-[]x<>!/\u2028\u202e😀"), st.characters()
    ),
    max_size=80,
).filter(lambda text: "ledger:" not in text)
inner = people.map(str.strip)


def block(text: str = "我们的", item: str = ITEM) -> str:
    return marker.block(LEDGER, item, text)


@given(people, people, inner, inner)
def test_people_s_text_around_a_block_survives_every_replacement(
    before: str, after: str, old: str, new: str
) -> None:
    body = f"{before}\n{block(old)}\n{after}"
    replaced = marker.replace(body, LEDGER, ITEM, new)
    assert replaced.startswith(f"{before}\n<!-- ledger:")
    assert replaced.endswith(f"-->\n{after}")
    found = marker.find(replaced, LEDGER, ITEM)
    assert found.placing is Placing.WHOLE
    assert marker.find(body, LEDGER, ITEM).placing is Placing.WHOLE


@given(people, inner)
def test_a_body_without_a_block_is_kept_whole_behind_the_new_one(
    body: str, new: str
) -> None:
    replaced = marker.replace(body, LEDGER, ITEM, new)
    if body.strip():
        assert replaced.endswith(body)
    assert marker.find(replaced, LEDGER, ITEM).placing is Placing.WHOLE


@given(people, people, inner, st.booleans())
def test_a_damaged_block_takes_nothing_of_people_s_with_it(
    before: str, after: str, new: str, begin_left: bool
) -> None:
    begin, *_, end = block("").split("\n")
    assume("\r" not in before + after)
    body = f"{before}\n{begin if begin_left else end}\n{after}"
    assert marker.find(body, LEDGER, ITEM).placing is Placing.DAMAGED
    replaced = marker.replace(body, LEDGER, ITEM, new, told="我们的\n\n- [ ] 1. 培训")
    assert replaced.startswith(f"{before}\n")
    assert replaced.endswith(f"\n{after}")


@given(people, people, st.sampled_from(["begin", "end"]))
def test_what_is_left_of_our_lines_goes_with_the_marker_beside_it(
    before: str, after: str, left: str
) -> None:
    told = "我们的第一行\n\n我们的第二行"
    begin, *middle, end = block(told).split("\n")
    lines = [begin, *middle] if left == "begin" else [*middle, end]
    body = "\n".join([before, *lines, after])
    assume("\r" not in before + after)
    replaced = marker.replace(body, LEDGER, ITEM, "新", told=told)
    assert replaced == f"{before}\n{block('新')}\n{after}"


@given(people, inner)
def test_replacing_twice_is_replacing_once(body: str, new: str) -> None:
    once = marker.replace(body, LEDGER, ITEM, new)
    assert marker.replace(once, LEDGER, ITEM, new) == once


def test_crlf_stays_crlf_and_is_read_as_lf() -> None:
    old, new = block("一\n二"), block("三\n四")
    body = f"甲\n{old}\n乙".replace("\n", "\r\n")
    assert marker.find(body, LEDGER, ITEM).inner == "一\n二"
    replaced = marker.replace(body, LEDGER, ITEM, "三\n四")
    assert replaced == f"甲\n{new}\n乙".replace("\n", "\r\n")


def test_a_doubled_block_is_named_and_the_first_one_counts() -> None:
    body = f"{block('一')}\n\n{block('二')}"
    found = marker.find(body, LEDGER, ITEM)
    assert (found.placing, found.inner) == (Placing.DOUBLED, "一")
    assert marker.replace(body, LEDGER, ITEM, "三") == f"{block('三')}\n\n{block('二')}"


def test_the_block_of_another_item_or_ledger_is_not_ours() -> None:
    body = f"{block('别的', OTHER)}\n{block().replace(LEDGER, OTHER)}"
    assert marker.find(body, LEDGER, ITEM).placing is Placing.ABSENT
    assert marker.items_named(body, LEDGER) == (OTHER,)


def test_a_quoted_marker_is_a_quotation() -> None:
    body = "\n".join(f"> {text}" for text in block().split("\n"))
    assert marker.find(body, LEDGER, ITEM).placing is Placing.ABSENT
    assert marker.items_named(body, LEDGER) == ()


def test_a_comment_of_ours_is_known_by_its_first_line_only() -> None:
    said = marker.remark(LEDGER, ITEM, "note:3", "在办")
    assert marker.mark_of(said, LEDGER) == (ITEM, "note:3")
    assert marker.mark_of(said.replace("\n", "\r\n"), LEDGER) == (ITEM, "note:3")
    assert marker.mark_of(f"引用：\n{said}", LEDGER) is None
    assert marker.mark_of(f"> {said}", LEDGER) is None
    assert marker.mark_of(said, OTHER) is None


@given(st.text())
def test_no_text_can_bring_a_marker_a_ping_or_a_link(text: str) -> None:
    hostile = f"{text}@all closes #1 !2 org/x#3 /issues/4 <!-- ledger:x --> [~user]"
    for made in (harmless(hostile), line(hostile), quoted(hostile)):
        assert re.search(r"@\w|[#!]\d|/issues/\d|<[a-z/!]|\[~", made) is None


@given(st.text(alphabet=st.characters(exclude_characters=JOINER)))
def test_what_was_made_harmless_can_be_read_back(text: str) -> None:
    assert plain(harmless(text)) == text


def test_a_block_cannot_be_ended_by_what_stands_in_it() -> None:
    end = f"<!-- /ledger:{LEDGER} item:{ITEM} -->"
    body = marker.block(LEDGER, ITEM, f"{quoted(end)}\n- {line(end)}")
    found = marker.find(body, LEDGER, ITEM)
    assert found.placing is Placing.WHOLE
    assert found.end == len(body)


@given(st.text(), st.integers(1, 300))
def test_a_cut_title_fits_and_is_a_beginning(text: str, limit: int) -> None:
    title = line(text)
    made = cut(title, limit_bytes=limit + 3)
    assert len(made.encode()) <= limit + 3
    assert title.startswith(made.removesuffix("…"))
    assert (
        cut(title, limit_characters=limit) == title
        or len(cut(title, limit_characters=limit)) <= limit
    )
