import os
import re
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pipeline import cli
from pipeline.problem import Problem

CALLFACTS = [sys.executable, "-c", "from pipeline.cli import main; main()"]


def callfacts(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*CALLFACTS, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **variables},
        timeout=120,
    )


def has_module(name: str) -> bool:
    return find_spec(f"pipeline.cli.{name}") is not None


def every_command() -> list[tuple[str, click.Command]]:
    """All commands and sub-commands with their full names."""
    found = []
    context = click.Context(cli.root)
    for name in filter(has_module, cli.COMMANDS):
        command = cli.root.get_command(context, name)
        assert command is not None
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {each}", sub) for each, sub in command.commands.items()]
    return found


def test_every_command_says_what_it_does_and_gives_an_example() -> None:
    for name, command in every_command():
        answer = CliRunner().invoke(command, ["--help"])
        assert answer.exit_code == 0
        assert f"callfacts {name}" in answer.output.split("Example", 1)[-1], name
        for option in command.params:
            assert not isinstance(option, click.Option) or option.help, (name, option.name)


def test_every_listed_command_has_a_module() -> None:
    assert [name for name in cli.COMMANDS if not has_module(name)] == []


def test_help_lists_the_commands_without_importing_them() -> None:
    answer = callfacts("--help")
    assert answer.returncode == 0
    assert all(re.search(rf"^  {name} ", answer.stdout, re.MULTILINE) for name in cli.COMMANDS)
    program = (
        "import sys; from pipeline.cli import run; run(['--help']); print(sorted(sys.modules))"
    )
    imported = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    for heavy in ("pydantic", "kafka", "faust", "rich", "orjson"):
        assert f"'{heavy}'" not in imported.stdout


def test_wrong_usage_ends_with_2_and_a_hint() -> None:
    for arguments in (["bogus"], ["settings", "--bogus"], ["broker", "start", "--port", "x"]):
        answer = callfacts(*arguments)
        assert answer.returncode == 2, arguments
        assert "-h" in answer.stderr
        assert answer.stdout == ""


def test_a_bad_setting_is_one_line_and_ends_with_2() -> None:
    answer = callfacts("settings", CALLFACTS_PARTITIONS="none")
    assert answer.returncode == 2
    assert answer.stderr == (
        "callfacts: CALLFACTS_PARTITIONS is 'none'; expected a whole number from 1 to 10000\n"
    )


def test_a_misspelt_setting_is_pointed_out() -> None:
    answer = callfacts("settings", CALLFACTS_PARTITION="3")
    assert answer.returncode == 0
    assert answer.stderr == (
        "callfacts: CALLFACTS_PARTITION is set but is no setting; is it misspelt?\n"
    )


def test_a_problem_is_one_line_and_ends_with_its_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command()
    def failing() -> None:
        raise Problem("the thing is broken; mend it")

    monkeypatch.setattr(cli.LazyGroup, "get_command", lambda *_: failing)
    assert cli.run(["settings"]) == 1
    assert capsys.readouterr().err == "callfacts: the thing is broken; mend it\n"


@pytest.mark.parametrize(("given", "status"), [(None, 0), (0, 0), (1, 1)])
def test_a_command_may_give_its_exit_status(
    monkeypatch: pytest.MonkeyPatch, given: int | None, status: int
) -> None:
    monkeypatch.setattr(
        cli.LazyGroup, "get_command", lambda *_: click.Command("x", callback=lambda: given)
    )
    assert cli.run(["settings"]) == status


def test_the_version_is_told() -> None:
    assert re.fullmatch(r"callfacts, version \d+\.\d+\.\d+\n", callfacts("--version").stdout)


def test_a_closed_pipe_is_no_failure_to_be_shown() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    answer = subprocess.run(
        [*CALLFACTS, "settings"], stdout=writer, stderr=subprocess.PIPE, text=True, timeout=120
    )
    os.close(writer)
    assert answer.stderr == ""
    assert answer.returncode == cli.CLOSED_PIPE


def test_an_interrupt_ends_quietly_with_130(tmp_path: Path) -> None:
    program = (
        "import signal, sys, time, click; from pipeline import cli\n"
        # Whoever starts the tests in the background makes their children ignore it.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "@click.command()\n"
        "def slow():\n    print('ready', flush=True); time.sleep(60)\n"
        "cli.LazyGroup.get_command = lambda *_: slow\n"
        "sys.argv = ['callfacts', 'settings']; cli.main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=90)
    assert process.returncode == cli.INTERRUPTED
    assert errors.strip() == ""


def test_data_are_a_table_or_lines_and_alone_on_standard_output() -> None:
    table = callfacts("settings", "--format", "table").stdout
    lines = callfacts("settings", "--format", "jsonl").stdout
    assert "CALLFACTS_BOOTSTRAP_SERVERS" in table
    assert lines.splitlines()[0].startswith('{"variable":"CALLFACTS_BOOTSTRAP_SERVERS"')
    assert callfacts("settings").stdout == lines


def test_what_a_small_command_does_not_need_is_not_imported() -> None:
    """Start-up is imports: a second of it would be Kafka's clients, pydantic and rich."""
    program = (
        "import sys; from pipeline.cli import run; run(['settings']); "
        "print(sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    for heavy in ("pydantic", "kafka", "faust", "rich", "aiohttp", "ahocorasick_rs"):
        assert f"'{heavy}'" not in done.stderr
    assert "'orjson'" in done.stderr
