"""OFD: the text of its pages, of templates and units, in the order it is read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from checklists import derive
from checklists.document import Document, DocumentError
from checklists.readers import ofd, package, read_document

SAMPLE = Path(__file__).parents[2] / "checklists/samples/siping-2023.txt"
NAMESPACE = "http://www.ofdspec.org/2016"
LEFT, TOP, SIZE, PITCH, IN_A_LINE = 28.0, 37.0, 5.6, 9.8, 27  # millimetres
LINES_ON_A_PAGE = 22


def written(text: str, x: float, y: float, size: float = SIZE, more: str = "") -> str:
    """A text object whose first sign stands at ``x``, ``y``; as most programs do it."""
    steps = f'DeltaX="g {len(text) - 1} {size}"' if len(text) > 1 else ""
    return (
        f'<ofd:TextObject ID="9" Boundary="{x} {y - size} 160 {size + 1}" Font="3"'
        f' Size="{size}" {more}><ofd:TextCode X="0" Y="{size}" {steps}>{escape(text)}'
        "</ofd:TextCode></ofd:TextObject>"
    )


def page(*objects: str, under: Sequence[int] = (), size: str = "") -> str:
    area = f"<ofd:Area><ofd:PhysicalBox>{size}</ofd:PhysicalBox></ofd:Area>"
    templates = "".join(f'<ofd:Template TemplateID="{each}"/>' for each in under)
    return (
        f'<ofd:Page xmlns:ofd="{NAMESPACE}">{area if size else ""}{templates}'
        f'<ofd:Content><ofd:Layer ID="2">{"".join(objects)}</ofd:Layer></ofd:Content>'
        "</ofd:Page>"
    )


def ofd_file(
    *pages: str,
    templates: Sequence[str] = (),
    units: str = "",
    further: dict[str, str] | None = None,
    root: str = "Doc_0/Document.xml",
    place: str = "Pages/Page_{}/Content.xml",
) -> bytes:
    """An OFD of these pages; ``further`` parts are added, or stand for others."""
    listed = "".join(
        f'<ofd:Page ID="{number + 100}" BaseLoc="{place.format(number)}"/>'
        for number in range(len(pages))
    )
    known = "".join(
        f'<ofd:TemplatePage ID="{number}" BaseLoc="Tpls/{number}.xml"/>'
        for number in range(len(templates))
    )
    parts = {
        "OFD.xml": f'<ofd:OFD xmlns:ofd="{NAMESPACE}" DocType="OFD" Version="1.0">'
        f"<ofd:DocBody><ofd:DocRoot>{root}</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f'<ofd:Document xmlns:ofd="{NAMESPACE}"><ofd:CommonData>'
        "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
        f"<ofd:PublicRes>PublicRes.xml</ofd:PublicRes>{known}</ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
        "Doc_0/PublicRes.xml": f'<ofd:Res xmlns:ofd="{NAMESPACE}">'
        f"<ofd:CompositeGraphicUnits>{units}</ofd:CompositeGraphicUnits></ofd:Res>",
        **{f"Doc_0/Pages/Page_{n}/Content.xml": text for n, text in enumerate(pages)},
        **{f"Doc_0/Tpls/{n}.xml": text for n, text in enumerate(templates)},
        **(further or {}),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return stream.getvalue()


def report(paragraphs: Sequence[str], *, under: Sequence[int] = ()) -> list[str]:
    """The pages of a report, its paragraphs indented and broken into full lines."""
    lines: list[tuple[int, str]] = []
    for paragraph in paragraphs:
        first, rest = paragraph[: IN_A_LINE - 2], paragraph[IN_A_LINE - 2 :]
        lines.append((2, first))
        lines += [
            (0, rest[at : at + IN_A_LINE]) for at in range(0, len(rest), IN_A_LINE)
        ]
    return [
        page(
            *(
                written(text, LEFT + SIZE * indent, TOP + PITCH * row)
                for row, (indent, text) in enumerate(lines[at : at + LINES_ON_A_PAGE])
            ),
            written(f"— {at // LINES_ON_A_PAGE + 1} —", 90, 280),
            under=under,
        )
        for at in range(0, len(lines), LINES_ON_A_PAGE)
    ]


def read(data: bytes) -> Document:
    return read_document("报告.ofd", content=data)


def failure(data: bytes) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read(data)
    assert all(caught.value.parts())
    return caught.value


def sample() -> list[str]:
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    return ["".join(line.split()) for line in lines if line.strip()]


def test_the_sample_comes_back_whole_with_its_pages() -> None:
    head = page(written("四平市人民政府文件", 80, 15))
    document = read(ofd_file(*report(sample(), under=[0]), templates=[head]))
    assert document.form == "ofd"
    assert document.text.splitlines() == sample()
    places = [place for _, place in document.marks]
    assert places == [f"page {number + 1}" for number in range(len(places))]
    assert len(places) > 2
    found = derive(document)
    assert len(found.problems) == len(found.plans) == 4


def test_lines_are_read_from_above_to_below_in_whatever_order_they_were_written() -> (
    None
):
    title = page(written("关于整改的报告", 60, 20, 8))
    body = page(
        written("二、下一步打算", LEFT, 80),
        written("在的问题", LEFT + 3 * SIZE, 60),
        written("一、存", LEFT, 60),
        under=[0],
    )
    text = read(ofd_file(body, templates=[title])).text
    assert text == "关于整改的报告\n一、存在的问题\n二、下一步打算\n"


def text_code(text: str, attributes: str, more: str = "") -> str:
    return (
        f'<ofd:TextObject Boundary="20 30 100 10" Size="5" {more}>'
        f"<ofd:TextCode {attributes}>{text}</ofd:TextCode></ofd:TextObject>"
    )


@pytest.mark.parametrize(
    ("attributes", "more", "expected"),
    [
        ('X="0" Y="5" DeltaX="5 5 5"', "", "整改落实"),
        ('X="0" Y="5" DeltaX="g 3 5"', "", "整改落实"),
        ('X="0" Y="5" DeltaX="g 999999999999 5"', "", "整改落实"),
        ('X="0" Y="5" DeltaX="5 -5 5" DeltaY="0 9 0"', "", "整改\n落实"),
        ('X="0" Y="5"', "", "整改落实"),
        ('X="15" Y="5" DeltaX="-5 -5 -5"', "", "实落改整"),
        ('X="0" Y="-5" DeltaX="g 3 5"', 'CTM="1 0 0 -1 0 10"', "整改落实"),
        ('X="0" Y="50" DeltaX="g 3 5"', 'CTM=".1 0 0 1e-1 0 0"', "整改落实"),
        ('X="0" Y="5" DeltaX="5.0000000000000000000001 5 g"', "", "整改落实"),
    ],
)
def test_signs_stand_where_the_steps_and_the_matrix_put_them(
    attributes: str, more: str, expected: str
) -> None:
    data = ofd_file(page(text_code("整改落实", attributes, more)))
    assert read(data).text.strip() == expected


def test_signs_of_no_stated_size_are_as_high_as_their_object() -> None:
    words = written("存在的问题", LEFT, 50).replace(" Size=", " size=")
    assert read(ofd_file(page(words))).text == "存在的问题\n"


def test_signs_that_are_askew_hidden_or_printed_twice_are_no_text_of_their_own() -> (
    None
):
    data = ofd_file(
        page(
            written("一、问题", LEFT, 50),
            written("一、问题", LEFT + 0.2, 50),
            written("内部资料", LEFT, 90, more='CTM="0.7 0.7 -0.7 0.7 0 0"'),
            written("草稿", LEFT, 120, more='Visible="false"'),
        )
    )
    assert read(data).text == "一、问题\n"


def test_words_are_parted_where_gaps_or_spaces_part_them() -> None:
    data = ofd_file(
        page(
            text_code("the ledger", 'X="0" Y="5"'),
            text_code("is", 'X="30" Y="5"'),
            text_code("open", 'X="36" Y="5"'),
            text_code("甲", 'X="0" Y="25"'),
            text_code("乙", 'X="7" Y="25"'),
            text_code("丙", 'X="70" Y="25"'),
        )
    )
    assert read(data).text == "the ledger is open\n甲乙 丙\n"


def test_blocks_and_composite_units_are_read_where_they_are_used() -> None:
    unit = (
        '<ofd:CompositeGraphicUnit ID="7"><ofd:Content>'
        f"{written('在的问题', 100, 100)}</ofd:Content></ofd:CompositeGraphicUnit>"
    )
    data = ofd_file(
        page(
            f"<ofd:PageBlock><ofd:PageBlock>{written('一、存', LEFT, 60)}"
            "</ofd:PageBlock></ofd:PageBlock>",
            f'<ofd:CompositeObject ResourceID="7" Boundary="{LEFT + 3 * SIZE - 100} -40'
            ' 200 200"/>',
            '<ofd:CompositeObject ResourceID="8" Boundary="0 0 9 9"/>',
        ),
        units=unit,
    )
    assert read(data).text == "一、存在的问题\n"


@pytest.mark.parametrize(
    ("root", "place"),
    [
        ("/Doc_0/Document.xml", "/Doc_0/Pages/Page_{}/Content.xml"),
        ("doc_0\\document.xml", "pages/PAGE_{}/content.xml"),
        ("./Doc_0/Document.xml", "Doc_0/Pages/Page_{}/Content.xml"),
        ("Doc_0/Document.xml", "../Doc_0/Pages/Page_{}/Content.xml"),
    ],
)
def test_parts_are_found_however_their_place_is_written(root: str, place: str) -> None:
    data = ofd_file(page(written("一、问题", LEFT, 50)), root=root, place=place)
    assert read(data).text == "一、问题\n"


def test_pictures_and_letters_of_no_known_meaning_are_named() -> None:
    image = '<ofd:ImageObject Boundary="0 0 210 297" ResourceID="1"/>'
    private = "".join(chr(0xE100 + number) for number in range(20))
    document = read(
        ofd_file(
            page(written("一、存在的问题", LEFT, 50)),
            page(image, written("2", 100, 280)),
            page(written(private, LEFT, 50)),
        )
    )
    pictures, garbled = document.notes
    assert (pictures.pages, garbled.pages) == ((2,), (3,))
    assert document.text == "一、存在的问题\n"
    assert "holds no text" in failure(ofd_file(page(image))).what


def test_a_page_has_its_own_size() -> None:
    # The number at the foot of a page that is half as high as the others.
    data = ofd_file(
        page(
            written("一、问题", LEFT, 50), written("— 1 —", 90, 140), size="0 0 210 148"
        )
    )
    assert read(data).text == "一、问题\n"


def test_what_is_missing_protected_or_endless_is_an_error() -> None:
    good = page(written("一、问题", LEFT, 50))
    assert "is damaged" in failure(ofd_file(good, root="Doc_1/Document.xml")).what
    assert "is damaged" in failure(ofd_file(good, place="Pages/{}.xml")).what
    assert "is damaged" in failure(ofd_file()).what
    assert "is damaged" in failure(ofd_file("<ofd:Page")).what
    locked = ofd_file(good, further={"Encryptions.xml": "<Encryptions/>"})
    assert "password" in failure(locked).what
    entity = '<!DOCTYPE p [<!ENTITY e "x">]>' + good
    assert "is built in a way" in failure(ofd_file(entity)).what


def test_limits_hold_for_all_pages_together(monkeypatch: pytest.MonkeyPatch) -> None:
    page_of_text = page(written("一、存在的问题", LEFT, 50), under=[0, 0])
    data = ofd_file(*[page_of_text] * 4, templates=[page(written("存在", LEFT, 90))])
    assert read(data).text
    for limit, amount in (
        ("MAX_PAGES", 3),
        ("MAX_OBJECTS", 7),
        ("MAX_SIGNS", 4 * 9 - 1),
        ("MAX_PAGE_SIGNS", 6),
        ("MAX_PART_BYTES", 1_500),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(ofd, limit, amount)
            assert "is too long" in failure(data).what


def test_templates_that_are_not_held_are_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = ofd_file(
        *[page(under=[0, 1])] * 3,
        templates=[page(written("问题", LEFT, 90)), page(written("措施", LEFT, 120))],
    )
    monkeypatch.setattr(ofd, "_KEPT_SIGNS", 3)
    assert read(data).text == "问题\n措施\n" * 3


def test_units_that_hold_themselves_end() -> None:
    again = '<ofd:CompositeObject ResourceID="7" Boundary="0 0 9 9"/>' * 3
    unit = (
        f'<ofd:CompositeGraphicUnit ID="7"><ofd:Content>{again}{written("问", 20, 40)}'
        "</ofd:Content></ofd:CompositeGraphicUnit>"
    )
    assert read(ofd_file(page(again), units=unit)).text == "问\n"


def test_a_bomb_is_told_by_its_directory() -> None:
    data = ofd_file(page(" " * (package.RATIO_FROM + 1)))
    assert "archive bombs" in failure(data).why
