from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.marks import System, chinese_number, marks, runs
from checklists.outline import sections
from checklists.passages import HEADING
from checklists.view import view


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("一", 1),
        ("十", 10),
        ("十一", 11),
        ("二十", 20),
        ("三十二", 32),
        ("一百零五", 105),
        ("两", 2),
        ("百", 100),
        ("好", None),
        ("", None),
    ],
)
def test_chinese_numerals_have_their_value(raw: str, value: int | None) -> None:
    assert chinese_number(raw) == value


@pytest.mark.parametrize(
    ("text", "system", "number"),
    [
        ("第一部分 成效", System.PART, 1),
        ("第二章 职责", System.CHAPTER, 2),
        ("一、成效", System.CHINESE, 1),
        ("十二、成效", System.CHINESE, 12),
        ("（三）加强", System.CHINESE_PAREN, 3),
        ("(三)是加强", System.CHINESE_PAREN, 3),
        ("三）加强", System.CHINESE_PAREN, 3),
        ("1.加强", System.NUMBER, 1),
        ("1、加强", System.NUMBER, 1),
        ("１．加强", System.NUMBER, 1),
        ("2）加强", System.NUMBER, 2),
        ("（2）加强", System.NUMBER_PAREN, 2),
        ("③加强", System.CIRCLED, 3),
        ("㈡加强", System.CHINESE_PAREN, 2),
        ("四是加强", System.IS, 4),
        ("四要加强", System.IS, 4),
        ("第四，加强", System.ORDINAL, 4),
        ("第四是加强", System.ORDINAL, 4),
        ("首先，加强", System.FIRST, 1),
        ("最后，加强", System.FIRST, 99),
        ("——加强", System.BULLET, None),
        ("• 加强", System.BULLET, None),
        ("- 加强", System.BULLET, None),
        ("## 成效", System.TITLE, None),
    ],
)
def test_every_numbering_system_is_known(
    text: str, system: System, number: int | None
) -> None:
    found = marks(view(text).text)
    assert (found[0].system, found[0].number, found[0].start) == (system, number, 0)


@pytest.mark.parametrize(
    "text",
    [
        "企业平均跑动次数由3.3次降至1次",
        "增长11.54%",
        "口径统一是关键",
        "这是第一要务",
        "推动一、二、三产业融合",
        "2023年工作",
        "“一是”二字",
        "“十四五”规划",
    ],
)
def test_numbers_inside_a_sentence_are_no_marks(text: str) -> None:
    assert marks("说明" + view(text).text, 2) == []


def test_marks_in_mid_line_follow_punctuation() -> None:
    text = view("问题：一是甲。二是乙；三是丙,四是丁").text
    assert [mark.number for mark in marks(text)] == [1, 2, 3, 4]


def test_a_list_forgives_a_repeated_or_skipped_number_and_a_new_one_begins_with_one() -> (
    None
):
    text = view("一是甲。三是乙。三是丙。一是丁。二是戊。").text
    assert [[mark.number for mark in run] for run in runs(marks(text))] == [
        [1, 3, 3],
        [1, 2],
    ]


def test_headings_nest_by_their_systems() -> None:
    root = sections(view("一、甲\n（一）乙\n1.丙\n（二）丁\n二、戊\n"), HEADING)
    assert [(s.title, [c.title for c in s.children]) for s in root.children] == [
        ("甲", ["乙", "丁"]),
        ("戊", []),
    ]


def test_a_list_that_restarts_under_an_empty_heading_belongs_to_it() -> None:
    root = sections(
        view("一、成效\n好。\n二、下一步工作\n一、甲事。\n二、乙事。\n三、附则\n"),
        HEADING,
    )
    assert [[c.title for c in s.children] for s in root.children][1][:2] == [
        "甲事",
        "乙事",
    ]


@given(
    st.text(alphabet="甲乙，。；：（）\n\r \u3000*_#|\t1一、.．“”\u200b", max_size=120)
)
def test_the_view_leads_back_to_the_exact_characters(text: str) -> None:
    folded = view(text)
    kept = [folded.origin(offset) for offset in range(len(folded.text))]
    assert kept == sorted(set(kept))
    for offset, origin in enumerate(kept):
        character = folded.text[offset]
        assert view(text[origin]).text in ("", character) or character in "。| "
    for start in range(len(folded.text)):
        first, last = folded.span(start, start + 1)
        assert last - first == 1


def test_lines_broken_in_mid_sentence_are_joined_and_paragraphs_are_not() -> None:
    lines = [
        "　　二、存在的问题和不足以及需要在今后的工作中加以解决的",
        "若干事项和其他需要说明的情况请见以下各条的具体说明内容。",
        "　　一是执法人员的数量不足以满足日常执法工作的各项实际需",
        "要，持证人员仅有三名，远远低于上级有关文件所规定的标准。",
        "　　二是普法宣传的形式比较单一，群众的参与程度还不是很高",
        "，需要进一步丰富宣传的内容和载体，增强宣传的针对性效果。",
    ]
    assert view("\n".join(lines)).text.count("\n") == 2


def test_what_stands_under_a_listed_item_ends_where_the_item_ends() -> None:
    """Else each reached to the end of the text, and time grew with its square."""
    part = "三、工作情况\n一、队伍建设\n(一)人员情况\n有关说明。\n(二)下步工作措施\n加强培训。\n二、制度\n四、其他\n"
    root = sections(view(part * 3), HEADING)
    every = [section for section in root.walk() if section is not root]
    for section in every:
        parent = section.parent
        assert parent is not None
        assert section.end <= parent.end, section.title
    measures = [section for section in every if section.title == "下步工作措施"]
    assert [section.end - section.start for section in measures] == [16, 16, 16]
