"""A share of a core for some processes, as an orchestrator gives it: Linux control groups."""

import contextlib
import time
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

_PERIOD_US = 100_000
_VERSION_1 = Path("/sys/fs/cgroup/cpu")
_VERSION_2 = Path("/sys/fs/cgroup")


def possible() -> bool:
    """Tell whether this user may limit processes here."""
    try:
        with limited([], 0.5):
            return True
    except OSError:
        return False


@contextlib.contextmanager
def limited(process_ids: Iterable[int], cores: float) -> Iterator[None]:
    """Let some processes use so many cores together; those that still run are let go at the end.

    Raises ``OSError`` where this user may not do that.
    """
    version_1 = (_VERSION_1 / "cpu.cfs_quota_us").exists()
    parent = _VERSION_1 if version_1 else _VERSION_2
    group = parent / f"callfacts-{uuid.uuid4().hex[:8]}"
    group.mkdir()
    try:
        quota = round(cores * _PERIOD_US)
        if version_1:
            (group / "cpu.cfs_period_us").write_text(str(_PERIOD_US))
            (group / "cpu.cfs_quota_us").write_text(str(quota))
        else:
            (group / "cpu.max").write_text(f"{quota} {_PERIOD_US}")
        for process_id in process_ids:
            (group / "cgroup.procs").write_text(str(process_id))
        yield
    finally:
        _let_go(group, parent)


def _let_go(group: Path, parent: Path) -> None:
    for process_id in (group / "cgroup.procs").read_text("utf-8").split():
        with contextlib.suppress(OSError):  # it has ended meanwhile
            (parent / "cgroup.procs").write_text(process_id)
    for _ in range(100):
        try:
            group.rmdir()
        except OSError:  # what has just ended is let go a moment later
            time.sleep(0.05)
        else:
            return
