"""Who asks and who answers: sides of speakers, sections of a call, answers to questions."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.normalize.script import fold
from pipeline.patterns import regex
from pipeline.segment.boilerplate import Cues
from pipeline.segment.cues import cue_words, has_cue
from pipeline.segment.draft import Draft
from schemas.fact import Side, Speaker

_QUESTION = ("question", "提", "问")
_SPOKEN_SHARE = 0.012
_SHORT_TURN = 700


@dataclass(slots=True)
class Turn:
    """All that one says before the next one speaks."""

    drafts: list[Draft]
    side: Side | None = None
    is_question: bool = False
    is_host: bool = False
    text: str = field(default="")

    @property
    def speaker(self) -> Speaker | None:
        """The speaker as the document names it."""
        return self.drafts[0].speaker


def read_dialogue(
    drafts: Sequence[Draft], cues: Cues, folded: str, publisher: str | None, *, stamped: bool
) -> None:
    """Fill in speaker, section, kind and question of every draft.

    ``folded`` is the whole text, folded.
    """
    turns: list[Turn] = []
    before = 0
    for draft in drafts:
        if draft.turn and draft.turn == before:
            turns[-1].drafts.append(draft)
        elif draft.turn:
            turns.append(Turn([draft]))
        before = draft.turn
    for turn in turns:
        turn.text = _joined(turn.drafts[:3], folded)[:1500]
    named = [turn for turn in turns if turn.speaker]
    if named:
        _resolve_sides(turns, cues)
        _lead(drafts)
        _detach_report(turns, drafts)
        _pair_questions(turns)
    elif turns or stamped or _is_spoken(drafts, folded):
        _read_unlabelled(drafts, cues)
    else:
        _lead(drafts)
    _name_publisher(drafts, publisher)


def _joined(drafts: Sequence[Draft], folded: str) -> str:
    """Give the words of drafts, folded, as one text."""
    return " ".join([folded[each.start : each.start + len(each.text)] for each in drafts])


def _open(speaker: Speaker | None) -> bool:
    """Say whether a named speaker's side is not told by a title."""
    return speaker is not None and speaker.side == "publisher" and speaker.name is not None


def _resolve_sides(turns: Sequence[Turn], cues: Cues) -> None:
    """Tell the sides, then the sections: questions begin with the first analyst."""
    operators, host = _leaders(turns, cues)
    known: dict[str, Side] = {}
    asking = False
    before: Turn | None = None
    for turn in turns:
        speaker = turn.speaker
        if speaker is None:
            continue
        asking = asking or turn.drafts[0].section == "qa"
        name = speaker.name or ""
        asks = turn.drafts[0].asks
        if not _open(speaker):
            turn.side = speaker.side
        elif name in operators:
            turn.side = "operator"
        elif host is not None:
            turn.is_host = name == host
            turn.side = _interview_side(turn, before)
        elif name in known:
            turn.side = known[name]
        else:
            first = before is turns[0]
            turn.side = known[name] = _side_by_place(turn, before, asking=asking, first=first)
        if not asking and (asks or turn.side == "analyst" or _opens(turn, cues, before)):
            asking = True
            if before and before.side == "operator" and turn.side == "analyst":
                _set_section(before, "qa")
        if _open(speaker):
            told = Speaker(name=speaker.name, role=speaker.role, side=turn.side or "company")
            for draft in turn.drafts:
                draft.speaker = told
        _set_section(turn, "qa" if asking else "prepared")
        asking = asking or (before is not None and _hands_over(turn))
        turn.is_question = asks == "question" or (not asks and turn.side == "analyst")
        before = turn


def _set_section(turn: Turn, section: str) -> None:
    for draft in turn.drafts:
        if draft.section is None or draft.section == "summary":
            draft.section = section  # type: ignore[assignment]


def _opens(turn: Turn, cues: Cues, before: Turn | None) -> bool:
    """Say whether an operator brings in the first question (more than announcing questions)."""
    if turn.side != "operator" or before is None:
        return False
    kinds = {kind for draft in turn.drafts for kind in cues.of(draft.start)}
    return "opens_questions" in kinds or "next_question" in kinds


def _hands_over(turn: Turn) -> bool:
    """Say whether one who leads a call ends with opening it for questions."""
    return has_cue(fold(turn.drafts[-1].text[-150:]), "find:opens_questions")


def _leaders(turns: Sequence[Turn], cues: Cues) -> tuple[set[str], str | None]:
    """Find, of speakers without titles, those who call up questions, or the one who leads.

    The one who leads an interview opens it, speaks most often and says least each time.
    """
    calls: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    lengths: Counter[str] = Counter()
    before: str | None = None
    for turn in turns:
        if not _open(turn.speaker) or turn.speaker is None:
            before = None
            continue
        name = turn.speaker.name or ""
        # Captions label one who goes on speaking again behind each time stamp.
        counts[name] += name != before
        before = name
        lengths[name] += sum(len(draft.text) for draft in turn.drafts)
        kinds = {kind for draft in turn.drafts for kind in cues.of(draft.start)}
        if "next_question" in kinds and len(turn.text) < _SHORT_TURN:
            calls[name] += 1
    operators = {name for name, count in calls.items() if count >= 2}
    if operators or any(t.speaker and not _open(t.speaker) for t in turns) or len(counts) < 2:
        return operators, None
    opening = turns[0].speaker.name if turns[0].speaker else None
    if opening is None or counts[opening] < 2:
        return set(), None
    name = opening
    others = [other for other in counts if other != name]
    share = lengths[name] / counts[name]
    talk = sum(lengths[o] for o in others) / sum(counts[o] for o in others)
    return set(), name if counts[name] >= max(counts.values()) and share < talk else None


def _interview_side(turn: Turn, before: Turn | None) -> Side:
    if not turn.is_host:
        called = before is not None and before.is_host and _calls(before)
        return "analyst" if called and _sounds_asking(turn.text) else "company"
    if before is None:
        return "analyst" if turn.text.rstrip()[-1:] == "?" else "company"
    asks = has_cue(turn.text, "question") or _ASKED.search(turn.text) is not None
    closes = has_cue(turn.text, "handover") and not asks
    return "company" if closes else "analyst"


# "Next is Dana she asks why not take more price and will margin go under ten percent": how one who
# reads out questions asks, in captions without a question mark.
_ASKED = regex(
    r"\b(?:asks|asked|asking|wants to know|wonders|wondering|would like to know|is curious)\b|"
    r"\bwhy (?:not|is|are|did|do|does|was|were|has|have|wouldn't|isn't|aren't|don't|can't|would"
    r"|should)\b"
    r"|\b(?:and|but|so|or|then|uh|um|says|asks|asking|question|is|whether|first|second|guys|if"
    r"|also|next year|just) "
    r"(?:will|would|can|could|should|does|do|did|is|are|has|have) "
    r"(?:you|we|it|they|that|this|these|there|the|your|our|[a-z]+ (?:be|go|get|stay|hold|reach"
    r"|still|come|grow|fall|drop|"
    r"rise|recover|improve|end|hit|peak|look|need|move|continue|remain|slow|return|stabilize)) "
)


def _calls(turn: Turn) -> bool:
    """Say whether a turn calls upon somebody to ask."""
    return _hands_over(turn) or has_cue(turn.text[-300:], "find:next_question")


def _side_by_place(turn: Turn, before: Turn | None, *, asking: bool, first: bool) -> Side:
    after_operator = before is not None and before.side == "operator"
    called = before is not None and has_cue(before.text, "find:next_question")
    if first and before is not None and not any(word in before.text for word in _QUESTION):
        called = False  # the opening calls up one who reports
    if after_operator and (asking or called):
        return "analyst"
    if asking and before is not None and before.side == "company" and _sounds_asking(turn.text):
        return "analyst"
    return "company"


def _sounds_asking(folded: str) -> bool:
    tail = folded[-500:]
    return len(folded) < 1200 and has_cue(tail, "question")


def _pair_questions(turns: Sequence[Turn]) -> None:
    question: Draft | None = None
    for turn in turns:
        if turn.drafts[0].section != "qa":
            question = None
            continue
        if turn.is_question:
            spoken = [draft for draft in turn.drafts if draft.kind == "turn"]
            for draft in spoken:
                draft.kind = "question"
            question = spoken[0] if spoken else question
        elif turn.is_host:
            question = None
        elif turn.side == "company" and question is not None:
            for draft in turn.drafts:
                draft.kind = "answer" if draft.kind == "turn" else draft.kind
                draft.question = question


def _detach_report(turns: Sequence[Turn], drafts: Sequence[Draft]) -> None:
    """Give back to a report's writer what stands without a label behind the last answer.

    A report tells first and quotes some questions then. The last answer's later paragraphs that
    nobody says in the first person are the writer's where each other answer is one paragraph, where
    they name the one who answers, or where they are about the share price.
    """
    answers = [turn for turn in turns if turn.drafts[0].asks or not turn.is_question]
    last = turns[-1]
    if last.is_question or last.side == "operator" or len(last.drafts) < 2:
        return
    labelled = any(turn.drafts[0].asks for turn in turns)
    lead = next((draft for draft in drafts if not draft.is_title and draft.kind != "heading"), None)
    single = len(answers) > 2 and all(len(turn.drafts) == 1 for turn in turns[:-1])
    reported = labelled and single and lead is not None and lead.turn == 0
    for place, draft in enumerate(last.drafts[1:], 1):
        folded = fold(draft.text)
        named = last.speaker is not None and (last.speaker.name or "\n") in draft.text
        told = reported or named or (labelled and has_cue(folded, "market_report"))
        if told and not has_cue(folded, "speaks"):
            for left in last.drafts[place:]:
                left.kind, left.speaker, left.section = "paragraph", None, None
                left.turn, left.path = 0, ()
            del last.drafts[place:]
            return


def _lead(drafts: Sequence[Draft]) -> None:
    """Take what stands before the first heading, or before anybody speaks, for a summary."""
    body = [draft for draft in drafts if not draft.is_title]
    for place, draft in enumerate(body):
        if draft.turn or draft.kind == "heading":
            if 0 < place <= 40:
                for before in body[:place]:
                    before.section = before.section or "summary"
            return


def _is_spoken(drafts: Sequence[Draft], folded: str) -> bool:
    """Say whether English text without speakers is in the words of those who lead a company."""
    if not drafts or drafts[0].language != "en":
        return False
    if sum(draft.kind != "paragraph" for draft in drafts) * 10 > len(drafts):
        return False
    sample = _joined(drafts[:80], folded)[:8000]
    hits = sum(sample.count(word) for word in cue_words()["first_person"])
    # There are no more words than blanks, which are sooner counted.
    blanks = sum(sample.count(blank) for blank in " \t\n\r")
    if sample.isascii() and hits > _SPOKEN_SHARE * (blanks + 1):
        return True
    return hits > _SPOKEN_SHARE * len(sample.split())


def _read_unlabelled(drafts: Sequence[Draft], cues: Cues) -> None:
    """Read a call without speakers: questions begin where they are called, and go by form."""
    company, analyst = Speaker(side="company"), Speaker(side="analyst")
    asking = called = False
    question: Draft | None = None
    for place, draft in enumerate(drafts):
        if draft.kind == "heading":
            continue
        kinds = cues.of(draft.start)
        draft.speaker = company
        calls = "opens_questions" in kinds or "next_question" in kinds
        if place and calls and len(draft.text) < _SHORT_TURN:
            asking = called = asking or "opens_questions" in kinds
        elif asking:
            folded = fold(draft.text)
            by_form = folded[-3:].find("?") >= 0 or (called and has_cue(folded, "question"))
            if by_form and len(folded) < _SHORT_TURN:
                draft.kind, draft.speaker = "question", analyst
                question = (
                    draft if called or question is None or question.kind != "question" else question
                )
            elif question is not None:
                draft.kind, draft.question = "answer", question
            called = False
        draft.section = draft.section or ("qa" if asking else "prepared")


def _name_publisher(drafts: Sequence[Draft], publisher: str | None) -> None:
    writer = Speaker(name=publisher, side="publisher")
    for draft in drafts:
        if draft.speaker is None:
            draft.speaker = writer
