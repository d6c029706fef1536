"""What became of files of evidence, one line each."""

from __future__ import annotations

from ledger.errors import N_
from ledger.evidence import Checked
from ledger.i18n import _
from ledger.views.text import clean

_FAULTS = {
    None: N_("as it was added"),
    "missing": N_("MISSING"),
    "changed": N_("CHANGED"),
}
_PROPOSED = {
    "transfer.propose": N_("document of the transfer"),
    "void.propose": N_("document of the voiding"),
}


def line(checked: Checked) -> str:
    """Reference, number, SHA-256, what was found, and the name."""
    file = checked.file
    name = _(_PROPOSED[file.name]) if file.number is None else clean(file.name)
    number = "–" if file.number is None else str(file.number)
    return f"{file.ref}  {number}  {file.digest}  {_(_FAULTS[checked.fault])}  {name}"
