"""The stand-in stages with other rules: a 7 is costs, a 9 is no fact, a 5 is one of more.

``otherrules`` on PYTHONPATH makes a process use them, as ``standin`` does with the plain ones.
"""

import importlib.util
from pathlib import Path

from schemas import ExtractedPart, Fact, NormalizedPart

_PLAIN = Path(__file__).parents[2] / "stream" / "standin" / "stages.py"
_spec = importlib.util.spec_from_file_location("plain_stages", _PLAIN)
assert _spec is not None
assert _spec.loader is not None
_plain = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_plain)

segment = _plain.segment
normalize = _plain.normalize


def extract(part: NormalizedPart) -> ExtractedPart:
    read: ExtractedPart = _plain.extract(part)
    facts = [each for fact in read.facts for each in _read_otherwise(fact)]
    return read.model_copy(update={"facts": tuple(facts)})


def _read_otherwise(fact: Fact) -> list[Fact]:
    match int(fact.value or 0):
        case 9:
            return []
        case 7:
            return [fact.model_copy(update={"metric": "costs", "fact_id": fact.fact_id + "c"})]
        case 5:
            evidence = fact.evidence[0]
            moved = evidence.model_copy(update={"end": evidence.end + 1})
            more = {"fact_id": fact.fact_id + "m", "evidence": (moved,)}
            return [fact, fact.model_copy(update=more)]
        case _:
            return [fact]
