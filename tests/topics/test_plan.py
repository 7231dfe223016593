from dataclasses import replace

import pytest

from pipeline.settings import Settings
from topics.declared import DECLARED, FACTS_CLAIMS, FACTS_EVENTS, Topic, by_name
from topics.plan import ActualTopic, Change, plan

SETTINGS = Settings(topic_prefix="test.", partitions=4)


def as_declared(topic: Topic, **changed: str) -> ActualTopic:
    """The topic as a cluster has it that is in step, but for the changed settings."""
    names = {name.replace("_", "."): value for name, value in changed.items()}
    wanted = topic.configuration(1)
    return ActualTopic(
        partitions=4,
        replication_factor=1,
        configuration={"segment.bytes": "1073741824", **wanted, **names},
        overridden=frozenset(wanted),
    )


def differences(topic: Topic, actual: ActualTopic | None) -> list[Change]:
    there = {} if actual is None else {"test." + topic.name: actual}
    return plan([topic], there, SETTINGS)


def test_a_topic_in_step_needs_nothing() -> None:
    for topic in DECLARED:
        assert differences(topic, as_declared(topic)) == []


def test_a_missing_topic_is_created_with_its_settings_under_the_prefix() -> None:
    (change,) = differences(FACTS_EVENTS, None)
    assert (change.topic, change.kind, change.harm) == ("test.facts.events", "topic", None)
    assert change.configuration == FACTS_EVENTS.configuration(1)


@pytest.mark.parametrize(
    ("topic", "setting", "present", "harm"),
    [
        (FACTS_EVENTS, "retention_ms", "1000", None),
        (FACTS_EVENTS, "retention_ms", "999999999999999", "older"),
        (FACTS_EVENTS, "retention_ms", "-1", "older"),
        (FACTS_EVENTS, "max_message_bytes", "1000", None),
        (FACTS_EVENTS, "max_message_bytes", "99999999", "refused"),
        (FACTS_EVENTS, "cleanup_policy", "compact", "deleted"),
        (FACTS_CLAIMS, "cleanup_policy", "delete", "latest"),
        (FACTS_EVENTS, "compression_type", "producer", None),
    ],
)
def test_settings_are_changed_and_harm_is_named(
    topic: Topic, setting: str, present: str, harm: str | None
) -> None:
    (change,) = differences(topic, as_declared(topic, **{setting: present}))
    assert change.kind == "setting"
    assert change.actual == present
    assert change.declared == topic.configuration(1)[change.name]
    assert change.possible
    assert (harm is None) == (change.harm is None)
    assert harm is None or harm in str(change.harm)


def test_a_setting_made_by_hand_is_undone_only_as_harm() -> None:
    actual = as_declared(FACTS_EVENTS)
    by_hand = replace(actual, overridden=actual.overridden | {"segment.bytes"})
    (change,) = differences(FACTS_EVENTS, by_hand)
    assert (change.name, change.declared) == ("segment.bytes", None)
    assert "by hand" in str(change.harm)


def test_more_partitions_do_no_harm_while_there_are_no_messages() -> None:
    (change,) = differences(FACTS_EVENTS, replace(as_declared(FACTS_EVENTS), partitions=2))
    assert (change.kind, change.actual, change.declared) == ("partitions", "2", "4")
    assert change.harm is None


def test_more_partitions_do_harm_to_all_topics_once_one_holds_messages() -> None:
    there = {
        "test.facts.events": replace(as_declared(FACTS_EVENTS), partitions=2, messages=7),
        "test.facts.claims": replace(as_declared(FACTS_CLAIMS), partitions=2),
    }
    changes = plan([FACTS_EVENTS, FACTS_CLAIMS], there, SETTINGS)
    assert [change.possible and change.harm is not None for change in changes] == [True, True]


@pytest.mark.parametrize("changed", [{"partitions": 8}, {"replication_factor": 3}])
def test_what_kafka_cannot_do_is_not_possible(changed: dict[str, int]) -> None:
    changes = differences(FACTS_EVENTS, replace(as_declared(FACTS_EVENTS), **changed))
    assert not changes[0].possible
    assert changes[0].harm


def test_writes_to_three_copies_wait_for_two() -> None:
    assert FACTS_EVENTS.configuration(3)["min.insync.replicas"] == "2"
    assert FACTS_EVENTS.configuration(1)["min.insync.replicas"] == "1"


def test_every_topic_is_declared_once_and_says_what_it_is_for() -> None:
    names = [topic.name for topic in DECLARED]
    assert len(set(names)) == len(names)
    for topic in DECLARED:
        assert by_name(topic.name) is topic
        assert topic.meaning.endswith(".")


def test_what_subscribers_read_is_compressed_so_that_every_client_can_read_it() -> None:
    between_stages = {"transcripts.segmented", "transcripts.normalized"}
    others = {
        topic.compression
        for topic in DECLARED
        if not topic.internal and topic.name not in between_stages
    }
    assert others <= {"gzip", "producer"}, "other codecs need packages to be read"


def test_the_dead_letters_take_whatever_another_topic_takes() -> None:
    assert by_name("pipeline.deadletters").largest > max(
        topic.largest for topic in DECLARED if topic.name != "pipeline.deadletters"
    )
