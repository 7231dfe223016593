import time
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.problem import Problem
from pipeline.settings import Settings
from topics import DECLARED, cluster
from topics.declared import FACTS_EVENTS, PIPELINE_DEADLETTERS, TRANSCRIPTS_RAW, Topic

pytestmark = pytest.mark.broker


def with_changed(topic: Topic) -> list[Topic]:
    return [topic if each.name == topic.name else each for each in DECLARED]


def test_apply_creates_all_topics_and_again_changes_nothing(settings: Settings) -> None:
    with cluster.connected(settings) as admin:
        first = cluster.apply(admin, settings)
        assert {change.topic for change in first.made} == {
            settings.topic(topic.name) for topic in DECLARED
        }
        assert cluster.apply(admin, settings) == cluster.Applied([], [])
        assert cluster.differences(admin, settings) == []
        admin.delete_topics([settings.topic(topic.name) for topic in DECLARED])


def test_a_shorter_retention_is_refused_and_made_only_when_allowed(
    created_topics: Settings,
) -> None:
    shorter = with_changed(replace(FACTS_EVENTS, kept=timedelta(days=1)))
    longer = with_changed(replace(PIPELINE_DEADLETTERS, kept=timedelta(days=99)))
    with cluster.connected(created_topics) as admin:
        applied = cluster.apply(admin, created_topics, declared=shorter)
        assert applied.made == []
        (refused,) = applied.refused
        assert refused.name == "retention.ms"
        assert "deleted" in str(refused.harm)
        assert cluster.differences(admin, created_topics) == []  # untouched

        assert len(cluster.apply(admin, created_topics, declared=longer).made) == 1
        assert cluster.differences(admin, created_topics, longer) == []

        allowed = cluster.apply(admin, created_topics, declared=shorter, allow_harm=True)
        assert {change.name for change in allowed.made} == {"retention.ms"}
        assert cluster.differences(admin, created_topics, shorter) == []


def test_partitions_are_raised_until_there_are_messages_and_never_lowered(
    created_topics: Settings,
) -> None:
    from kafka import KafkaProducer

    with cluster.connected(created_topics) as admin:
        more = replace(created_topics, partitions=3)
        raised = cluster.apply(admin, more)
        assert {change.kind for change in raised.made} == {"partitions"}
        assert cluster.differences(admin, more) == []

        fewer = cluster.apply(admin, created_topics, allow_harm=True)
        assert fewer.made == []
        assert len(fewer.refused) == len(DECLARED)

        producer = KafkaProducer(bootstrap_servers=created_topics.bootstrap_servers)
        raw = created_topics.topic(TRANSCRIPTS_RAW.name)
        producer.send(raw, key=b"x", value=b"{}").get(timeout=60)
        producer.close()
        assert cluster.read(admin, [raw])[raw].messages == 1
        still_more = cluster.apply(admin, replace(created_topics, partitions=5))
        assert still_more.made == []
        assert all("keys would move" in str(change.harm) for change in still_more.refused)


def test_a_setting_made_by_hand_is_kept_until_harm_is_allowed(created_topics: Settings) -> None:
    from kafka.admin import ConfigResource

    with cluster.connected(created_topics) as admin:
        name = created_topics.topic(FACTS_EVENTS.name)
        admin.alter_configs([ConfigResource("TOPIC", name, {"segment.bytes": "2000000"})])
        while not cluster.differences(admin, created_topics):
            time.sleep(0.01)  # until the broker has heard of it
        (refused,) = cluster.apply(admin, created_topics).refused
        assert (refused.topic, refused.name, refused.actual) == (name, "segment.bytes", "2000000")
        cluster.apply(admin, created_topics, allow_harm=True)
        assert cluster.differences(admin, created_topics) == []


def test_a_cluster_that_is_not_there_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_BOOTSTRAP_MS", 200)
    nowhere = Settings(bootstrap_servers="127.0.0.1:1")
    with (
        pytest.raises(Problem, match=r"127\.0\.0\.1:1.*callfacts broker start"),
        cluster.connected(nowhere),
    ):
        pass
