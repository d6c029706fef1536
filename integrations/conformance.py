"""What every tracker must do, as tests: ours pass them, and a plug-in must too.

A plug-in's own test module needs ten lines (the extra ``conformance`` brings
pytest)::

    import pytest
    from integrations.conformance import Lab, TrackerConformance
    from integrations.tracker import Settings
    from mine import MyTracker

    class TestMyTracker(TrackerConformance):
        @pytest.fixture
        def lab(self):
            settings = Settings("mine", "mine", "https://tracker.example", "proj")
            return Lab(lambda memory: MyTracker(settings, lambda: "token", memory))

The project may hold other issues and may be the same for all tests: each looks
only at what it made. With a :class:`Lab` that has a ``person``, who works in the
tracker beside us, the tests of reading back run as well.
"""

# ruff: noqa: S101 (these are tests, though they live with what they test)

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Protocol, TypeVar

import pytest

from integrations.tracker import (
    Attachment,
    Comment,
    Invalid,
    Issue,
    IssueDraft,
    IssuePatch,
    Label,
    Milestone,
    Missing,
    Stale,
    Tracker,
    TrackerError,
)

Entry = TypeVar("Entry", Issue, Comment)

LABELS = (
    Label("ledger", "3355aa", "on the ledger"),
    Label("severity/major", "cc3333", "", exclusive=True),
    Label("severity/ordinary", "33cc33", "", exclusive=True),
)
MILESTONE = Milestone("2023 年度报告", "存在的问题")

HARD_TEXT = """\
<!-- hidden -->
- [ ] 完善行政执法监督  (两个空格在后)
- [x] done	tab

## Comments
\\## Comments
### 王五 · 2026-11-23
---
title: not a field
```
code with \\ and “quotes” & <script>alert(1)</script>
```
emoji 🏛️👩‍⚖️ · عربي · é · 𠮷野家
a | table | of ¥ $ {braces} [link](https://example.org/?a=b&c=%20) &amp; &lt;"""


class Colleague(Protocol):
    """Somebody else with an account, working in the tracker as people do."""

    @property
    def login(self) -> str:
        """The name of the account."""
        ...

    def create(self, title: str, body: str) -> str:
        """Open an issue; its key."""
        ...

    def write_body(self, key: str, body: str) -> None:
        """Replace the body of an issue."""
        ...

    def close(self, key: str) -> None:
        """Close an issue."""
        ...

    def reopen(self, key: str) -> None:
        """Reopen an issue."""
        ...

    def comment(self, key: str, body: str) -> None:
        """Write a comment."""
        ...

    def rewrite_comment(self, key: str, old: str, new: str) -> None:
        """Change a comment whose body is ``old``."""
        ...

    def label(self, key: str, name: str) -> None:
        """Put a label of his own on an issue."""
        ...

    def comment_with_file(self, key: str, body: str, name: str, data: bytes) -> None:
        """Write a comment with a file at it."""
        ...


@dataclass(frozen=True)
class Lab:
    """A project to try a tracker on.

    ``open`` makes a tracker that keeps what it learns in the given memory; called
    twice it gives two trackers of the same project. ``secret`` is what must never
    be shown.
    """

    open: Callable[[MutableMapping[str, object]], Tracker]
    person: Colleague | None = None
    secret: str = ""

    def someone(self) -> Colleague:
        """The colleague; without one the test is skipped."""
        if self.person is None:
            pytest.skip("no second account in this lab")
        return self.person


class TrackerConformance:
    """Subclass this and give it the fixture ``lab``."""

    @pytest.fixture
    def lab(self) -> Lab:
        """The project to try the tracker on: to be replaced."""
        raise NotImplementedError

    @pytest.fixture
    def tracker(self, lab: Lab) -> Tracker:
        """A tracker with what it needs prepared."""
        made = lab.open({})
        made.prepare(LABELS, [MILESTONE])
        return made

    # -- the account ---------------------------------------------------------------

    def test_check_names_the_account_and_finds_nothing_wrong(self, lab: Lab) -> None:
        """A lab is a project that can be worked with."""
        standing = lab.open({}).check()
        assert standing.problems == ()
        assert standing.login
        assert standing.version

    def test_what_is_prepared_is_not_made_again(self, lab: Lab) -> None:
        """Neither with the memory of the first time nor without it."""
        memory: dict[str, object] = {}
        lab.open(memory).prepare(LABELS, [MILESTONE])
        for kept in (memory, {}):
            again = lab.open(kept)
            again.prepare(LABELS, [MILESTONE])
            assert again.meter.writes == 0

    def test_memory_can_be_stored_as_json(self, lab: Lab) -> None:
        """A caller keeps it in a database."""
        memory: dict[str, object] = {}
        made = lab.open(memory)
        made.prepare(LABELS, [MILESTONE])
        made.create(draft(labels=frozenset({"ledger"})))
        assert json.loads(json.dumps(memory)) == memory

    # -- creating --------------------------------------------------------------------

    def test_a_created_issue_shows_what_was_asked(self, tracker: Tracker) -> None:
        """Title, body, labels and due date; and it is open."""
        can = tracker.capabilities
        asked = draft(
            title="基层政务服务能力仍需提高",
            labels=frozenset({"ledger", "severity/major"})
            if can.labels
            else frozenset(),
            due=date(2026, 12, 31),
            milestone=MILESTONE.title if can.milestones else None,
        )
        made = tracker.create(asked)
        assert made.title == asked.title
        assert made.body == asked.body
        assert made.labels == asked.labels
        assert made.due == asked.due
        assert made.milestone == asked.milestone
        assert not made.closed
        assert made.author == tracker.check().login

    def test_a_created_issue_is_read_back_as_it_was_returned(
        self, lab: Lab, tracker: Tracker
    ) -> None:
        """By its key and in the list, by this tracker and by another one."""
        made = tracker.create(draft(labels=frozenset({"ledger"})))
        other = lab.open({})
        for reader in (tracker, other):
            assert settled(reader.issue(made.key)) == settled(made)
            assert [settled(one) for one in found(reader, made.body)] == [settled(made)]

    def test_a_body_comes_back_as_it_was_sent(self, tracker: Tracker) -> None:
        """Whatever Markdown, script or front matter it looks like."""
        asked = draft(body=f"{HARD_TEXT}\n<!-- {uuid.uuid4().hex} -->")
        made = tracker.create(asked)
        assert made.body == asked.body
        assert tracker.issue(made.key).body == asked.body
        changed = tracker.update(made, IssuePatch(body=f"{HARD_TEXT}\nend"))
        assert tracker.issue(made.key).body == changed.body == f"{HARD_TEXT}\nend"

    def test_a_title_is_kept_up_to_the_limit(self, tracker: Tracker) -> None:
        """And a longer one is refused before anything is written."""
        can = tracker.capabilities
        if can.title_bytes is None and can.title_characters is None:
            pytest.skip("this tracker has no limit for titles")
        marks = can.title_characters or 10_000
        room = can.title_bytes or 10_000
        long = "题" * min(marks, room // 3)
        long += "x" * min(marks - len(long), room - len(long.encode()))
        assert tracker.create(draft(title=long)).title == long
        before = tracker.meter.writes
        with pytest.raises(Invalid):
            tracker.create(draft(title=long + "x"))
        assert tracker.meter.writes == before

    @pytest.mark.parametrize("title", ["", " ", "two\nlines", " edge", "edge "])
    def test_a_title_that_would_be_changed_is_refused(
        self, tracker: Tracker, title: str
    ) -> None:
        """A tracker trims or refuses it; then it would never equal ours."""
        with pytest.raises(Invalid):
            tracker.create(draft(title=title))

    @pytest.mark.parametrize(
        "day",
        [
            date(2024, 2, 29),
            date(2026, 1, 1),
            date(2026, 3, 29),
            date(2026, 7, 1),
            date(2026, 11, 1),
            date(2027, 12, 31),
        ],
        ids=str,
    )
    def test_a_due_date_stays_the_same_day(self, tracker: Tracker, day: date) -> None:
        """By creating and by changing, whatever the server's zone."""
        made = tracker.create(draft(due=day))
        assert made.due == day
        changed = tracker.update(made, IssuePatch(due=day + timedelta(days=1)))
        assert changed.due == day + timedelta(days=1)
        assert tracker.update(changed, IssuePatch(due=day)).due == day
        assert tracker.issue(made.key).due == day

    def test_issues_are_created_from_several_threads(self, tracker: Tracker) -> None:
        """Each once, each with a key of its own."""
        drafts = [draft() for _ in range(12)]
        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(tracker.create, drafts))
        assert [one.body for one in made] == [one.body for one in drafts]
        assert (
            len({one.key for one in made})
            == len({one.id for one in made})
            == len(drafts)
        )

    def test_a_warm_tracker_needs_one_call_for_each_thing(
        self, tracker: Tracker
    ) -> None:
        """Create, comment, list: no look before and none behind."""
        if tracker.capabilities.local:
            pytest.skip("a local tracker makes no calls")
        made = tracker.create(draft(labels=frozenset({"ledger"}), due=date(2026, 6, 1)))
        since = next(iter(tracker.issues(None))).server_time
        meter = tracker.meter
        for call, reads, writes in (
            (lambda: tracker.create(draft(labels=frozenset({"ledger"}))), 0, 1),
            (lambda: tracker.comment(made.key, "x"), 0, 1),
            (lambda: tracker.update(made, IssuePatch(title="y", body="y")), 0, 1),
            (lambda: list(tracker.issues(since + timedelta(hours=1))), 1, 0),
            (lambda: list(tracker.comments(since + timedelta(hours=1))), 1, 0),
        ):
            before = meter.reads, meter.writes
            call()
            # Comments may have come with the issues already.
            assert meter.reads - before[0] <= reads
            assert meter.writes - before[1] == writes

    # -- changing ----------------------------------------------------------------------

    def test_an_update_changes_what_it_names_and_nothing_else(
        self, tracker: Tracker
    ) -> None:
        """One field after the other; the answer is what a read shows."""
        now = tracker.create(draft(labels=frozenset({"ledger"}), due=date(2026, 5, 4)))
        for patch, expected in (
            (IssuePatch(title="另一个标题"), {"title": "另一个标题"}),
            (IssuePatch(body="a\n\nb"), {"body": "a\n\nb"}),
            (IssuePatch(due=date(2026, 5, 5)), {"due": date(2026, 5, 5)}),
            (IssuePatch(due=None), {"due": None}),
            (IssuePatch(closed=True), {"closed": True}),
            (IssuePatch(closed=False), {"closed": False}),
        ):
            after = tracker.update(now, patch)
            assert shown(after) == shown(now) | expected
            now = tracker.issue(now.key)
            assert shown(now) == shown(after)

    def test_an_update_without_a_difference_writes_nothing(
        self, tracker: Tracker
    ) -> None:
        """Trackers bump and notify even for an equal body."""
        made = tracker.create(draft(labels=frozenset({"ledger"}), due=date(2026, 5, 4)))
        before = tracker.meter.writes
        same = IssuePatch(
            title=made.title,
            body=made.body,
            closed=False,
            due=made.due,
            add_labels=made.labels,
            remove_labels=frozenset({"never-there"}),
        )
        assert settled(tracker.update(made, same)) == settled(made)
        assert tracker.update(made, IssuePatch()) == made
        assert tracker.meter.writes == before

    def test_labels_are_added_and_removed_by_name(self, tracker: Tracker) -> None:
        """An exclusive label takes the place of its sister in one call."""
        if not tracker.capabilities.labels:
            pytest.skip("this tracker has no labels")
        made = tracker.create(draft(labels=frozenset({"ledger", "severity/major"})))
        before = tracker.meter.writes
        after = tracker.update(
            made,
            IssuePatch(
                add_labels=frozenset({"severity/ordinary"}),
                remove_labels=frozenset({"severity/major"}),
            ),
        )
        assert after.labels == {"ledger", "severity/ordinary"}
        assert tracker.meter.writes == before + 1
        bare = tracker.update(after, IssuePatch(remove_labels=after.labels))
        assert bare.labels == frozenset()
        assert tracker.issue(made.key).labels == frozenset()

    def test_a_milestone_is_set_and_taken_away(self, tracker: Tracker) -> None:
        """By its title."""
        if not tracker.capabilities.milestones:
            pytest.skip("this tracker has no milestones")
        made = tracker.create(draft())
        with_it = tracker.update(made, IssuePatch(milestone=MILESTONE.title))
        assert with_it.milestone == tracker.issue(made.key).milestone == MILESTONE.title
        assert tracker.update(with_it, IssuePatch(milestone=None)).milestone is None

    def test_a_closed_issue_is_still_listed(self, tracker: Tracker) -> None:
        """A list of open issues only makes duplicates of closed ones."""
        made = tracker.create(draft())
        tracker.update(made, IssuePatch(closed=True))
        (one,) = found(tracker, made.body)
        assert one.closed

    def test_we_are_named_as_who_closed(self, tracker: Tracker) -> None:
        """So that an echo of our own closing is known."""
        made = tracker.update(tracker.create(draft()), IssuePatch(closed=True))
        assert tracker.closing(made.key).login == tracker.check().login

    # -- comments and files --------------------------------------------------------------

    def test_a_comment_is_found_in_the_feed(self, tracker: Tracker) -> None:
        """With its text, author and issue, under the id that was returned."""
        made = tracker.create(draft())
        text = f"{HARD_TEXT}\n{uuid.uuid4().hex}"
        written = tracker.comment(made.key, text)
        assert (written.body, written.issue) == (text, made.key)
        assert written.author == tracker.check().login
        (read,) = said(tracker, text)
        assert read == written

    def test_equal_comments_stay_two(self, tracker: Tracker) -> None:
        """With ids of their own that do not change."""
        made = tracker.create(draft())
        text = f"同意 {uuid.uuid4().hex}"
        first, second = (tracker.comment(made.key, text) for _ in range(2))
        assert first.id != second.id
        for _ in range(2):
            assert {one.id for one in said(tracker, text)} == {first.id, second.id}

    def test_a_comment_leaves_the_issue_as_it_was(self, tracker: Tracker) -> None:
        """And an update that was planned before it still goes through."""
        made = tracker.create(draft())
        tracker.comment(made.key, "first")
        assert settled(tracker.issue(made.key)) == settled(made)
        assert tracker.update(made, IssuePatch(body="new")).body == "new"

    def test_an_attached_file_comes_back_byte_by_byte(self, tracker: Tracker) -> None:
        """Under its name, with its size, and not beyond a limit."""
        if not tracker.capabilities.attachments:
            pytest.skip("this tracker has no attachments")
        made = tracker.create(draft())
        data = bytes(range(256)) * 300
        returned = tracker.attach(made.key, "整改报告 2026.pdf", io.BytesIO(data))
        assert returned.name == "整改报告 2026.pdf"
        (listed,) = tracker.issue(made.key).attachments
        assert (listed.id, listed.name, listed.size) == (
            returned.id,
            returned.name,
            len(data),
        )
        with tracker.download(listed) as content:
            assert content.read() == data
        with pytest.raises(Invalid):
            tracker.download(listed, limit=len(data) - 1)

    def test_a_file_that_is_not_there_is_missing(self, tracker: Tracker) -> None:
        """And an id that leads elsewhere is one of those."""
        for id_ in (str(uuid.uuid4()), "../../../../etc/passwd", "a/../../b"):
            ghost = Attachment(id_, "x", 1, None, None)
            with pytest.raises(Missing):
                tracker.download(ghost)

    # -- reading -------------------------------------------------------------------------

    def test_every_page_is_read(self, tracker: Tracker) -> None:
        """More issues and comments than any page holds, each of them once."""
        mark = uuid.uuid4().hex
        with ThreadPoolExecutor(4) as pool:
            drafts = [draft(body=f"{mark} {n}") for n in range(115)]
            made = list(pool.map(tracker.create, drafts))
            texts = [f"{mark} said {n}" for n in range(55)]
            list(pool.map(lambda text: tracker.comment(made[0].key, text), texts))
        assert sorted(one.body for one in found(tracker, mark)) == sorted(
            one.body for one in drafts
        )
        assert sorted(one.body for one in said(tracker, mark)) == sorted(texts)

    def test_a_read_since_a_time_gives_what_changed_and_skips_the_rest(
        self, tracker: Tracker
    ) -> None:
        """The time is the tracker's own, as a page tells it."""
        made = tracker.create(draft())
        written = tracker.comment(made.key, uuid.uuid4().hex)
        (*_, page) = tracker.issues(None)
        assert abs(page.server_time - datetime.now(UTC)) < timedelta(days=2)
        for moment, there in (
            (page.server_time - timedelta(minutes=5), True),
            (page.server_time + timedelta(minutes=5), False),
        ):
            issues = [one for part in tracker.issues(moment) for one in part.entries]
            comments = [
                one for part in tracker.comments(moment) for one in part.entries
            ]
            assert (made.key in {one.key for one in issues}) is there
            assert (written.id in {one.id for one in comments}) is there

    @pytest.mark.parametrize(
        "key", ["999999", "0", "", "../1", "1/comments", "x", "１"]
    )
    def test_an_issue_that_is_not_there_is_missing(
        self, tracker: Tracker, key: str
    ) -> None:
        """And so is what is no key at all."""
        with pytest.raises(Missing):
            tracker.issue(key)
        with pytest.raises(Missing):
            tracker.closing(key)

    def test_times_are_aware_and_now(self, tracker: Tracker) -> None:
        """To the day at least."""
        made = tracker.create(draft())
        for moment in (made.created, made.updated):
            assert moment.tzinfo is not None
            assert abs(moment - datetime.now(UTC)) < timedelta(days=2)

    def test_errors_have_parts_and_no_secret(self, lab: Lab, tracker: Tracker) -> None:
        """What happened, why, and what to do next."""
        with pytest.raises(TrackerError) as caught:
            tracker.issue("999999")
        assert all(caught.value.parts())
        if lab.secret:
            for text in (str(caught.value), repr(tracker), repr(vars(caught.value))):
                assert lab.secret not in text

    # -- with somebody else ----------------------------------------------------------------

    def test_a_person_closing_and_reopening_is_named(
        self, lab: Lab, tracker: Tracker
    ) -> None:
        """The one who did it last; a tracker may not know who reopened."""
        person = lab.someone()
        made = tracker.create(draft())
        person.close(made.key)
        now = tracker.issue(made.key)
        assert now.closed
        assert tracker.closing(made.key).login == person.login
        assert tracker.closing(made.key, since=now.closed_at).login == person.login
        person.reopen(made.key)
        assert not tracker.issue(made.key).closed
        assert tracker.closing(made.key).login in {person.login, None}
        tracker.update(tracker.issue(made.key), IssuePatch(closed=True))
        assert tracker.closing(made.key).login == tracker.check().login

    def test_what_a_person_writes_is_read(self, lab: Lab, tracker: Tracker) -> None:
        """An issue of his own and a comment on ours, with his name."""
        person = lab.someone()
        mark = uuid.uuid4().hex
        key = person.create("群众反映的问题", f"第一行\n第二行 {mark}")
        (theirs,) = found(tracker, mark)
        assert (theirs.key, theirs.author) == (key, person.login)
        assert theirs.body == f"第一行\n第二行 {mark}"
        made = tracker.create(draft())
        person.comment(made.key, f"已整改 {mark}")
        (said_by_him,) = said(tracker, f"已整改 {mark}")
        assert (said_by_him.author, said_by_him.issue) == (person.login, made.key)

    def test_a_comment_that_was_edited_comes_again(
        self, lab: Lab, tracker: Tracker
    ) -> None:
        """Even where editing it does not touch its issue."""
        person = lab.someone()
        made = tracker.create(draft())
        mark = uuid.uuid4().hex
        person.comment(made.key, f"{mark} 草稿")
        person.rewrite_comment(made.key, f"{mark} 草稿", f"{mark} 定稿")
        (*_, page) = tracker.issues(None)
        parts = tracker.comments(page.server_time - timedelta(minutes=5))
        texts = [one.body for part in parts for one in part.entries if mark in one.body]
        assert texts == [f"{mark} 定稿"]

    def test_labels_of_other_people_stay(self, lab: Lab, tracker: Tracker) -> None:
        """Only ours are added and removed."""
        if not tracker.capabilities.labels:
            pytest.skip("this tracker has no labels")
        person = lab.someone()
        made = tracker.create(draft(labels=frozenset({"ledger"})))
        person.label(made.key, "their-own")
        patch = IssuePatch(
            add_labels=frozenset({"severity/major"}),
            remove_labels=frozenset({"ledger"}),
        )
        try:
            after = tracker.update(made, patch)
        except Stale:  # a version may count more than the body
            after = tracker.update(tracker.issue(made.key), patch)
        assert "severity/major" in after.labels
        assert tracker.issue(made.key).labels == {"their-own", "severity/major"}

    def test_an_edit_made_in_between_is_not_overwritten(
        self, lab: Lab, tracker: Tracker
    ) -> None:
        """Where issues have a version, an update of an old one is refused."""
        person = lab.someone()
        made = tracker.create(draft())
        if not tracker.capabilities.locking or made.version is None:
            pytest.skip("this tracker cannot notice an edit made in between")
        person.write_body(made.key, "what a person wrote")
        with pytest.raises(Stale):
            tracker.update(made, IssuePatch(body="ours"))
        assert tracker.issue(made.key).body == "what a person wrote"

    def test_a_file_at_a_comment_is_its_authors(
        self, lab: Lab, tracker: Tracker
    ) -> None:
        """That makes it evidence of his unit."""
        if not tracker.capabilities.attachments:
            pytest.skip("this tracker has no attachments")
        person = lab.someone()
        made = tracker.create(draft())
        mark = uuid.uuid4().hex
        person.comment_with_file(
            made.key, f"附佐证 {mark}", "照片.jpg", b"\xff\xd8 jpeg"
        )
        (comment,) = said(tracker, mark)
        # Where files hang at the issue, they name their author themselves.
        (file,) = comment.attachments or tracker.issue(made.key).attachments
        assert (file.name, file.author, file.size) == ("照片.jpg", person.login, 7)
        with tracker.download(file) as content:
            assert content.read() == b"\xff\xd8 jpeg"

    def test_assignees_are_set_and_cleared(self, lab: Lab, tracker: Tracker) -> None:
        """By their logins."""
        if not tracker.capabilities.assignees:
            pytest.skip("this tracker has no assignees")
        person = lab.someone()
        made = tracker.create(draft(assignees=frozenset({person.login})))
        assert made.assignees == {person.login}
        bare = tracker.update(made, IssuePatch(assignees=frozenset()))
        assert bare.assignees == tracker.issue(made.key).assignees == frozenset()
        again = tracker.update(bare, IssuePatch(assignees=frozenset({person.login})))
        assert again.assignees == {person.login}


def draft(
    *,
    title: str = "行政执法不严格不规范",
    body: str = "",
    labels: frozenset[str] = frozenset(),
    assignees: frozenset[str] = frozenset(),
    due: date | None = None,
    milestone: str | None = None,
) -> IssueDraft:
    """A draft whose body nobody else's equals."""
    identity = body or f"<!-- ledger:{uuid.uuid4().hex} -->"
    text = body or f"事项正文\n\n- [ ] 措施一\n\n{identity}"
    return IssueDraft(identity, title, text, labels, assignees, due, milestone)


def settled(issue: Issue) -> Issue:
    """The issue without what a write or a list may not know: times, status, marker."""
    never = datetime.min.replace(tzinfo=UTC)
    return replace(
        issue,
        created=never,
        updated=never,
        closed_at=None,
        status=None,
        identity=None,
    )


def shown(issue: Issue) -> dict[str, object]:
    """What people see of an issue and an update may change."""
    names = ("title", "body", "closed", "labels", "assignees", "due", "milestone")
    return {name: getattr(issue, name) for name in names}


def found(tracker: Tracker, text: str) -> list[Issue]:
    """The issues of a complete read whose body holds ``text``."""
    return _last(
        one for page in tracker.issues(None) for one in page.entries if text in one.body
    )


def said(tracker: Tracker, text: str) -> list[Comment]:
    """The comments of a complete read whose body holds ``text``."""
    return _last(
        one
        for page in tracker.comments(None)
        for one in page.entries
        if text in one.body
    )


def _last(entries: Iterable[Entry]) -> list[Entry]:
    """Each entry once: when pages shifted while they were read, the later one holds."""
    return list({one.id: one for one in entries}.values())
