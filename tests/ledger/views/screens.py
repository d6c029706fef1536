"""The screens that are kept as files under ``golden``, to be read and compared.

``python -m tests.ledger.views.screens`` writes them anew; look at the difference
before committing it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from checklists import Document, derive
from ledger import i18n
from ledger.assignment import Resolved, Wish
from ledger.audit import Declared, Fault, Report
from ledger.errors import N_, Message, Refused
from ledger.figures import Names, beside, status, weekly
from ledger.guards import Case
from ledger.journal import event_of
from ledger.lifecycle import decide
from ledger.storage.journal import Head
from ledger.storage.sqlite import Store
from ledger.views import assignments as assignments_view
from ledger.views import audit as audit_view
from ledger.views import checklist as checklist_view
from ledger.views import failure as failure_view
from ledger.views import items as items_view
from ledger.views import log as log_view
from ledger.views import people as people_view
from ledger.views import show as show_view
from ledger.views import status as status_view
from ledger.views import weekly as weekly_view
from tests.benchmarks.filled import TODAY, filled
from tests.ledger.siping import NOW, siping
from tests.ledger.written import Written

GOLDEN = Path(__file__).with_name("golden")
SAMPLE = Path(__file__).parents[3] / "checklists" / "samples" / "siping-2023.txt"
WIDTHS = (60, 80, 120)
LANGUAGES = ("en", "zh")

Screen = Callable[[int], list[str]]


@contextmanager
def screens(folder: Path) -> Iterator[dict[str, Screen]]:
    """Every screen by name; each makes its lines for a width."""
    book = siping(folder / "siping")
    bare = Written(folder / "bare", TODAY, {"closing": "two-person"})
    busy = Store.open(filled(folder / "busy", 500) / "ledger.db")
    try:
        yield {
            **_figures(book.store, "siping"),
            "status-bare": _status(bare.store),
            "status-busy": _status(busy),
            **_items(book),
            **_registers(book),
            "checklist": lambda width: checklist_view.screen(
                derive(Document(SAMPLE.name, SAMPLE.read_text("utf-8"), "5f" * 32)),
                width=width,
                colour=False,
            ),
        }
    finally:
        for store in (book.store, bare.store, busy):
            store.close()


def _status(store: Store, *, colour: bool = False) -> Screen:
    figures = status(store, Names.of(store), now=NOW)
    return lambda width: status_view.screen(figures, width=width, colour=colour)


def _figures(store: Store, name: str) -> dict[str, Screen]:
    brief = weekly(store, Names.of(store), now=NOW)
    coloured = _status(store, colour=True)
    return {
        f"status-{name}": _status(store),
        f"status-{name}-colour": lambda width: [
            line.replace("\x1b", "␛") for line in coloured(width)
        ],
        f"weekly-{name}": lambda width: weekly_view.screen(
            brief, width=width, colour=False
        ),
    }


def _items(book: Written) -> dict[str, Screen]:
    items = sorted(book.items.values(), key=lambda item: item.number)

    def shown(item: str) -> Screen:
        return lambda width: show_view.show_screen(
            book.items[item],
            book.directory,
            today=TODAY,
            width=width,
            colour=False,
            beside=beside(book.store, item),
        )

    return {
        "list": lambda width: items_view.list_screen(
            items, book.directory, today=TODAY, width=width, colour=False
        ),
        "show-closed": shown("F1"),
        "show-waiting": shown("F3"),
        "show-overdue": shown("F4"),
        "evidence": lambda width: show_view.evidence_screen(
            book.items["F1"], book.directory, width=width, colour=False
        ),
    }


def _registers(book: Written) -> dict[str, Screen]:
    events = [(event_of(row.body), row.hash) for row in book.store.journal.rows()]
    refs = {item.id: item.ref for item in book.items.values()}
    report = Report(
        head=Head(33, "ab" * 32, "2024-06-07T01:00:00.000000Z"),
        events=33,
        items=8,
        evidence=2,
        closed=1,
        faults=(
            Fault(
                Message(N_("entry {seq}"), seq=17),
                Message(N_("Its hash does not follow from the entry before.")),
            ),
        ),
        declared=(Declared("R-2023-001", 3, "root"),),
    )
    plan = [
        Resolved(
            Wish(item.ref),
            item,
            {
                "responsible": ["u2", "u3"],
                "lead": "u2",
                "due": "2024-12-31",
                "due_provisional": number == 1,
                "rectification": "phased",
                "owner": "p4",
                "measures": [{"text": "开展专题培训"}],
                "criteria": ["培训覆盖率达到100%"],
            },
        )
        for number, item in enumerate(book.items.values())
    ]
    return {
        "log": lambda width: list(
            log_view.screen(events, book.directory, refs, width=width, colour=False)
        ),
        "audit": lambda width: audit_view.screen(report, width=width, colour=False),
        "refusal": _refusal(book),
        "units": lambda width: people_view.units_screen(
            book.directory, width=width, colour=False
        ),
        "people": lambda width: people_view.people_screen(
            book.directory, width=width, colour=False
        ),
        "rules": lambda width: people_view.rules_screen(
            book.directory.rules, width=width, colour=False
        ),
        "assignments": lambda width: assignments_view.screen(
            plan, book.directory, width=width, colour=False
        ),
    }


def _refusal(book: Written) -> Screen:
    """What is said when the requester tries to verify an item."""
    case = Case(
        book.items["F3"], book.directory.people["p4"], book.directory, {}, TODAY
    )
    try:
        decide("verify.pass", case)
    except Refused as refused:
        error = refused
    return lambda width: failure_view.screen(
        *error.parts(i18n._), width=width, colour=False
    )


def file_of(name: str, language: str) -> Path:
    """Where the screen called ``name`` is kept in ``language``."""
    return GOLDEN / f"{name}.{language}.txt"


def kept(screen: Screen) -> str:
    """The screen at every width, one below the other, under a ruler."""
    parts = []
    for width in WIDTHS:
        parts += [f"{'-' * (width - 4)} {width:>3}", *screen(width), ""]
    return "\n".join(parts)


def main() -> None:
    """Write every screen anew."""
    GOLDEN.mkdir(exist_ok=True)
    for language in LANGUAGES:
        i18n.activate(language)
        with tempfile.TemporaryDirectory() as folder, screens(Path(folder)) as found:
            for name, screen in found.items():
                file_of(name, language).write_text(kept(screen), encoding="utf-8")


if __name__ == "__main__":
    main()
