"""What listens, listens on loopback unless somebody says otherwise."""

import ipaddress
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from pipeline.cli import root
from pipeline.metrics.http import listen
from pipeline.settings import Settings

ROOT = Path(__file__).parents[2]
EVERYWHERE = re.compile(r"""(?<![\d.])0\.0\.0\.0|["']::["']|\(\s*["']["']\s*,\s*\w*port""")


def commands(group: click.Command) -> Iterator[click.Command]:
    yield group
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            found = group.get_command(context, name)
            assert found is not None
            yield from commands(found)


def test_no_option_and_no_setting_listens_to_strangers_by_default() -> None:
    defaults = {
        "CALLFACTS_METRICS_ADDRESS": Settings().metrics_address,
        "CALLFACTS_BOARD_BIND": Settings().board_bind,
    } | {
        f"{command.name} {option.name}": option.default
        for command in commands(root)
        for option in command.params
        if option.name in ("address", "host", "bind") and isinstance(option.default, str)
    }
    assert len(defaults) >= 2
    for name, address in defaults.items():
        assert ipaddress.ip_address(address).is_loopback, name
        with listen(address, 0) as opened:
            assert ipaddress.ip_address(opened.getsockname()[0]).is_loopback


@pytest.mark.parametrize("package", ["pipeline", "topics", "schemas"])
def test_no_code_names_all_addresses(package: str) -> None:
    # Inside the broker's container, of which only loopback is published.
    but = {ROOT / "pipeline" / "broker" / "container.py"}
    for file in set((ROOT / package).rglob("*.py")) - but:
        assert not EVERYWHERE.search(file.read_text("utf-8")), file
