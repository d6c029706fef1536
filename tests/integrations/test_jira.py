"""Jira Cloud and Data Center: what is special to them."""

from __future__ import annotations

import io
import json
from base64 import b64decode
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from integrations.http import Pace
from integrations.jira import JiraTracker
from integrations.jirajson import history_time, jql_time, quoted
from integrations.tracker import (
    Forbidden,
    IncompleteRead,
    Invalid,
    Issue,
    IssueDraft,
    IssuePatch,
    Label,
    Missing,
    NotATracker,
    Outcome,
    PartlyDone,
    Settings,
    Throttled,
    TrackerError,
    Unauthenticated,
    UnknownOutcome,
)
from tests.fakes.client import FakeJira
from tests.fakes.fixtures import JIRA_PEOPLE
from tests.integrations.labs import jira_settings

Memory = dict[str, object]


def tracker(
    fake: FakeJira,
    memory: Memory | None = None,
    *,
    token: str | None = None,
    options: dict[str, str] | None = None,
) -> JiraTracker:
    settings = jira_settings(fake, **(options or {}))
    kept = {} if memory is None else memory
    secret = fake.token if token is None else token
    return JiraTracker(settings, lambda: secret, kept, pace=Pace(sleep=lambda _: None))


def warm(
    fake: FakeJira,
    memory: Memory | None = None,
    *,
    options: dict[str, str] | None = None,
) -> JiraTracker:
    """A tracker that has been used before; calls are counted from now."""
    made = tracker(fake, memory, options=options)
    made.prepare([Label("ledger", "ff0000")])
    list(made.issues(None))
    fake.forget_calls()
    return made


def draft(name: str = "x", **fields: object) -> IssueDraft:
    mark = f"<!-- {name} -->"
    return IssueDraft(mark, f"title {name}", f"body\n\n{mark}", **fields)  # type: ignore[arg-type]  # fields as the test names them


def reset(fake: FakeJira, **options: object) -> None:
    edition = "cloud" if fake.cloud else "datacenter"
    fake.reset(**{"edition": edition, "users": JIRA_PEOPLE, **options})


def keys(jira: JiraTracker, since: datetime | None = None) -> list[str]:
    return [one.key for page in jira.issues(since) for one in page.entries]


# -- settings and who asks -----------------------------------------------------------------


@pytest.mark.parametrize("project", ["", "aud", "AUD-1", 'A" OR 1=1', "审计", "A B"])
def test_a_project_is_a_key(project: str) -> None:
    with pytest.raises(Invalid, match="capital"):
        JiraTracker(Settings("j", "jira", "https://x.invalid", project), str, {})


def test_cloud_takes_email_and_token_and_data_center_a_bearer_token() -> None:
    settings = Settings("j", "jira", "https://x.invalid", "AUD", {"email": "a@b.c"})
    cloud = JiraTracker(settings, str, {})._authorization("secret")
    assert b64decode(cloud.removeprefix("Basic ")) == b"a@b.c:secret"
    settings = Settings("j", "jira", "https://x.invalid", "AUD")
    assert JiraTracker(settings, str, {})._authorization("secret") == "Bearer secret"


def test_a_wrong_token_is_refused_though_cloud_would_answer_empty(
    fake_jira: FakeJira,
) -> None:
    with pytest.raises(Unauthenticated):
        list(tracker(fake_jira, token="wrong").issues(None))
    assert not [call for call in fake_jira.calls() if "search" in call]


def test_the_edition_is_learnt_from_the_server_or_told(fake_jira: FakeJira) -> None:
    assert keys(tracker(fake_jira)) == []
    assert fake_jira.calls()["GET /serverInfo"] == 1
    fake_jira.forget_calls()
    edition = "cloud" if fake_jira.cloud else "datacenter"
    assert keys(tracker(fake_jira, options={"edition": edition})) == []
    assert "GET /serverInfo" not in fake_jira.calls()


# -- calls -----------------------------------------------------------------------------------


def test_a_sync_with_nothing_to_do_is_two_calls(fake_jira: FakeJira) -> None:
    memory: Memory = {}
    warm(fake_jira, memory)
    since = datetime.now(UTC) + timedelta(hours=1)
    jira = tracker(fake_jira, memory)
    assert keys(jira, since) == []
    assert [page.entries for page in jira.comments(since)] == [()]
    search = "/search/jql" if fake_jira.cloud else "/search"
    assert fake_jira.calls() == {"GET /myself": 1, f"POST {search}": 1}


def test_fifty_creates_are_one_call(fake_jira: FakeJira) -> None:
    jira = warm(fake_jira)
    drafts = [draft(str(n), labels=frozenset({"ledger"})) for n in range(50)]
    made = jira.create_many(drafts)
    assert fake_jira.calls() == {"POST /issue/bulk": 1}
    assert [one.body for one in made if isinstance(one, Issue)] == [
        d.body for d in drafts
    ]
    assert len(keys(jira)) == 50


def test_a_status_change_that_rides_is_one_call_once_its_step_is_known(
    fake_jira: FakeJira,
) -> None:
    reset(fake_jira, step_screen=["summary", "description", "labels", "duedate"])
    memory: Memory = {}
    jira = warm(fake_jira, memory)
    for name in "ab":
        jira.create(draft(name))
    first, second = (one for page in jira.issues(None) for one in page.entries)
    change = IssuePatch(closed=True, title="done", add_labels=frozenset({"x"}))
    jira.update(first, change)
    fake_jira.forget_calls()
    after = jira.update(second, change)
    assert fake_jira.calls() == {"POST /issue/{key}/transitions": 1}
    now = jira.issue(second.key)
    assert (now.title, now.closed) == ("done", True)
    assert now.labels == {"x"}
    assert after.status == now.status


def test_a_status_change_that_cannot_ride_is_one_call_more(fake_jira: FakeJira) -> None:
    jira = warm(fake_jira)
    for name in "ab":
        jira.create(draft(name))
    first, second = (one for page in jira.issues(None) for one in page.entries)
    change = IssuePatch(closed=True, title="done")
    jira.update(first, change)
    fake_jira.forget_calls()
    jira.update(second, change)
    calls = {"PUT /issue/{key}": 1, "POST /issue/{key}/transitions": 1}
    assert fake_jira.calls() == calls
    now = jira.issue(second.key)
    assert (now.title, now.closed) == ("done", True)


def test_old_comments_of_an_issue_that_changed_do_not_come_again(
    fake_jira: FakeJira,
) -> None:
    jira = warm(fake_jira)
    fake_jira.clock(ahead=-7200)
    key = jira.create(draft()).key
    person = fake_jira.person("wangwu")
    person.comment(key, "old")
    fake_jira.clock()
    person.comment(key, "new")
    since = datetime.now(UTC) - timedelta(minutes=30)
    found = [one.body for page in jira.comments(since) for one in page.entries]
    assert found == ["new"]


def test_labels_go_with_the_fields_and_leave_those_of_others(
    fake_jira: FakeJira,
) -> None:
    jira = warm(fake_jira)
    made = jira.create(draft(labels=frozenset({"ledger"})))
    fake_jira.person("wangwu").label(made.key, "theirs")
    fake_jira.forget_calls()
    change = IssuePatch(
        title="new",
        due=date(2026, 1, 2),
        add_labels=frozenset({"a"}),
        remove_labels=frozenset({"ledger"}),
    )
    jira.update(made, change)
    assert fake_jira.calls() == {"PUT /issue/{key}": 1}
    assert jira.issue(made.key).labels == {"a", "theirs"}


def test_who_closed_is_one_call(fake_jira: FakeJira) -> None:
    jira = warm(fake_jira)
    made = jira.create(draft())
    person = fake_jira.person("wangwu")
    person.close(made.key)
    person.comment(made.key, "closed it")
    jira.closing(made.key)
    fake_jira.forget_calls()
    closing = jira.closing(made.key)
    assert closing.login == "wangwu"
    assert closing.at is not None
    assert sum(fake_jira.calls().values()) == 1


# -- creating --------------------------------------------------------------------------------


def test_cloud_stores_the_identity_with_the_issue_in_the_same_call(
    jira_process: FakeJira,
) -> None:
    jira_process.reset(edition="cloud", users=JIRA_PEOPLE)
    jira = warm(jira_process)
    made = jira.create(draft("mine"))
    assert jira_process.calls() == {"POST /issue": 1}
    jira_process.person("wangwu").write_body(made.key, "somebody removed the marker")
    (seen,) = (one for page in jira.issues(None) for one in page.entries)
    assert seen.identity == jira.issue(made.key).identity == "<!-- mine -->"


def test_of_a_bulk_create_each_issue_is_judged_on_its_own(fake_jira: FakeJira) -> None:
    jira = warm(fake_jira)
    nobody = frozenset({"nobody"})
    drafts = [
        draft("a"),
        draft("b", assignees=nobody),
        draft("c"),
        draft("d", assignees=nobody),
    ]
    first, second, third, fourth = jira.create_many(drafts)
    assert isinstance(first, Issue)
    assert isinstance(third, Issue)
    assert (first.body, third.body) == (drafts[0].body, drafts[2].body)
    assert jira.issue(third.key).title == "title c"
    for error in (second, fourth):
        assert isinstance(error, Invalid)
        assert "nobody" in str(error)
        assert error.outcome is Outcome.NOT_SENT


def test_a_bulk_create_of_which_all_fail_tells_each_reason(fake_jira: FakeJira) -> None:
    jira = warm(fake_jira)
    made = jira.create_many([draft(n, assignees=frozenset({f"no-{n}"})) for n in "ab"])
    assert ["no-a" in str(made[0]), "no-b" in str(made[1])] == [True, True]
    assert keys(jira) == []


def test_a_bulk_create_that_is_refused_as_a_whole_raises(fake_jira: FakeJira) -> None:
    jira = warm(fake_jira)
    with pytest.raises(Invalid, match="exceeds 50"):
        jira.create_many([draft(str(n)) for n in range(51)])
    assert keys(jira) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"do": "drop", "after": True},
        {"do": "cut"},
        {"do": "answer", "status": 503, "after": True},
        {"do": "answer", "status": 201, "body": "{}", "after": True},
        {"do": "answer", "status": 201, "body": '{"issues": [], "errors": []}'},
        {"do": "answer", "status": 201, "body": '{"issues": [{"id": 1}, {"id": "2"}]}'},
        {"do": "answer", "status": 200, "body": '{"issues": []}'},
    ],
    ids=str,
)
def test_a_bulk_create_whose_answer_is_lost_is_unknown_as_a_whole(
    fake_jira: FakeJira, fault: dict[str, object]
) -> None:
    jira = warm(fake_jira)
    fake_jira.faults({"path": "/issue/bulk", **fault})
    with pytest.raises(UnknownOutcome):
        jira.create_many([draft("a"), draft("b")])
    assert fake_jira.calls() == {"POST /issue/bulk": 1}


@pytest.mark.parametrize("body", ["{}", "[]", '{"id": 1, "key": "AUD-1"}', "null"])
def test_an_answer_to_a_create_that_is_not_understood_leaves_it_unknown(
    fake_jira: FakeJira, body: str
) -> None:
    jira = warm(fake_jira)
    fake_jira.faults({"do": "answer", "status": 201, "body": body, "after": True})
    with pytest.raises(UnknownOutcome):
        jira.create(draft())


def test_a_field_that_the_project_demands_is_named_or_filled(
    fake_jira: FakeJira,
) -> None:
    reset(fake_jira, required={"customfield_10010": "责任单位"})
    with pytest.raises(Invalid, match=r"责任单位 \(customfield_10010\)") as caught:
        tracker(fake_jira).create(draft())
    assert "[trackers.jira.fields]" in str(caught.value)
    assert "POST /issue" not in fake_jira.calls()
    for option in ("fields.责任单位", "fields.customfield_10010"):
        filled = tracker(fake_jira, options={option: '{"value": "市司法局"}'})
        assert filled.create(draft(option)).key
    last = fake_jira.exchanges()[-1]["request"]
    assert json.loads(last)["fields"]["customfield_10010"] == {"value": "市司法局"}


def test_what_the_create_screen_lacks_is_left_out_and_told(fake_jira: FakeJira) -> None:
    reset(fake_jira, screen=["assignee"])
    jira = tracker(fake_jira)
    asked = draft(labels=frozenset({"ledger"}), due=date(2026, 1, 2))
    with pytest.raises(PartlyDone, match="labels, duedate") as caught:
        jira.create(asked)
    made = caught.value.issue
    assert (made.labels, made.due) == (frozenset(), None)
    assert jira.issue(made.key).body == asked.body
    (one,) = jira.create_many([asked])
    assert isinstance(one, PartlyDone)


@pytest.mark.parametrize(
    "asked",
    [
        draft(labels=frozenset({"two words"})),
        draft(labels=frozenset({"x" * 256})),
        draft(assignees=frozenset({"ledger", "wangwu"})),
        draft(milestone="2023"),
        IssueDraft("x", "t", "x" * 32_001),
    ],
    ids=["space", "long label", "two assignees", "milestone", "long body"],
)
def test_what_jira_would_not_keep_is_refused_before_it_is_sent(
    fake_jira: FakeJira, asked: IssueDraft
) -> None:
    jira = warm(fake_jira)
    with pytest.raises(Invalid):
        jira.create(asked)
    assert fake_jira.calls() == {}


def test_the_issue_type_is_the_usual_one_or_the_one_that_is_named(
    fake_jira: FakeJira,
) -> None:
    for options, wanted in (({}, "10001"), ({"issue_type": "故障"}, "10002")):
        tracker(fake_jira, options=options).create(draft())
        sent = json.loads(fake_jira.exchanges()[-1]["request"])
        assert sent["fields"]["issuetype"] == {"id": wanted}
    with pytest.raises(Invalid, match="故障, 任务"):
        tracker(fake_jira, options={"issue_type": "Story"}).create(draft())


# -- reading ---------------------------------------------------------------------------------


def test_what_the_index_does_not_know_yet_is_not_found_but_is_there(
    jira_process: FakeJira,
) -> None:
    jira_process.reset(edition="datacenter", users=JIRA_PEOPLE, lag=120.0)
    jira = warm(jira_process)
    made = jira.create(draft())
    assert keys(jira) == []
    assert jira.issue(made.key).title == made.title
    jira_process.clock(ahead=121)
    assert keys(jira) == [made.key]
    assert jira.capabilities.lag > 120


def test_cloud_is_asked_to_show_what_we_wrote_at_once(jira_process: FakeJira) -> None:
    jira_process.reset(edition="cloud", users=JIRA_PEOPLE, lag=120.0)
    jira = warm(jira_process)
    made = jira.create(draft())
    assert keys(jira) == [made.key]
    assert keys(tracker(jira_process)) == []


def test_rows_that_shift_in_data_center_hide_no_other(jira_process: FakeJira) -> None:
    jira_process.reset(edition="datacenter", users=JIRA_PEOPLE, page_max=10)
    jira = warm(jira_process)
    made = [
        one.key
        for one in jira.create_many([draft(str(n)) for n in range(25)])
        if isinstance(one, Issue)
    ]
    person = jira_process.person("wangwu")
    pages = jira.issues(None)
    first = next(pages)
    person.delete(first.entries[0].key)
    assert {one.key for page in pages for one in page.entries} == set(made[1:])

    def read_and_delete() -> None:
        for page in jira.issues(None):
            person.delete(page.entries[-1].key)

    with pytest.raises(IncompleteRead):
        read_and_delete()


def test_a_token_that_comes_again_ends_the_reading_with_an_error(
    jira_process: FakeJira,
) -> None:
    jira_process.reset(edition="cloud", users=JIRA_PEOPLE)
    jira = warm(jira_process)
    page = '{"issues": [], "nextPageToken": "same"}'
    again = {"do": "answer", "status": 200, "body": page, "path": "search", "times": 99}
    jira_process.faults(again)
    with pytest.raises(IncompleteRead):
        list(jira.issues(None))
    assert jira_process.calls() == {"POST /search/jql": 2}


def test_a_search_that_was_removed_is_an_error_and_not_empty(
    fake_jira: FakeJira,
) -> None:
    jira = warm(fake_jira)
    fake_jira.faults({"do": "answer", "status": 410, "path": "search"})
    with pytest.raises(TrackerError):
        list(jira.issues(None))


def test_a_search_is_tried_again_though_it_is_a_post(fake_jira: FakeJira) -> None:
    jira = warm(fake_jira)
    made = jira.create(draft())
    down = {"do": "answer", "status": 502, "path": "search", "times": 2}
    fake_jira.faults(down)
    assert keys(jira) == [made.key]


def test_long_lists_of_comments_are_read_to_the_end(fake_jira: FakeJira) -> None:
    reset(fake_jira, comments_shown=5)
    jira = warm(fake_jira)
    made = jira.create(draft())
    person = fake_jira.person("wangwu")
    for number in range(105):
        person.comment(made.key, f"said {number}")
    bodies = [one.body for page in jira.comments(None) for one in page.entries]
    assert bodies == [f"said {number}" for number in range(105)]


def test_an_issue_is_asked_for_by_a_key_and_by_nothing_else(
    fake_jira: FakeJira,
) -> None:
    jira = warm(fake_jira)
    for key in ("1", "AUD", "AUD-", "AUD-1/transitions", "aud-1", "AUD-1?x=", "AUD-１"):
        with pytest.raises(Missing):
            jira.issue(key)
    assert fake_jira.calls() == {}


def test_a_hidden_project_is_not_a_missing_issue(fake_jira: FakeJira) -> None:
    jira = warm(fake_jira)
    with pytest.raises(Missing):
        jira.issue("AUD-99")
    made = jira.create(draft())
    gone = {"do": "answer", "status": 404, "path": "/(issue|project)/", "times": 9}
    fake_jira.faults(gone)
    with pytest.raises(Forbidden, match="project AUD"):
        jira.issue(made.key)
    for patch in (IssuePatch(title="x"), IssuePatch(closed=True)):
        with pytest.raises(Forbidden, match="project AUD"):
            jira.update(made, patch)


# -- workflow --------------------------------------------------------------------------------


def test_a_workflow_without_a_step_is_told(fake_jira: FakeJira) -> None:
    reset(fake_jira, frozen_workflow=True)
    jira = warm(fake_jira)
    made = jira.create(draft())
    with pytest.raises(Invalid, match="no such step"):
        jira.update(made, IssuePatch(closed=True, title="new"))
    # Found out before anything was written.
    assert jira.issue(made.key).title == made.title


def test_a_required_resolution_is_chosen_or_taken_as_told(fake_jira: FakeJira) -> None:
    reset(fake_jira, resolution="required")
    for options, wanted in (({}, "10000"), ({"resolution": "不做"}, "10001")):
        jira = tracker(fake_jira, options=options)
        jira.update(jira.create(draft()), IssuePatch(closed=True))
        sent = json.loads(fake_jira.exchanges()[-1]["request"])
        assert sent["fields"]["resolution"] == {"id": wanted}
    jira = tracker(fake_jira, options={"resolution": "unheard of"})
    with pytest.raises(Invalid, match="Resolution"):
        jira.update(jira.create(draft()), IssuePatch(closed=True))


def test_reopening_goes_back_to_work_unless_another_status_is_preferred(
    fake_jira: FakeJira,
) -> None:
    for options, wanted in (({}, "3"), ({"status_open": "待办"}, "10000")):
        jira = warm(fake_jira, options=options)
        closed = jira.update(jira.create(draft()), IssuePatch(closed=True))
        assert closed.status == "10001"
        assert jira.update(closed, IssuePatch(closed=False)).status == wanted
        assert jira.issue(closed.key).status == wanted


def test_a_step_that_is_no_longer_there_is_forgotten(fake_jira: FakeJira) -> None:
    memory: Memory = {}
    jira = warm(fake_jira, memory)
    jira.create(draft())
    (seen,) = (one for page in jira.issues(None) for one in page.entries)
    memory["transitions"] = {
        f"{seen.status} closed": {"id": "99", "to": "10001", "fields": [], "filled": {}}
    }
    # Data Center answers 500 for a step it does not know, which is no clear no.
    error = Invalid if fake_jira.cloud else UnknownOutcome
    with pytest.raises(error):
        jira.update(seen, IssuePatch(closed=True))
    assert jira.update(seen, IssuePatch(closed=True)).closed
    assert jira.issue(seen.key).closed


def test_other_changes_of_status_do_not_count_as_closing(fake_jira: FakeJira) -> None:
    jira = warm(fake_jira)
    made = jira.create(draft())
    person = fake_jira.person("wangwu")
    person.step(made.key, "21")
    assert jira.closing(made.key).login is None
    jira.update(jira.issue(made.key), IssuePatch(closed=True))
    person.edit(made.key, summary="edited later")
    assert jira.closing(made.key).login == "ledger"


def test_a_status_that_the_workflow_got_later_is_asked_for_once(
    fake_jira: FakeJira,
) -> None:
    # What was kept before the workflow got its last status.
    memory: Memory = {}
    jira = warm(fake_jira, memory)
    made = jira.create(draft())
    fake_jira.person("wangwu").close(made.key)
    memory["statuses"] = {"10000": False, "3": False}
    fake_jira.forget_calls()
    assert [jira.closing(made.key).login for _ in range(2)] == ["wangwu"] * 2
    assert fake_jira.calls()["GET /status"] == 1


# -- what is wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "token", "error", "says"),
    [
        ({}, "wrong", Unauthenticated, "token"),
        ({}, "", Unauthenticated, "no token"),
        ({"users": {"ledger": "read"}}, None, Forbidden, "CREATE_ISSUES, EDIT_ISSUES"),
        ({"required": {"customfield_1": "单位"}}, None, Invalid, "单位"),
        ({"screen": ["assignee"]}, None, Invalid, "labels, duedate"),
    ],
)
def test_check_names_what_is_wrong_and_what_to_do(
    fake_jira: FakeJira,
    options: dict[str, object],
    token: str | None,
    error: type[TrackerError],
    says: str,
) -> None:
    reset(fake_jira, **options)
    (problem,) = tracker(fake_jira, token=token).check().problems
    assert type(problem) is error
    assert says in str(problem)
    assert all(problem.parts())
    assert fake_jira.dump()["issues"] == []


def test_check_names_a_project_that_is_not_there(fake_jira: FakeJira) -> None:
    settings = jira_settings(fake_jira)
    other = Settings("j", "jira", settings.address, "NONE", settings.options)
    standing = JiraTracker(other, lambda: fake_jira.token, {}).check()
    (problem,) = standing.problems
    assert isinstance(problem, Forbidden)
    edition = "Cloud" if fake_jira.cloud else "Data Center"
    assert standing.version.startswith(f"Jira {edition} 10")
    assert standing.login == "ledger"


def test_check_tells_another_server_from_a_tracker(fake_jira: FakeJira) -> None:
    for body in ("<html>", "[1]", '{"other": 1}'):
        fake_jira.faults({"do": "answer", "status": 200, "body": body})
        (problem,) = tracker(fake_jira).check().problems
        assert isinstance(problem, NotATracker)


@pytest.mark.parametrize(
    "reason", ["jira-burst-based", "jira-per-issue-on-write", "jira-quota-tenant-based"]
)
def test_every_limit_of_the_rate_is_obeyed(fake_jira: FakeJira, reason: str) -> None:
    jira = warm(fake_jira)
    headers = {"Retry-After": "5", "RateLimit-Reason": reason}
    slow = {"do": "answer", "status": 429, "headers": headers, "body": "<html>slow"}
    fake_jira.faults({**slow, "times": 2})
    made = jira.create(draft())
    assert jira.meter.throttled == 2
    assert keys(jira) == [made.key]
    fake_jira.faults({**slow, "times": 99})
    with pytest.raises(Throttled):
        jira.create(draft("b"))
    fake_jira.faults()
    assert keys(jira) == [made.key]


def test_a_file_in_the_media_store_is_fetched_without_a_redirect(
    fake_jira: FakeJira,
) -> None:
    jira = warm(fake_jira)
    made = jira.create(draft())
    file = jira.attach(made.key, "a b/c.txt", io.BytesIO(b"data"))
    assert file.author == "ledger"
    with jira.download(file) as content:
        assert content.read() == b"data"


@pytest.mark.parametrize("body", ["[]", "{}", "[{}]", "null", "[1]"])
def test_an_answer_to_an_upload_that_is_not_understood_leaves_it_unknown(
    fake_jira: FakeJira, body: str
) -> None:
    jira = warm(fake_jira)
    made = jira.create(draft())
    fake_jira.faults({"do": "answer", "status": 200, "body": body})
    with pytest.raises(UnknownOutcome):
        jira.attach(made.key, "x", io.BytesIO(b"x"))


# -- times and queries -------------------------------------------------------------------------


def test_a_time_in_a_query_is_a_minute_in_the_zone_of_the_account() -> None:
    at = datetime(2026, 11, 23, 8, 30, 59, tzinfo=UTC)
    assert jql_time(at, ZoneInfo("Asia/Shanghai")) == '"2026-11-23 16:30"'
    assert jql_time(at, ZoneInfo("America/New_York")) == '"2026-11-23 03:30"'


@pytest.mark.parametrize("minutes", range(-240, 241, 20))
@pytest.mark.parametrize("change", ["2026-03-29T01:00Z", "2026-10-25T01:00Z"])
def test_a_time_in_a_query_is_never_too_late_when_clocks_change(
    minutes: int, change: str
) -> None:
    zone = ZoneInfo("Europe/Berlin")
    at = datetime.fromisoformat(change) + timedelta(minutes=minutes)
    local = datetime.fromisoformat(jql_time(at, zone).strip('"'))
    for fold in (0, 1):
        assert local.replace(tzinfo=zone, fold=fold).astimezone(UTC) <= at


def test_values_in_a_query_cannot_leave_their_quotes() -> None:
    assert quoted('a" OR project = "B\\') == '"a\\" OR project = \\"B\\\\"'


@pytest.mark.parametrize(
    "value", [1492070429, 1492070429000, "2017-04-13T08:00:29.000+0000"]
)
def test_the_time_of_a_change_is_read_in_all_its_forms(value: object) -> None:
    assert history_time(value) == datetime(2017, 4, 13, 8, 0, 29, tzinfo=UTC)
