"""Gitea and Forgejo: what is special to them, beyond what every tracker does."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta

import pytest

from integrations.gitea import GiteaTracker
from integrations.giteajson import deadline, product
from integrations.http import Pace
from integrations.tracker import (
    Forbidden,
    IncompleteRead,
    Invalid,
    IssueDraft,
    IssuePatch,
    Label,
    Milestone,
    Missing,
    Moved,
    NotATracker,
    PartlyDone,
    ReadOnly,
    Settings,
    Stale,
    TrackerError,
    Unauthenticated,
    UnknownOutcome,
    Unreachable,
)
from tests.fakes.client import FakeGitea
from tests.fakes.fixtures import PEOPLE
from tests.fakes.tokens import token_of

Memory = dict[str, object]


NARROW = token_of("narrow")
"""A token that may do less than its account."""


def tracker(
    fake: FakeGitea,
    memory: Memory | None = None,
    *,
    token: str | None = None,
    repo: str = "org/audit",
) -> GiteaTracker:
    settings = Settings("git", "gitea", fake.address, repo)
    kept = {} if memory is None else memory
    return GiteaTracker(
        settings,
        lambda: fake.token if token is None else token,
        kept,
        pace=Pace(sleep=lambda _: None),
    )


def draft(name: str = "x", **fields: object) -> IssueDraft:
    mark = f"<!-- {name} -->"
    return IssueDraft(mark, f"title {name}", f"body\n{mark}", **fields)  # type: ignore[arg-type]  # fields as the test names them


def warm(fake: FakeGitea, memory: Memory | None = None, **options: str) -> GiteaTracker:
    """A tracker that has been used before; calls are counted from now."""
    made = tracker(fake, memory, **options)
    made.prepare([Label("ledger", "ff0000")], [Milestone("2023")])
    list(made.issues(None))
    made.check()
    fake.forget_calls()
    return made


# -- settings --------------------------------------------------------------------------


@pytest.mark.parametrize("repo", ["", "x", "a/b/c", "/b", "a/", "a/..", "a/."])
def test_a_project_is_owner_and_repository(repo: str) -> None:
    with pytest.raises(Invalid, match="owner/repository"):
        GiteaTracker(Settings("g", "gitea", "https://x.org", repo), str, {})


def test_memory_of_another_repository_is_forgotten(fake_gitea: FakeGitea) -> None:
    memory: Memory = {}
    warm(fake_gitea, memory)
    assert memory["labels"]
    again = tracker(fake_gitea, memory)
    assert memory["labels"]
    del again
    tracker(fake_gitea, memory, repo="org/other")
    assert "labels" not in memory


# -- calls -----------------------------------------------------------------------------


def test_fifty_creates_and_a_read_take_exactly_52_calls(fake_gitea: FakeGitea) -> None:
    git = warm(fake_gitea)
    since = datetime.fromisoformat("2999-01-01T00:00:00Z")
    list(git.issues(since))
    list(git.comments(since))
    for number in range(50):
        labels = frozenset({"ledger"})
        git.create(draft(str(number), labels=labels, due=date(2026, 12, 31)))
    assert fake_gitea.calls() == {
        "GET /repos/{repo}/issues": 1,
        "GET /repos/{repo}/issues/comments": 1,
        "POST /repos/{repo}/issues": 50,
    }


@pytest.mark.parametrize(
    ("rows", "reads"), [(0, 1), (1, 1), (50, 1), (51, 2), (101, 3)]
)
def test_a_list_of_k_rows_takes_k_fiftieths(
    fake_gitea: FakeGitea, rows: int, reads: int
) -> None:
    git = warm(fake_gitea)
    person = fake_gitea.person("wangwu")
    for number in range(rows):
        person.create(f"t{number}")
    assert sum(len(page.entries) for page in git.issues(None)) == rows
    assert fake_gitea.calls() == {"GET /repos/{repo}/issues": reads}


def test_a_change_of_everything_takes_one_call_and_one_for_the_labels(
    fake_gitea: FakeGitea,
) -> None:
    git = warm(fake_gitea)
    made = git.create(draft())
    fake_gitea.forget_calls()
    git.update(
        made,
        IssuePatch(
            title="new",
            body="new",
            closed=True,
            due=date(2026, 5, 5),
            assignees=frozenset({"wangwu"}),
            milestone="2023",
            add_labels=frozenset({"ledger"}),
        ),
    )
    assert fake_gitea.calls() == {
        "PATCH /repos/{repo}/issues/{n}": 1,
        "POST /repos/{repo}/issues/{n}/labels": 1,
    }


def test_who_closed_takes_one_call(fake_gitea: FakeGitea) -> None:
    git = warm(fake_gitea)
    made = git.create(draft())
    person = fake_gitea.person("lisi")
    person.close(made.key)
    fake_gitea.forget_calls()
    assert git.closing(made.key).login == "lisi"
    assert fake_gitea.calls() == {"GET /repos/{repo}/issues/{n}/timeline": 1}


def test_who_closed_is_found_behind_a_long_history_and_by_its_time_in_one_call(
    fake_gitea: FakeGitea,
) -> None:
    git = warm(fake_gitea)
    key = git.create(draft()).key
    person = fake_gitea.person("lisi")
    fake_gitea.clock(ahead=-1000)
    owner = fake_gitea.person("org")
    owner.close(key)
    owner.reopen(key)
    for number in range(60):
        person.comment(key, str(number))
    fake_gitea.clock()
    person.close(key)
    fake_gitea.forget_calls()
    assert git.closing(key).login == "lisi"
    assert fake_gitea.calls() == {"GET /repos/{repo}/issues/{n}/timeline": 2}
    fake_gitea.forget_calls()
    assert git.closing(key, since=git.issue(key).closed_at).login == "lisi"
    assert fake_gitea.calls()["GET /repos/{repo}/issues/{n}/timeline"] == 1


@pytest.mark.parametrize("flavour", ["gitea", "forgejo"])
def test_who_closed_an_issue_that_is_gone_by_now_is_no_outage(
    fake_gitea: FakeGitea, flavour: str
) -> None:
    fake_gitea.reset(users=PEOPLE, flavour=flavour)
    git = warm(fake_gitea)
    made = git.create(draft())
    fake_gitea.person("org").delete(made.key)
    with pytest.raises(Missing):
        git.closing(made.key)


def test_the_first_read_asks_who_we_are_and_later_ones_do_not(
    fake_gitea: FakeGitea,
) -> None:
    memory: Memory = {}
    list(tracker(fake_gitea, memory).issues(None))
    list(tracker(fake_gitea, memory).issues(None))
    assert fake_gitea.calls() == {"GET /user": 1, "GET /repos/{repo}/issues": 2}


# -- pages that move ---------------------------------------------------------------------


def test_a_row_deleted_while_pages_are_read_hides_no_other(
    fake_gitea: FakeGitea,
) -> None:
    git = warm(fake_gitea)
    owner = fake_gitea.person("org")
    keys = [owner.create(f"t{number}") for number in range(60)]
    pages = git.issues(None)
    first = next(pages)
    owner.delete(first.entries[0].key)
    seen = {one.key for page in (first, *pages) for one in page.entries}
    assert seen == set(keys)
    assert fake_gitea.calls()["GET /repos/{repo}/issues"] == 4


def test_a_row_added_while_pages_are_read_does_no_harm(fake_gitea: FakeGitea) -> None:
    git = warm(fake_gitea)
    owner = fake_gitea.person("org")
    keys = [owner.create(f"t{number}") for number in range(60)]
    pages = git.issues(None)
    first = next(pages)
    keys.append(owner.create("new"))
    assert {one.key for page in (first, *pages) for one in page.entries} == set(keys)


def test_a_list_that_never_rests_is_no_whole_read(fake_gitea: FakeGitea) -> None:
    git = warm(fake_gitea)
    owner = fake_gitea.person("org")
    for number in range(60):
        owner.create(f"t{number}")

    def read_and_delete() -> None:
        for page in git.issues(None):
            owner.delete(page.entries[-1].key)

    with pytest.raises(IncompleteRead):
        read_and_delete()


def test_a_failure_in_the_middle_is_no_whole_read(fake_gitea: FakeGitea) -> None:
    git = warm(fake_gitea)
    owner = fake_gitea.person("org")
    for number in range(60):
        owner.create(f"t{number}")
    down = {"do": "answer", "status": 502, "path": "/issues", "skip": 1, "times": 99}
    fake_gitea.faults(down)
    with pytest.raises(Unreachable):
        list(git.issues(None))


def test_every_page_carries_the_time_at_which_the_reading_began(
    fake_gitea: FakeGitea,
) -> None:
    git = warm(fake_gitea)
    owner = fake_gitea.person("org")
    for number in range(60):
        owner.create(f"t{number}")
    pages = git.issues(None)
    first = next(pages)
    fake_gitea.clock(ahead=100)
    assert {page.server_time for page in pages} == {first.server_time}


def test_pull_requests_are_no_issues(fake_gitea: FakeGitea) -> None:
    fake_gitea.reset(users=PEOPLE, pulls=1)
    person = fake_gitea.person("wangwu")
    person.comment("1", "on a pull request")
    key = person.create("an issue")
    person.comment(key, "on an issue")
    git = tracker(fake_gitea)
    assert [one.key for page in git.issues(None) for one in page.entries] == [key]
    # Nor do they cost pages.
    assert fake_gitea.exchanges()[-1]["query"]["type"] == "issues"
    bodies = [one.body for page in git.comments(None) for one in page.entries]
    assert bodies == ["on an issue"]
    with pytest.raises(Missing):
        git.issue("1")


# -- what is dropped in silence ------------------------------------------------------------


def test_what_a_reader_may_not_set_is_reported_with_the_issue(
    fake_gitea: FakeGitea,
) -> None:
    tracker(fake_gitea).prepare([Label("ledger", "ff0000")])
    guest = tracker(fake_gitea, token=token_of("guest"))
    asked = draft(labels=frozenset({"ledger"}), due=date(2026, 12, 31))
    with pytest.raises(PartlyDone, match=r"labels, due\.") as caught:
        guest.create(asked)
    made = caught.value.issue
    assert made.body == asked.body
    with pytest.raises(PartlyDone, match="due"):
        guest.update(made, IssuePatch(title="new", due=date(2026, 12, 31)))
    assert guest.issue(made.key).title == "new"


def test_a_label_that_people_deleted_is_reported_and_made_anew(
    fake_gitea: FakeGitea,
) -> None:
    git = warm(fake_gitea)
    owner = fake_gitea.person("org")
    (label,) = owner.send("GET", "/labels")
    owner.send("DELETE", f"/labels/{label['id']}")
    with pytest.raises(PartlyDone, match="labels"):
        git.create(draft("a", labels=frozenset({"ledger"})))
    git.prepare([Label("ledger", "ff0000")])
    assert git.create(draft("b", labels=frozenset({"ledger"}))).labels == {"ledger"}


def test_a_label_that_was_never_there_is_refused_before_anything_is_sent(
    fake_gitea: FakeGitea,
) -> None:
    git = warm(fake_gitea)
    for asked in (draft(labels=frozenset({"?"})), draft(milestone="?")):
        with pytest.raises(Invalid, match="no “\\?”"):
            git.create(asked)
    assert fake_gitea.calls().get("POST /repos/{repo}/issues", 0) == 0


def test_of_two_labels_with_one_name_the_older_is_used_and_both_are_removed(
    fake_gitea: FakeGitea,
) -> None:
    owner = fake_gitea.person("org")
    ids = [
        owner.send("POST", "/labels", {"name": "ledger", "color": "#777777"})["id"]
        for _ in range(2)
    ]
    git = tracker(fake_gitea)
    git.prepare([Label("ledger", "ff0000")])
    made = git.create(draft(labels=frozenset({"ledger"})))
    shown = owner.send("GET", f"/issues/{made.key}")["labels"]
    assert [one["id"] for one in shown] == [min(ids)]
    owner.send("POST", f"/issues/{made.key}/labels", {"labels": [max(ids)]})
    bare = git.update(made, IssuePatch(remove_labels=frozenset({"ledger"})))
    assert bare.labels == git.issue(made.key).labels == frozenset()


def test_an_answer_that_is_not_our_issue_leaves_the_create_unknown(
    fake_gitea: FakeGitea,
) -> None:
    git = warm(fake_gitea)
    git.create(draft("other"))
    other = fake_gitea.exchanges()[-1]["answer"]
    kind = {"Content-Type": "application/json"}
    for answer in (other, "{}", "[]", '{"id": "1"}', "null"):
        fake_gitea.faults(
            {"do": "answer", "status": 201, "body": answer, "headers": kind}
        )
        with pytest.raises(UnknownOutcome):
            git.create(draft("mine"))


def test_an_unknown_assignee_is_refused(fake_gitea: FakeGitea) -> None:
    git = warm(fake_gitea)
    with pytest.raises(Invalid, match="does not exist"):
        git.create(draft(assignees=frozenset({"nobody"})))
    assert fake_gitea.dump()["repos"][0]["issues"] == []


def test_a_refused_body_leaves_the_other_fields_alone(fake_gitea: FakeGitea) -> None:
    git = warm(fake_gitea)
    made = git.create(draft())
    fake_gitea.person("wangwu").edit(made.key, body="theirs")
    with pytest.raises(Stale):
        git.update(made, IssuePatch(body="ours", title="ours", closed=True))
    now = git.issue(made.key)
    assert (now.title, now.body, now.closed) == (made.title, "theirs", False)


def test_an_issue_without_a_version_has_none(fake_gitea: FakeGitea) -> None:
    fake_gitea.reset(users=PEOPLE, flavour="forgejo")
    assert tracker(fake_gitea).create(draft()).version is None


# -- due dates -----------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Pacific/Apia"])
def test_the_offset_of_another_season_is_learnt_from_the_first_answer(
    fake_gitea: FakeGitea, zone: str
) -> None:
    fake_gitea.reset(users=PEOPLE, zone=zone)
    memory: Memory = {}
    git = warm(fake_gitea, memory)
    for day in (date(2026, 1, 15), date(2026, 7, 15), date(2027, 7, 1)):
        assert git.create(draft(str(day), due=day)).due == day
    fake_gitea.forget_calls()
    git = tracker(fake_gitea, memory)
    for day in (date(2026, 1, 31), date(2028, 7, 15)):
        assert git.create(draft(str(day), due=day)).due == day
    assert fake_gitea.calls() == {"POST /repos/{repo}/issues": 2}


@pytest.mark.parametrize(
    "fault",
    [{"do": "drop"}, {"do": "answer", "status": 401}, {"do": "answer", "status": 500}],
    ids=str,
)
def test_a_due_date_that_cannot_be_mended_does_not_hide_the_create(
    fake_gitea: FakeGitea, fault: dict[str, object]
) -> None:
    fake_gitea.reset(users=PEOPLE, zone="America/New_York")
    git = warm(fake_gitea)
    fake_gitea.faults({**fault, "method": "PATCH"})
    day = date(2026, 7, 15)
    with pytest.raises(PartlyDone, match="due") as caught:
        git.create(draft(due=day))
    assert git.issue(caught.value.issue.key).due == date(2026, 7, 16)


def test_a_due_date_that_people_set_is_read_as_the_day_they_see(
    fake_gitea: FakeGitea,
) -> None:
    fake_gitea.reset(users=PEOPLE, zone="America/Bogota")
    git = warm(fake_gitea)
    made = git.create(draft())
    owner = fake_gitea.person("org")
    for sent, seen in (("2026-06-30T12:00:00Z", 30), ("2026-06-30T02:00:00Z", 29)):
        owner.send("POST", f"/issues/{made.key}/deadline", {"due_date": sent})
        assert git.issue(made.key).due == date(2026, 6, seen)


def test_a_due_date_of_three_ways_is_one_instant_and_no_event(
    fake_gitea: FakeGitea,
) -> None:
    fake_gitea.reset(users=PEOPLE, zone="Asia/Shanghai")
    git = warm(fake_gitea)
    made = git.create(draft(due=date(2026, 6, 30)))
    owner = fake_gitea.person("org")
    sent = {"due_date": "2026-06-30T10:00:00Z"}
    owner.send("POST", f"/issues/{made.key}/deadline", sent)
    owner.edit(made.key, due_date=deadline(date(2026, 6, 30), {"2026-06": 28800}))
    assert owner.send("GET", f"/issues/{made.key}/timeline") is None


def test_without_any_offset_utc_is_taken() -> None:
    assert deadline(date(2026, 6, 30), {}) == "2026-06-30T23:59:59+00:00"
    seen = {"2026-01": -18000, "2026-07": -14400}
    assert deadline(date(2030, 12, 1), seen).endswith("-05:00")
    assert deadline(date(2020, 8, 1), seen).endswith("-04:00")


# -- what is wrong ---------------------------------------------------------------------------


def test_a_hidden_project_is_not_a_missing_issue(fake_gitea: FakeGitea) -> None:
    git = warm(fake_gitea)
    made = git.create(draft())
    with pytest.raises(Missing):
        git.issue("99")
    fake_gitea.person("org").send(
        "PUT", "/collaborators/ledger", {"permission": "none"}
    )
    for call in (
        lambda: git.issue(made.key),
        lambda: list(git.issues(None)),
        lambda: git.update(made, IssuePatch(title="x")),
    ):
        with pytest.raises(Forbidden, match="404"):
            call()


def test_a_renamed_repository_is_told_and_not_followed(fake_gitea: FakeGitea) -> None:
    git = warm(fake_gitea)
    made = git.create(draft())
    fake_gitea.person("org").send("PATCH", "", {"name": "renamed"})
    for call in (
        lambda: git.create(draft("new")),
        lambda: git.update(made, IssuePatch(title="x")),
        lambda: git.comment(made.key, "x"),
        lambda: git.attach(made.key, "x", io.BytesIO(b"x")),
        lambda: list(git.issues(None)),
        lambda: git.issue(made.key),
    ):
        with pytest.raises(Moved, match="renamed"):
            call()
    (repo,) = fake_gitea.dump()["repos"]
    assert len(repo["issues"]) == 1


def test_an_archived_repository_is_read_only(fake_gitea: FakeGitea) -> None:
    git = warm(fake_gitea)
    made = git.create(draft())
    fake_gitea.person("org").send("PATCH", "", {"archived": True})
    with pytest.raises(ReadOnly):
        git.create(draft("new"))
    with pytest.raises(ReadOnly):
        git.comment(made.key, "x")


@pytest.mark.parametrize(
    ("options", "token", "error", "says"),
    [
        ({}, token_of("guest"), Forbidden, "dropped in silence"),
        ({}, "wrong", Unauthenticated, "token"),
        ({}, "", Unauthenticated, "no token"),
        (
            {"repo": "org/other"},
            token_of("ledger"),
            Forbidden,
            "not there for this account",
        ),
        ({"users": {"ledger": "none"}}, token_of("ledger"), Forbidden, "two-factor"),
        (
            {"tokens": {NARROW: {"user": "ledger", "scopes": ["write:issue"]}}},
            NARROW,
            Forbidden,
            "read:repository",
        ),
        (
            {
                "tokens": {
                    NARROW: {
                        "user": "ledger",
                        "scopes": ["read:issue", "read:repository", "read:user"],
                    }
                }
            },
            NARROW,
            Forbidden,
            "write:issue",
        ),
    ],
    ids=["guest", "wrong", "none", "elsewhere", "hidden", "issues", "reading"],
)
def test_check_names_what_is_wrong_and_what_to_do(
    fake_gitea: FakeGitea,
    options: dict[str, object],
    token: str,
    error: type[TrackerError],
    says: str,
) -> None:
    fake_gitea.reset(**{"users": PEOPLE, **options})
    (problem,) = tracker(fake_gitea, token=token).check().problems
    assert type(problem) is error
    assert says in str(problem)
    assert all(problem.parts())
    (repo,) = fake_gitea.dump()["repos"]
    assert repo["issues"] == []


def test_check_tells_of_archived_switched_off_and_moved(fake_gitea: FakeGitea) -> None:
    owner = fake_gitea.person("org")
    owner.send("PATCH", "", {"archived": True, "has_issues": False})
    standing = tracker(fake_gitea).check()
    assert [type(one) for one in standing.problems] == [ReadOnly, Forbidden, ReadOnly]
    assert standing.login == "ledger"
    owner.send("PATCH", "", {"name": "renamed"})
    (problem,) = tracker(fake_gitea).check().problems
    assert isinstance(problem, Moved)


def test_check_tells_another_server_from_a_tracker(fake_gitea: FakeGitea) -> None:
    for body in ("<html>", "[1]", '{"other": 1}', '"text"'):
        fake_gitea.faults({"do": "answer", "status": 200, "body": body})
        (problem,) = tracker(fake_gitea).check().problems
        assert isinstance(problem, NotATracker)
    fake_gitea.faults({"do": "drop", "times": 99})
    (problem,) = tracker(fake_gitea).check().problems
    assert isinstance(problem, Unreachable)


def test_the_token_needs_only_the_scope_for_issues(fake_gitea: FakeGitea) -> None:
    scopes = {NARROW: {"user": "ledger", "scopes": ["write:issue"]}}
    fake_gitea.reset(users=PEOPLE, tokens=scopes)
    git = tracker(fake_gitea, token=NARROW)
    git.prepare([Label("ledger", "ff0000")], [Milestone("2023")])
    made = git.create(draft(labels=frozenset({"ledger"}), milestone="2023"))
    git.comment(made.key, "x")
    git.attach(made.key, "x", io.BytesIO(b"x"))
    git.update(made, IssuePatch(closed=True))
    assert len(list(git.issues(None))) == len(list(git.comments(None))) == 1


def test_a_proxy_that_takes_the_token_away_is_noticed_before_anything_counts(
    fake_gitea: FakeGitea,
) -> None:
    fake_gitea.reset(users=PEOPLE, private=False)
    no = {"do": "answer", "status": 401, "path": "/user$", "times": 9}
    fake_gitea.faults(no)
    with pytest.raises(Unauthenticated):
        list(tracker(fake_gitea).issues(None))


def test_products_are_told_apart() -> None:
    assert product("1.26.3") == "Gitea 1.26.3"
    assert product("15.0.3+gitea-1.22.0") == "Forgejo 15.0.3"


def test_the_server_time_of_check_shows_a_wrong_clock(fake_gitea: FakeGitea) -> None:
    here = tracker(fake_gitea).check().server_time
    fake_gitea.clock(ahead=600)
    there = tracker(fake_gitea).check().server_time
    assert here is not None
    assert there is not None
    assert timedelta(minutes=9) < there - here < timedelta(minutes=11)


@pytest.mark.parametrize(
    "answer",
    [
        "[{}]",
        '[{"id": 1, "number": "1"}]',
        '{"message": "x"}',
        "[null]",
        "[[]]",
        '[{"id":1,"number":1,"title":"t","state":"open","created_at":"today","updated_at":""}]',
    ],
)
def test_a_list_of_another_shape_is_no_list(fake_gitea: FakeGitea, answer: str) -> None:
    git = warm(fake_gitea)
    kind = {"Content-Type": "application/json"}
    fake_gitea.faults({"do": "answer", "status": 200, "body": answer, "headers": kind})
    with pytest.raises(NotATracker):
        list(git.issues(None))


def test_a_comment_keeps_its_author_and_a_deleted_account_is_nobody(
    fake_gitea: FakeGitea,
) -> None:
    git = warm(fake_gitea)
    made = git.create(draft())
    answer = fake_gitea.exchanges()[-1]["answer"]
    ghost = answer.replace('"login": "ledger"', '"login": "Ghost"').replace(
        f'"user": {{"id": {_id(answer)}', '"user": {"id": -1'
    )
    kind = {"Content-Type": "application/json"}
    fake_gitea.faults({"do": "answer", "status": 200, "body": ghost, "headers": kind})
    assert git.issue(made.key).author is None
    assert git.comment(made.key, "x").author == "ledger"


def _id(answer: str) -> str:
    return answer.split('"user": {"id": ', 1)[1].split(",", 1)[0]
