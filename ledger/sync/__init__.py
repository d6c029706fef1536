"""Sync: items and a tracker's issues are kept alike, both ways.

What a command calls:

==========================================  =========================================
:func:`ledger.sync.trackers.add`            register a tracker; ``listed``, ``test``,
                                            ``set_url`` beside it
:func:`ledger.sync.preview.preview`         the plan, and nothing written
:func:`ledger.sync.run.sync`                one run; ``sweep`` reads everything
:func:`ledger.sync.status.status`           how trackers stand; ``unsynced``, ``doctor``
:func:`ledger.sync.conflicts.listed`        what waits for a person; ``resolve``
:func:`ledger.sync.linking.adopt`           link an issue by hand; ``relink``,
                                            ``detach``
:func:`ledger.sync.report.exit_code`        how an error of a tracker ends a command
==========================================  =========================================

Pure are ``marker``, ``harmless``, ``options``, ``rendering``, ``link``, ``merge``,
``closing``, ``matter``, ``inbound``, ``outbound``, ``plan`` and ``settle``: they look
at values and return values. ``pull``, ``news``, ``matters`` and ``gather`` read;
``taking`` writes to the ledger, ``telling`` to the tracker, ``records`` to the store,
each step whole; ``apply``, ``pool``, ``lease`` and ``run`` carry it through.
"""

from __future__ import annotations
