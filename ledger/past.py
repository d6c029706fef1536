"""The ledger as it stood on a past day: what was recorded by the end of that day.

The journal is folded up to the last moment of the day into a store in memory, and
every question is then asked of that store as it would have been asked then. What
was recorded later does not show, also where it speaks of an earlier day; effective
dates never rewrite the past. Units, people and rules are those of that day too.
Not of the journal, and so not known of the past, is what trackers were told.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from ledger.book import Ledger
from ledger.clock import Clock, moment, stamp
from ledger.directory import Directory
from ledger.errors import N_, Damaged, UsageProblem
from ledger.item import Item
from ledger.journal import Event, event_of
from ledger.projection import (
    directory_after,
    item_after,
    touches_directory,
    touches_item,
)
from ledger.storage.journal import Row
from ledger.storage.memory import in_memory
from ledger.storage.sqlite import damage_named


def as_of(ledger: Ledger, day: date) -> Ledger:
    """``ledger`` as it stood at the end of ``day`` in its zone; read only.

    Its clock stands at that moment; for the present day, at the present moment.

    Raises:
        UsageProblem: the day is still to come, or the ledger was begun later.
        Damaged: the journal cannot be folded.
    """
    today = ledger.today()
    if day > today:
        raise UsageProblem(
            N_("{day} is still to come."),
            N_("Only what was recorded can be shown."),
            N_("Give a day up to {today}."),
            day=day,
            today=today,
        )
    with damage_named(ledger.store.path), ledger.store.reading():
        last = _last_moment(ledger, day)
        rows: list[Row] = []
        items: dict[str, Item] = {}
        directory = Directory()
        for row in ledger.store.journal.rows(before=stamp(last)):
            event = _event(ledger, row)
            rows.append(row)
            try:
                if touches_directory(event.kind):
                    directory = directory_after(directory, event)
                if event.item is not None and touches_item(event.kind):
                    items[event.item] = item_after(items.get(event.item), event)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise _damaged(ledger, row) from error
    if not rows:
        raise UsageProblem(
            N_("There was no ledger on {day}."),
            N_("Its first entry was recorded on {begun}."),
            N_("Give a day from {begun} on."),
            day=day,
            begun=_begun(ledger),
        )
    now = ledger.clock.now()
    then = Clock(min(now, last - timedelta(microseconds=1)))
    store = in_memory(
        ledger.store.path, rows=rows, items=items.values(), directory=directory
    )
    return Ledger(store, then)


def _last_moment(ledger: Ledger, day: date) -> datetime:
    """The moment at which ``day`` ends in the zone that was in force just then."""
    directory, end = Directory(), None
    for row in ledger.store.journal.rows(kinds=("init", "rules.set")):
        if end is not None and moment(row.at) >= end:
            break
        directory = directory_after(directory, _event(ledger, row))
        end = _end(day, directory.rules.zone)
    return end or _end(day, directory.rules.zone)


def _end(day: date, zone: tzinfo) -> datetime:
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
    return midnight.astimezone(UTC)


def _begun(ledger: Ledger) -> date:
    first = next(ledger.store.journal.rows())
    return moment(first.at).astimezone(ledger.directory.rules.zone).date()


def _event(ledger: Ledger, row: Row) -> Event:
    try:
        return event_of(row.body)
    except ValueError as error:
        raise _damaged(ledger, row) from error


def _damaged(ledger: Ledger, row: Row) -> Damaged:
    return Damaged(
        N_("{path} is damaged."),
        N_("Entry {seq} of its journal cannot be read."),
        N_("See what else does not hold: ledger audit"),
        path=ledger.store.path,
        seq=row.seq,
    )
