"""When to ask again: exponential back-off with full jitter, and what the other side says."""

import secrets
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_RANDOM = secrets.SystemRandom()


def wait_before(attempt: int, *, base: float = 0.5, most: float = 8.0) -> float:
    """Give the seconds to wait before the attempt after ``attempt`` (from 0).

    Anything from half of ``base * 2**attempt`` up to it, and never more than ``most``, so that
    those who failed together do not come back together.
    """
    ceiling = min(most, base * 2.0**attempt)
    return _RANDOM.uniform(ceiling / 2, ceiling)


def retry_after(header: str | None, now: datetime | None = None) -> float | None:
    """Read a Retry-After header, seconds or an HTTP date (RFC 9110, 10.2.3), as seconds from now.

    None where there is none or it cannot be read; never negative.
    """
    if header is None:
        return None
    header = header.strip()
    if header.isascii() and header.isdigit() and len(header) < 10:
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())
