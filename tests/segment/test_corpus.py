"""Documents of many genres and how each of their segments is read.

A line of an ``.expected`` file is one segment: kind, section, who speaks, the headings above it
(after ``@``), ``!`` for boilerplate, ``^`` and the number of the question that it answers, the
text's beginning, and after ``=`` that of its translation.
"""

from pathlib import Path

import pytest

from pipeline.segment import segment
from schemas.segmented import Segment
from schemas.transcript import TranscriptMessage

CORPUS = Path(__file__).parent / "corpus"
DOCUMENTS = sorted(CORPUS.glob("*.txt"))


def describe(found: Segment) -> str:
    speaker = found.speaker
    who: str = speaker.side if speaker else "nobody"
    if speaker and speaker.name:
        who += f":{speaker.name}"
    if speaker and speaker.role:
        who += f" ({speaker.role})"
    parts: list[str] = [found.kind, found.section or "-", found.language, who]
    if found.heading_path:
        parts.append("@ " + " › ".join(found.heading_path))
    if found.boilerplate:
        parts.append("!")
    if found.question_id:
        parts.append("^" + found.question_id)
    text = found.text if len(found.text) <= 36 else found.text[:35] + "…"
    line = " | ".join([*parts, text.replace("\n", "⏎")])
    if found.pair:
        line += f" = {found.pair.text[:16]}…{found.pair.text[-6:]}".replace("\n", "⏎")
    return line


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_document_is_read_as_a_person_reads_it(document: Path) -> None:
    message = TranscriptMessage(
        transcript_id=document.stem, text=document.read_text(encoding="utf-8")
    )
    read = [describe(found) for part in segment(message) for found in part.segments]
    expected = document.with_suffix(".expected").read_text(encoding="utf-8").splitlines()
    assert read == expected
