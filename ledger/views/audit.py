"""What an audit found."""

from __future__ import annotations

from typing import Any

from ledger.audit import Report
from ledger.i18n import _
from ledger.views.style import Style, Tone
from ledger.views.text import wrap


def screen(report: Report, *, width: int, colour: bool) -> list[str]:
    """What was checked, what does not hold, and what cannot be known."""
    style = Style(colour)
    lines = wrap(
        _(
            "Checked: journal entries {events}, items {items}, evidence files"
            " {evidence}, closings {closed}."
        ).format(
            events=report.events,
            items=report.items,
            evidence=report.evidence,
            closed=report.closed,
        ),
        width,
    )
    if report.faults:
        verdict = _("NOT whole: {n} faults.").format(n=len(report.faults))
        lines.append(style.paint(verdict, Tone.RED))
        for fault in report.faults:
            told = f"{fault.place.text(_)}: {fault.wrong.text(_)}"
            lines += [
                style.paint(line, Tone.RED)
                for line in wrap(told, width, indent="  ✗ ", hanging="    ")
            ]
    else:
        verdict = _(
            "Whole: chain, items, units, people, rules, acts and evidence hold."
        )
        lines += [style.paint(line, Tone.GOOD) for line in wrap(verdict, width)]
    for declared in report.declared:
        told = _(
            "{ref} was closed by {n} declared persons from one OS account ({account})."
        )
        text = told.format(
            ref=declared.ref, n=declared.people, account=declared.account
        )
        lines += [
            style.paint(line, Tone.YELLOW)
            for line in wrap(text, width, indent="⚠ ", hanging="  ")
        ]
    head = _("Head: entry {seq}, SHA-256 {hash}")
    lines += wrap(head.format(seq=report.head.seq, hash=report.head.hash), width)
    return lines


def document(report: Report) -> dict[str, Any]:
    """The report as ``audit/1``; places and faults are told in the user's language."""
    return {
        "schema": "audit/1",
        "whole": not report.faults,
        "head": {
            "seq": report.head.seq,
            "hash": report.head.hash,
            "at": report.head.at,
        },
        "events": report.events,
        "items": report.items,
        "evidence": report.evidence,
        "closed": report.closed,
        "faults": [
            {"place": fault.place.text(_), "wrong": fault.wrong.text(_)}
            for fault in report.faults
        ],
        "declared": [
            {"ref": one.ref, "people": one.people, "account": one.account}
            for one in report.declared
        ],
    }
