from pathlib import Path

import pytest

from pipeline.settings import BadSetting, Settings, documented, unknown_variables


def test_an_option_goes_before_a_variable_and_a_variable_before_the_default() -> None:
    environment = {"CALLFACTS_TOPIC_PREFIX": "env.", "CALLFACTS_PARTITIONS": "3", "HOME": "/h"}
    settings = Settings.load(environment, topic_prefix="option.", partitions=None)
    assert settings.topic("facts.events") == "option.facts.events"
    assert settings.partitions == 3
    assert settings.bootstrap_servers == "127.0.0.1:9092"


@pytest.mark.parametrize(
    ("variable", "value", "right"),
    [
        ("CALLFACTS_BOOTSTRAP_SERVERS", "localhost", "host:port"),
        ("CALLFACTS_BOOTSTRAP_SERVERS", "a:1,,b:2", "host:port"),
        ("CALLFACTS_TOPIC_PREFIX", "a b", "letters"),
        ("CALLFACTS_PARTITIONS", "0", "from 1"),
        ("CALLFACTS_PARTITIONS", "eight", "whole number"),
        ("CALLFACTS_REPLICATION_FACTOR", "-1", "from 1"),
        ("CALLFACTS_WORKER_GROUP", "", "letters"),
        ("CALLFACTS_LOG_LEVEL", "loud", "debug, info, warning, error"),
        ("CALLFACTS_CACHE_DIR", " ", "folder"),
        ("CALLFACTS_BOARD_PORT", "70000", "any free one"),
        ("CALLFACTS_BOARD_HOSTS", "board.example.com:80", "without ports"),
        ("CALLFACTS_BOARD_FACTS", "0", "from 1"),
    ],
)
def test_a_bad_value_names_the_variable_and_what_would_be_right(
    variable: str, value: str, right: str
) -> None:
    with pytest.raises(BadSetting) as problem:
        Settings.load({variable: value})
    line = str(problem.value)
    assert line.startswith(f"{variable} is {value!r}; expected ")
    assert right in line
    assert problem.value.exit_status == 2


def test_a_bad_option_is_named_as_an_option() -> None:
    with pytest.raises(BadSetting, match=r"^--topic-prefix is"):
        Settings.load({}, topic_prefix="/")


def test_addresses_may_be_several_and_have_spaces() -> None:
    settings = Settings.load({"CALLFACTS_BOOTSTRAP_SERVERS": "kafka-1:9092, [::1]:9093"})
    assert settings.bootstrap_servers == "kafka-1:9092,[::1]:9093"


def test_the_cache_is_where_the_user_keeps_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert Settings().cache_dir == Path("/somewhere/callfacts")
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    assert Settings().cache_dir == Path.home() / ".cache" / "callfacts"


def test_every_setting_is_documented_and_a_misspelt_one_is_noticed() -> None:
    assert all(meaning for _, _, meaning in documented())
    variables = {variable for variable, _, _ in documented()}
    environment = {"CALLFACTS_TOPICS_PREFIX": "x", "CALLFACTS_TEST_BOOTSTRAP_SERVERS": "y"}
    assert unknown_variables({**environment, **dict.fromkeys(variables, "")}) == [
        "CALLFACTS_TOPICS_PREFIX"
    ]
