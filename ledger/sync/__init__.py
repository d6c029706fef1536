"""Sync: items and a tracker's issues are kept alike, both ways.

``marker``, ``harmless``, ``rendering``, ``merge``, ``steady`` and ``plan`` are pure:
they look at values and return values. ``pull``, ``settle``, ``apply`` and ``run``
talk to the tracker and to the store.
"""

from __future__ import annotations
