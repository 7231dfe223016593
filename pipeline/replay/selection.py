"""Which transcripts a replay takes."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

import orjson


@dataclass(frozen=True)
class Selection:
    """Messages that landed from ``start`` on and before ``end``, of some transcripts or of all."""

    start: datetime | None = None
    end: datetime | None = None
    transcripts: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """A short name, the same for the same selection."""
        said = orjson.dumps([self.start, self.end, sorted(self.transcripts)])
        return hashlib.sha256(said).hexdigest()[:12]

    def __str__(self) -> str:
        """Say it as its options."""
        options = [
            f"--{name} {moment.isoformat()}"
            for name, moment in (("from", self.start), ("to", self.end))
            if moment is not None
        ]
        if len(self.transcripts) > 3:
            options.append(f"--transcript {self.transcripts[0]} and {len(self.transcripts) - 1}")
        else:
            options += [f"--transcript {each[:80]}" for each in self.transcripts]
        return " ".join(options) or "everything"
