"""The declared roles: who holds them, what they come to, and that no stage was forgotten."""

import pytest

from pipeline.lag.watched import live_readers
from pipeline.problem import Problem
from pipeline.settings import Settings
from topics import DECLARED
from topics.acls import Holder, Rule, holders, rules
from topics.roles import ROLES, by_name

SETTINGS = Settings(topic_prefix="test.")


def test_every_topic_is_written_and_read_by_some_role_and_no_other_is_named() -> None:
    declared = {topic.name for topic in DECLARED}
    for topic in declared:
        assert any(role.may("write", topic) for role in ROLES), topic
        assert any(role.may("read", topic) for role in ROLES), topic
    for role in ROLES:
        for grant in role.grants:
            assert grant.resource != "topic" or set(grant.names) <= declared


def test_subscribers_write_nothing_and_publishers_read_nothing() -> None:
    for topic in DECLARED:
        assert not by_name("subscriber").may("write", topic.name)
        assert not by_name("monitor").may("write", topic.name)
        assert not by_name("publisher").may("read", topic.name)
        assert not (topic.internal and by_name("subscriber").may("read", topic.name))
    assert not by_name("subscriber").may("read", "transcripts.raw")
    unread = {"transcripts.completed", "pipeline.deadletters", "transcripts.translated"}
    assert not any(by_name("worker").may("read", topic) for topic in unread)


def test_a_worker_may_join_all_that_the_stages_read() -> None:
    settings = Settings(topic_prefix="test.", translator="openai")
    granted = rules(settings, holders(["worker=User:w"]))
    for reader in live_readers(settings):
        assert Rule("User:w", "topic", reader.topic, False, "read") in granted
        assert Rule("User:w", "group", reader.group, False, "read") in granted


def test_names_have_the_prefix_and_the_workers_group() -> None:
    settings = Settings(topic_prefix="test.", worker_group="etl")
    granted = rules(settings, holders(["worker=User:w", "subscriber=User:desk"]))
    assert all(each.name.startswith("test.") for each in granted)
    assert Rule("User:w", "group", "test.etl-publisher", False, "read") in granted
    assert Rule("User:w", "transactional id", "test.etl-claims-", True, "write") in granted
    assert Rule("User:desk", "group", "test.desk", False, "read") in granted
    assert Rule("User:desk", "group", "test.desk-", True, "read") in granted


def test_a_monitor_sees_all_groups_of_its_prefix() -> None:
    for prefix, name, prefixed in (("test.", "test.", True), ("", "*", False)):
        granted = rules(Settings(topic_prefix=prefix), holders(["monitor=User:m"]))
        groups = [each for each in granted if each.resource == "group"]
        assert groups == [Rule("User:m", "group", name, prefixed, "describe")]


def test_without_holders_there_is_a_user_for_each_role() -> None:
    assert [each.principal for each in holders([])] == [
        f"User:callfacts-{role.name}" for role in ROLES
    ]
    assert rules(SETTINGS, holders([]))


def test_holders_are_read() -> None:
    assert holders(["worker=User:CN=worker,O=us", "subscriber/desk=User:CN=desk"]) == [
        Holder("worker", "User:CN=worker,O=us", ""),
        Holder("subscriber", "User:CN=desk", "desk"),
    ]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("worker", "ROLE=User:NAME"),
        ("boss=User:x", "ROLE of administrator, publisher"),
        ("worker=x", "such as worker=User:callfacts-worker"),
        ("subscriber=User:CN=desk", "subscriber/GROUP"),
    ],
)
def test_what_is_no_holder_is_explained(given: str, says: str) -> None:
    with pytest.raises(Problem, match=r"^--principal is ") as problem:
        holders([given])
    assert says in str(problem.value)


@pytest.mark.parametrize("group", ["callfacts", "callfacts-claims"])
def test_a_subscriber_gets_no_group_of_the_workers(group: str) -> None:
    with pytest.raises(Problem, match="pipeline's own"):
        rules(SETTINGS, holders([f"subscriber=User:{group}"]))
