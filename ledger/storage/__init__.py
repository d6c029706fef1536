"""Where a ledger is kept: one database file, and a folder of evidence beside it.

Only this package holds SQL. The tables of the journal are the truth; the tables
of items, units, people and rules are what the journal makes of them; the tables
of sync remember what the trackers were told.
"""

from __future__ import annotations

from ledger.storage.sqlite import FILE_NAME, Store

__all__ = ["FILE_NAME", "Store"]
