"""Figures and items become what a person reads."""

from __future__ import annotations
