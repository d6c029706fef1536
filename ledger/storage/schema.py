"""The tables, as portable SQL; what only SQLite needs stands in ``sqlite.py``."""

from __future__ import annotations

VERSION = 1
"""The schema this program writes and understands."""

TABLES = """
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    item TEXT,
    actor TEXT NOT NULL,
    body TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX journal_item ON journal (item, seq);
CREATE INDEX journal_kind ON journal (kind, at);

CREATE TABLE items (
    id TEXT PRIMARY KEY,
    ref TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    year INTEGER NOT NULL,
    number INTEGER NOT NULL,
    title TEXT NOT NULL,
    unit TEXT,
    rectification TEXT,
    due TEXT,
    original_due TEXT,
    rectified_on TEXT,
    bound TEXT,
    milestone TEXT,
    waits TEXT,
    registered_on TEXT NOT NULL,
    moved TEXT NOT NULL,
    source TEXT UNIQUE,
    seq INTEGER NOT NULL,
    doc TEXT NOT NULL
);
CREATE INDEX items_order ON items (year, number);
CREATE INDEX items_number ON items (number, year);
CREATE INDEX items_seq ON items (seq);
-- One pass over this index, in its order, gives every figure of status.
CREATE INDEX items_figures ON items (
    kind, state, unit, rectification, bound, due, original_due, rectified_on,
    milestone, moved
);
-- What needs attention is found by its day, not by looking at every item.
CREATE INDEX items_bound ON items (bound, year, number) WHERE bound IS NOT NULL;
CREATE INDEX items_milestone ON items (milestone, year, number, bound)
    WHERE milestone IS NOT NULL;
CREATE INDEX items_waits ON items (waits, year, number) WHERE waits IS NOT NULL;
CREATE INDEX items_unassigned ON items (kind, year, number)
    WHERE state = 'registered';

CREATE TABLE parts (
    item TEXT NOT NULL,
    unit TEXT NOT NULL,
    capacity TEXT NOT NULL,
    PRIMARY KEY (item, unit, capacity)
);
CREATE INDEX parts_unit ON parts (unit, item);

CREATE TABLE ties (
    item TEXT NOT NULL,
    relation TEXT NOT NULL,
    other TEXT NOT NULL,
    PRIMARY KEY (item, relation, other)
);
CREATE INDEX ties_other ON ties (other, relation);

CREATE TABLE units (id TEXT PRIMARY KEY, place INTEGER NOT NULL, doc TEXT NOT NULL);
CREATE TABLE people (id TEXT PRIMARY KEY, place INTEGER NOT NULL, doc TEXT NOT NULL);
CREATE TABLE rules (key TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE trackers (
    name TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    project TEXT NOT NULL,
    options TEXT NOT NULL,
    logins TEXT NOT NULL DEFAULT '[]',
    memory TEXT NOT NULL DEFAULT '{}',
    issues_since TEXT,
    comments_since TEXT,
    read_whole INTEGER NOT NULL DEFAULT 0,
    pushed INTEGER NOT NULL DEFAULT 0,
    stopped TEXT,
    held_by TEXT,
    held_until TEXT
);
CREATE TABLE links (
    tracker TEXT NOT NULL,
    item TEXT NOT NULL,
    state TEXT NOT NULL,
    remote TEXT,
    key TEXT,
    url TEXT,
    seq INTEGER NOT NULL DEFAULT 0,
    todo TEXT NOT NULL DEFAULT '',
    digest TEXT NOT NULL DEFAULT '',
    version INTEGER,
    base TEXT NOT NULL DEFAULT '{}',
    PRIMARY KEY (tracker, item),
    UNIQUE (tracker, remote)
);
CREATE INDEX links_key ON links (tracker, key);
CREATE INDEX links_todo ON links (tracker, todo);
CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    tracker TEXT NOT NULL,
    item TEXT NOT NULL,
    act TEXT NOT NULL,
    mark TEXT NOT NULL,
    state TEXT NOT NULL,
    at TEXT NOT NULL,
    since TEXT,
    said TEXT NOT NULL DEFAULT '',
    UNIQUE (tracker, item, act, mark)
);
CREATE INDEX outbox_state ON outbox (tracker, state);
CREATE TABLE remarks (
    tracker TEXT NOT NULL,
    remote TEXT NOT NULL,
    item TEXT NOT NULL,
    mark TEXT,
    digest TEXT NOT NULL DEFAULT '',
    author TEXT,
    at TEXT,
    said TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (tracker, remote)
);
CREATE INDEX remarks_item ON remarks (tracker, item);
CREATE TABLE conflicts (
    id TEXT PRIMARY KEY,
    tracker TEXT NOT NULL,
    item TEXT NOT NULL,
    field TEXT NOT NULL,
    round TEXT NOT NULL,
    ours TEXT NOT NULL,
    theirs TEXT NOT NULL,
    outcome TEXT NOT NULL,
    at TEXT NOT NULL,
    settled TEXT
);
CREATE INDEX conflicts_item ON conflicts (tracker, item, field);
CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    tracker TEXT NOT NULL,
    started TEXT NOT NULL,
    finished TEXT NOT NULL,
    report TEXT NOT NULL
);
CREATE INDEX runs_tracker ON runs (tracker, started);
"""

TRIGGERS = {
    "journal_no_update": """CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END""",
    "journal_no_delete": """CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is never cut'); END""",
}
"""Triggers by name. They stop accidents, not the owner of the file: the chain
tells what was done behind them."""
