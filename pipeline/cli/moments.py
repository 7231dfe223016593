"""Times as they are given on the command line."""

import re
from datetime import UTC, datetime, timedelta

import click

_AGO = re.compile(r"([0-9]{1,6})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

EXPECTED = "a time such as 2025-10-30T21:00Z, or 15m, 2h, 3d ago"


def moment(given: str, option: str) -> datetime:
    """Read a time; without a zone it is UTC. ``click.BadParameter`` names the option."""
    ago = _AGO.fullmatch(given)
    try:
        if ago:
            return datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        found = datetime.fromisoformat(given)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{given!r}; expected {EXPECTED}", param_hint=option) from None


def optional_moment(given: str | None, option: str) -> datetime | None:
    """Read a time that may be left out."""
    return None if given is None else moment(given, option)
