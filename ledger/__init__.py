"""The rectification ledger: items on account, and closed on evidence by others."""

from __future__ import annotations

__version__ = "0.1.0"
