"""Texts of ours come back from Jira exactly, texts of people as well as can be."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations import adf, wiki
from integrations.conformance import HARD_TEXT
from integrations.issuefile import trimmed

LINES = st.lists(
    st.one_of(
        st.sampled_from(
            ["", "## 标题", "- [ ] 措施", "- [x] done **now**", "- a `b`", "1. x", "2. y",
             "```", "```python", "a - b", "-x-", "h1. x", "bq. x", "{code}", "[~me]",
             "[t](https://example.org/a)", "[a|b]", "\\[x\\]", "&#92;", "&amp;amp;",
             "* star", "*x*", "# one", "!img!", "??x??", "  indented", "trailing  ",
             "<!-- mark -->", "- ", "- [ ]", "**", "``", "***x***", "{{x}}", "\t"]
        ),
        st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=12),
        st.text("-*_[]{}|\\!?#hbq.&;x 1`()", max_size=10),
    ),
    max_size=8,
).map("\n".join)  # fmt: skip


@given(LINES)
def test_any_text_comes_back_from_a_document(text: str) -> None:
    body = trimmed(text)
    made = json.loads(json.dumps(adf.document(body)))
    assert adf.markdown(made) == body
    for node in nodes(made):
        assert node.get("text") != ""


@given(LINES)
def test_any_text_comes_back_from_wiki_markup(text: str) -> None:
    assert wiki.markdown(wiki.wiki(text)) == text
    assert wiki.markdown(wiki.wiki(text).replace("\n", "\r\n")) == text


@given(st.text(max_size=60), LINES)
def test_no_wiki_text_makes_the_reader_fall_over(text: str, more: str) -> None:
    assert isinstance(wiki.markdown(text + more), str)


def nodes(node: dict[str, object]) -> list[dict[str, object]]:
    content = node.get("content", [])
    assert isinstance(content, list)
    return [node, *(one for child in content for one in nodes(child))]


def test_hard_text_comes_back_from_both() -> None:
    assert adf.markdown(adf.document(HARD_TEXT)) == HARD_TEXT
    assert wiki.markdown(wiki.wiki(HARD_TEXT)) == HARD_TEXT


TEXT = (
    "## 整改措施\n\n- [ ] 完善 **监督**\n- [x] 见 [通知](https://example.org/1)\n\n"
    "```python\na = 1\n\nb = 2\n```\n\n一行\n二行 `code`\n\n- a\n- b\n\n1. x\n2. y"
)


def test_our_text_looks_like_a_page_in_jira_cloud() -> None:
    made = adf.document(TEXT)
    kinds = [node["type"] for node in made["content"]]  # type: ignore[attr-defined]  # a document has a list
    assert kinds == [
        "heading",
        "taskList",
        "codeBlock",
        "paragraph",
        "bulletList",
        "orderedList",
    ]
    states = [n["attrs"]["state"] for n in nodes(made) if n["type"] == "taskItem"]  # type: ignore[index]  # a task has attributes
    assert states == ["TODO", "DONE"]


def test_our_text_looks_like_a_page_in_jira_data_center() -> None:
    assert wiki.wiki(TEXT).split("\n\n") == [
        "h2. 整改措施",
        "* \\[ \\] 完善 *监督*\n* \\[x\\] 见 [通知|https://example.org/1]",
        "{code:python}\na = 1",
        "b = 2\n{code}",
        "一行\n二行 {{code}}",
        "* a\n* b",
        "1. x\n2. y",
    ]


def test_nothing_in_our_text_pings_anybody_in_wiki_markup() -> None:
    made = wiki.wiki("see [~zhangsan] and {user-profile} !pic.png! PROJ-1")
    assert "[~" not in made.replace("\\[", "")
    assert made == r"see \[\~zhangsan\] and \{user-profile\} \!pic.png\! PROJ-1"


def test_a_box_ticked_in_jira_comes_back_as_ticked() -> None:
    made = adf.document("- [ ] a\n- [ ] b")
    made["content"][0]["content"][1]["attrs"]["state"] = "DONE"  # type: ignore[index]  # as the interface does
    assert adf.markdown(made) == "- [ ] a\n- [x] b"
    assert wiki.markdown("* [x] a\r\n* [ ] b") == "- [x] a\n- [ ] b"


def test_what_people_write_in_jira_cloud_is_read() -> None:
    def text(words: str, *marks: dict[str, object]) -> dict[str, object]:
        return {"type": "text", "text": words, "marks": list(marks)}

    def block(
        kind: str, *content: dict[str, object], **attrs: object
    ) -> dict[str, object]:
        return {"type": kind, "attrs": attrs, "content": list(content)}

    para = [block("paragraph", text(words)) for words in ("one", "two")]
    made = block(
        "doc",
        block(
            "paragraph",
            text("bold", {"type": "em"}, {"type": "strong"}),
            block("mention", id="1", text="@张三"),
            block("emoji", shortName=":ok:"),
            block("date", timestamp="1700000000000"),
            block("inlineCard", url="https://example.org"),
            text("https://x.org", {"type": "link", "attrs": {"href": "https://x.org"}}),
        ),
        block("panel", *para),
        block("blockquote", *para),
        block(
            "bulletList",
            block("listItem", para[0], block("bulletList", block("listItem", para[1]))),
        ),
        block(
            "table",
            block(
                "tableRow", block("tableHeader", para[0]), block("tableCell", para[1])
            ),
        ),
        block("rule"),
        block("unheardOf", para[0]),
        block("mediaSingle", block("media", alt="pic.png")),
    )
    assert adf.markdown(made) == (
        "***bold***@张三:ok:2023-11-14https://example.orghttps://x.org\n\n"
        "one\n\ntwo\n\n> one\n> \n> two\n\n- one\n  - two\n\n| one | two |\n\n---\n\n"
        "one\n\npic.png"
    )


@pytest.mark.parametrize(
    "value",
    [None, "", [], {}, {"type": "doc"}, {"type": "doc", "content": "x"},
     {"type": "doc", "content": [None, 1, {"type": 1}, {"type": "text"}, {"content": 1}]},
     {"type": "doc", "content": [{"type": "heading", "attrs": {"level": 99}}]},
     {"type": "doc", "content": [{"type": "date", "attrs": {"timestamp": "9" * 30}}]}],
    ids=str,
)  # fmt: skip
def test_what_is_no_document_is_read_as_little(value: object) -> None:
    assert adf.markdown(value).strip() in {"", "#"}


def test_a_bottomless_document_ends() -> None:
    made: dict[str, object] = {"type": "paragraph", "content": []}
    for _ in range(500):
        made = {"type": "panel", "content": [made]}
    assert adf.markdown({"type": "doc", "content": [made]}) == ""


def test_what_people_write_in_wiki_markup_is_read() -> None:
    assert wiki.markdown(
        "h3. T\r\n* a\r\n** b\r\n# n\r\n*bold* text_with_\r\n{code:java}\r\nx*y\r\n{code}"
    ) == ("### T\n- a\n  - b\n1. n\n**bold** text_with_\n```java\nx*y\n```")
