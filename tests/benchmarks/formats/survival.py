"""How much of the reports' text survives each format.

Turns the documents of ``../shared/reports`` into HTML, docx, doc, rtf, odt and PDF
with LibreOffice, reads each back, and prints a table: texts that are the same
without white space, characters lost and invented, and how many of the paragraphs
came through as one line each::

    python -m tests.benchmarks.formats.survival [--only 03] [--format pdf] [FOLDER]

Exit code 1 when a format loses or invents more than one character in a thousand.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from checklists.document import DocumentError
from checklists.readers import read_document
from checklists.readers.office import office_program

REPORTS = Path(__file__).parents[3].parent / "shared" / "reports"
FORMATS = {
    "html": "html:HTML (StarWriter):EmbedImages",
    "docx": "docx:MS Word 2007 XML",
    "doc": "doc:MS Word 97",
    "rtf": "rtf:Rich Text Format",
    "odt": "odt:writer8",
    "pdf": "pdf:writer_pdf_Export",
}
_ALLOWED = 0.001


@dataclass(slots=True)
class Tally:
    """What became of the documents in one format."""

    documents: int = 0
    same: int = 0
    characters: int = 0
    lost: int = 0
    invented: int = 0
    paragraphs: int = 0
    whole: int = 0
    seconds: float = 0.0
    failed: int = 0


def squeezed(text: str) -> str:
    """``text`` without white space."""
    return "".join(text.split())


def paragraphs(text: str) -> Counter[str]:
    """The lines of ``text`` that hold something, without white space."""
    return Counter(line for line in map(squeezed, text.splitlines()) if line)


def convert(sources: Iterable[Path], form: str, folder: Path) -> None:
    """Have LibreOffice write ``sources`` (UTF-8 text) as ``form`` into ``folder``."""
    program = office_program()
    if program is None:
        sys.exit("LibreOffice is not installed; this benchmark converts with it.")
    profile = (folder.parent / "profile").as_uri()
    command = [
        program,
        f"-env:UserInstallation={profile}",
        "--headless",
        "--infilter=Text (encoded):UTF8,LF,,,",
        "--convert-to",
        FORMATS[form],
        "--outdir",
        str(folder),
        *map(str, sources),
    ]
    quiet = subprocess.DEVNULL
    subprocess.run(command, check=True, stdout=quiet, stderr=quiet, timeout=1800)


def measure(source: Path, made: Path, tally: Tally) -> str:
    """Add one document to ``tally``; what to say of it, if anything."""
    original = source.read_bytes().decode()
    tally.documents += 1
    tally.characters += len(squeezed(original))
    tally.paragraphs += paragraphs(original).total()
    start = time.perf_counter()
    try:
        document = read_document(made)
    except DocumentError as error:
        tally.failed += 1
        return str(error)
    finally:
        tally.seconds += time.perf_counter() - start
    before, after = Counter(squeezed(original)), Counter(squeezed(document.text))
    lost, invented = (before - after).total(), (after - before).total()
    whole = (paragraphs(original) & paragraphs(document.text)).total()
    tally.lost += lost
    tally.invented += invented
    tally.whole += whole
    tally.same += squeezed(original) == squeezed(document.text)
    broken = paragraphs(original).total() - whole
    if lost or invented or broken:
        return f"{lost} lost, {invented} invented, {broken} paragraphs not whole"
    return ""


def main() -> int:
    """Convert, read, print; 1 when something got lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=REPORTS)
    parser.add_argument("--only", default="", help="documents whose name begins so")
    parser.add_argument("--format", action="append", choices=FORMATS, default=[])
    options = parser.parse_args()
    sources = sorted(options.folder.glob(f"{options.only}*.txt"))
    if not sources:
        sys.exit(f"There are no documents in {options.folder}.")
    tallies: dict[str, Tally] = {}
    with tempfile.TemporaryDirectory() as place:
        for form in options.format or FORMATS:
            folder = Path(place) / form
            folder.mkdir()
            convert(sources, form, folder)
            tally = tallies[form] = Tally()
            for source in sources:
                remark = measure(source, folder / f"{source.stem}.{form}", tally)
                if remark:
                    print(f"{form:5} {source.stem[:40]:40} {remark}")
            shutil.rmtree(folder)
    print("\nformat  same       lost  invented  paragraphs whole    s each  failed")
    for form, tally in tallies.items():
        print(
            f"{form:6} {tally.same:3}/{tally.documents:<3} "
            f"{tally.lost / tally.characters:8.4%} "
            f"{tally.invented / tally.characters:8.4%} "
            f"{tally.whole:7}/{tally.paragraphs:<6} {tally.whole / tally.paragraphs:6.1%} "
            f"{tally.seconds / tally.documents:7.2f} {tally.failed:6}"
        )
    worst = max(max(t.lost, t.invented) / t.characters for t in tallies.values())
    return int(worst > _ALLOWED or any(t.failed for t in tallies.values()))


if __name__ == "__main__":
    sys.exit(main())
