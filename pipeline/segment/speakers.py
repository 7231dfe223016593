"""Who speaks: lines and labels that name a speaker.

``Cast`` is made from the whole document first, since a bare name is a speaker only where the
document elsewhere gives the person a title or keeps using the name so.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pipeline.normalize.script import fold
from pipeline.segment.cues import has_cue
from pipeline.segment.lines import Line
from pipeline.segment.roles import may_be_chinese_name, role_words, side_of
from pipeline.segment.sections import section_of
from schemas.fact import Side, Speaker

Asks = Literal["question", "answer"]

_LONGEST_LINE = 140
_LONGEST_ROLE = 48
_NAMELESS = ("operator", "unidentified ", "unknown ")
_NAME_PART = r"(?:[^\W\d_][\w.'’\-]*\.?|[\"“(][^\W\d_][\w.]*[\"”)])"
_PARTICLES = frozenset(
    re.findall(
        r"\w+", "van von de der den del della da di du la le el al bin binti ibn y e ter dos"
    )
)
_DASHED = re.compile(
    r"(?P<name>[^|｜:：]{2,70}?)\s*(?:\s--?-?\s|\s[–—]\s|\s?——\s?)\s*(?P<title>\S.{0,120})$"
)
_COMMA = re.compile(r"(?P<name>[^|｜:：,，]{2,60}?)(?:,\s|，)(?P<title>\S.{1,100})$")
_PARENTHESES = re.compile(
    r"(?P<name>[^|｜:：,，()（）]{2,60}?)\s?[(（](?P<title>[^()（）]{2,80})[)）]$"
)
_NUMBERED = re.compile(
    r"(?:unknown |unidentified )?(?:speaker|spk|发言人|说话人|讲者|嘉宾)[ _#]?(?:\d{1,3}|[a-z])?$"
)
_LABEL = re.compile(r"(?P<label>[^:：。！？!?；;\n]{1,70}?)\s*[:：]\s*")
_ASKS = re.compile(
    r"(?P<q>q|问|提问|问题|question|分析师提问|投资者提问)(?P<qn>\s?\d{1,3})?(?:\s?[(（\[](?P<who>[^)）\]]{1,60})[)）\]])?$"
    r"|(?P<a>a|答|回答|回复|answer|公司回复|管理层回答|公司回答)(?P<an>\s?\d{1,3})?(?:\s?[(（\[](?P<whoa>[^)）\]]{1,60})[)）\]])?$"
)
_BARE_ASKS = re.compile(
    r"(?P<label>[QqAa]\d{1,2}|[QA])(?:[.、．]\s*|\s+-+\s+|\s+(?=[^\x00-\x7f]))(?=\S)"
)
_STAMP = re.compile(
    r"[\[(（<]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?[\])）>]?(?:\s*-->\s*[\d:.,]+)?\s*"
)
_STAMP_END = re.compile(r"\s*[\[(（]?\d{1,2}:\d{2}(?::\d{2})?[\])）]?$")
_FOOTNOTE = re.compile(r"\s*\[\d{1,3}\]$")
_CHEVRON = re.compile(r">{2,3}\s*|&gt;&gt;\s*")
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}$|[\u4e00-\u9fff]{1,8}[·・][\u4e00-\u9fff·・]{1,12}$")
_VAGUE_ROLES = frozenset(
    ("公司", "管理层", "管理層", "股东", "股東", "投资者", "投資者", "主席", "媒体", "媒體")
)
_SURNAME_ROLE = re.compile(r"[\u4e00-\u9fff]{1,3}$")


@dataclass(slots=True, frozen=True)
class Call:
    """A speaker is named; the words begin at ``begin`` of the line's text.

    That is the text's end where the name has a line of its own. ``asks`` is set where the label
    itself says question or answer.
    """

    speaker: Speaker
    begin: int
    asks: Asks | None = None


def stamp_end(text: str) -> int:
    """Where a time stamp at the head of a caption line ends; 0 where there is none."""
    found = _STAMP.match(text)
    return found.end() if found else 0


def is_name(text: str) -> bool:
    """Say whether a short text has the form of a person's name.

    >>> is_name("Mark Stephen F. Mahaney"), is_name("Cloud"), is_name("Revenue grew 5%")
    (True, False, False)
    """
    parts = text.split()
    if len(parts) < 2:
        han = _HAN_NAME.match(text)
        return han is not None and ("·" in text or "・" in text or may_be_chinese_name(fold(text)))
    if len(parts) > 7:
        return False
    for part in parts:
        if part.lower() in _PARTICLES:
            continue
        if part[-1] == "," and part is not parts[-2]:
            return False
        if not (part[0].isupper() or part[0] in "\"“('") or any(c.isdigit() for c in part):
            return False
        if not re.fullmatch(_NAME_PART, part.rstrip(",")):
            return False
    return True


class Cast:
    """All who speak in a document, and how it marks them."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._known: dict[str, Speaker] = {}
        self._short: Counter[str] = Counter()
        self._labels: Counter[str] = Counter()
        self._asks: Counter[str] = Counter()
        self._roster: Side | None = None
        self._newest: tuple[str, Speaker] | None = None
        self._listed: set[str] = set()
        stamps = 0
        previous = ""
        for line in lines:
            text = line.text
            if text[0].isdigit() or text[0] in "[(<（":
                stamps += bool(_STAMP.match(text))
            if len(text) <= _LONGEST_LINE:
                short = _plain(text)
                if short[-1:].isdigit() and len(short) <= _LONGEST_ROLE:
                    bare = _STAMP_END.sub("", short)
                    stamps += bare != short
                    short = bare or short
                self._short[short] += 1 + (short == previous)
                previous = short
                self._introduce(short)
            self._note_label(text)
        self.stamped = stamps >= 2
        self.answers = any(label[0] in "a答回公管" for label in self._asks)
        self.dialogue = self._is_dialogue()

    def _introduce(self, short: str) -> None:
        short = short.lstrip("•·-*●▪ ") or short
        if not self._roster and _is_sentence(short):
            return
        for pattern in (_DASHED, _COMMA):
            found = pattern.match(short)
            roster = self._roster is not None
            if not found or not is_name(found["name"]):
                continue
            if roster or _titled(found["title"], pattern is _COMMA):
                speaker = _speaker(found["name"], found["title"], self._roster)
                self._known.setdefault(fold(speaker.name or ""), speaker)
                return
        titled = has_cue(fold(short), "people") or section_of(short)
        if self._roster and is_name(short) and not titled:
            speaker = self._known.setdefault(fold(short), _speaker(short, None, self._roster))
            self._newest = (fold(short), speaker)
            return
        if self._roster and self._newest and role_words(short) and not titled:
            name, speaker = self._newest
            self._known[name] = _speaker(speaker.name or "", short, self._roster)
            self._listed.add(short)
            self._newest = None
            return
        self._roster = None
        folded = fold(short)
        if len(short) <= 60 and has_cue(folded, "people"):
            asking = "analyst" in folded or "call participants" in folded or "分析师" in folded
            self._roster = "analyst" if asking else "company"

    def _note_label(self, text: str) -> None:
        found = _LABEL.match(text)
        label = found["label"].strip("*_ 【】[]") if found else ""
        if not found:
            bare = _BARE_ASKS.match(text)
            label = bare["label"] if bare else ""
        if label:
            folded = fold(label)
            self._labels[folded] += 1
            if _ASKS.match(folded):
                self._asks[folded] += 1
            elif len(label) <= 40 and (speaker := _role_label(label)) and speaker.name:
                self._known.setdefault(fold(speaker.name), speaker)

    def _is_dialogue(self) -> bool:
        """Labels such as "CEO：" are speakers' only where several of them alternate."""
        speaking = sum(
            label in self._asks or bool(_NUMBERED.match(label)) or _role_label(label) is not None
            for label in self._labels
        )
        return speaking >= 2 or bool(self._known)

    @property
    def named(self) -> bool:
        """Whether speakers stand on lines of their own with their titles."""
        return bool(self._known)

    def lists(self, text: str) -> bool:
        """Say whether a line only gives the title of a person in a list of participants."""
        return bool(self._listed) and len(text) <= _LONGEST_LINE and _plain(text) in self._listed

    def call(self, text: str) -> Call | None:
        """Read the speaker that a line's text names, if it does."""
        chevron = _CHEVRON.match(text)
        begin = chevron.end() if chevron else 0
        if self.stamped:
            stamp = _STAMP.match(text, begin)
            begin = stamp.end() if stamp else begin
        rest = text[begin:] if begin else text
        call = self._line(rest) if len(rest) <= _LONGEST_LINE else None
        call = call or self._label(rest)
        if call and begin:
            return Call(call.speaker, call.begin + begin, call.asks)
        if chevron and not call:
            return Call(Speaker(side="company"), begin)
        return call

    def _line(self, text: str) -> Call | None:
        """Read a line of its own: "Name - Title", "Operator", "speaker 1", a name known before."""
        short = _plain(_STAMP_END.sub("", text) if self.stamped else text)
        folded = fold(short)
        end = len(text)
        if folded in self._known:
            return Call(self._known[folded], end)
        if not short or short[-1] in "。！？!?;；" or _is_sentence(short):
            return None
        words: tuple[tuple[int, int, int, Side], ...] = ()
        if len(folded) <= _LONGEST_ROLE:
            counted = self.stamped or len(folded) > 7 or self._short[short] > 1
            if _NUMBERED.match(folded) and len(folded) > 3 and counted:
                return Call(_speaker(short, None), end)
            words = role_words(folded)
            if words and words[0][3] == "operator" and words[0][:2] == (0, len(folded)):
                return Call(Speaker(name=short, role=None, side="operator"), end)
        for pattern in (_DASHED, _COMMA):
            found = pattern.match(short)
            if found and is_name(found["name"]):
                known = self._known.get(fold(found["name"]))
                if known is not None and pattern is _DASHED:
                    return Call(known, end)
                doubled = self._short[short] > 1 and pattern is _DASHED
                if doubled or _titled(found["title"], pattern is _COMMA):
                    return Call(_speaker(found["name"], found["title"]), end)
            elif found and fold(found["name"]).startswith(_NAMELESS) and role_words(found["name"]):
                return Call(_speaker(found["name"], found["title"]), end)
        if folded.startswith(_NAMELESS) and words:
            return Call(_speaker(short, short), end)
        if self.named and self._short[short] > 1 and is_name(short):
            return Call(_speaker(short, None), end)
        return None

    def _label(self, text: str) -> Call | None:
        """Read a label before the words: "Q：", 问（美系券商）：, "CFO：", "Tim Cook:"."""
        found = _LABEL.match(text)
        if not found:
            bare = _BARE_ASKS.match(text) if self._asks else None
            if bare and self.answers:
                return self._asking(bare["label"], bare.end())
            return None
        label = found["label"].strip("*_ 【】[]")
        if not label:
            return None
        begin = found.end()
        while text[begin : begin + 1] in ("*", " ", "_"):
            begin += 1
        asking = self._asking(label, begin)
        if asking:
            return asking
        folded = fold(label)
        if _NUMBERED.match(folded) and len(folded) > 3:
            return Call(_speaker(label, None), begin)
        if folded in self._known:
            return Call(self._known[folded], begin)
        # Where questions are labelled and answers are not, whoever's name stands there answers.
        if self._asks and not self.answers and not label.isascii() and is_name(label):
            return Call(_speaker(label, None), begin)
        if not self.dialogue and self._labels[folded] < 3:
            return None
        speaker = _role_label(label)
        if speaker:
            return Call(speaker, begin)
        if is_name(label) and self._labels[folded] > 1 and (label.isascii() or self.dialogue):
            return Call(_speaker(label, None), begin)
        return None

    def _asking(self, label: str, begin: int) -> Call | None:
        found = _ASKS.match(fold(label))
        if not found or (not self.answers and (found["qn"] or self._labels[fold(label)] < 2)):
            return None
        question = found["q"] is not None
        who_at = found.span("who" if question else "whoa")
        who = label[slice(*who_at)] if who_at[0] >= 0 else None
        side: Literal["analyst", "company"] = "analyst" if question else "company"
        name = who if who and is_name(who) else None
        speaker = Speaker(name=name, role=None if name else who, side=side)
        return Call(speaker, begin, "question" if question else "answer")


def _plain(text: str) -> str:
    """Give a short line without the asterisks of Markdown and without a colon at its end."""
    if text[0] in "*_":
        text = text.replace("*", "").replace("_", "")
    if text[-1] == "]":
        text = _FOOTNOTE.sub("", text)
    return text.strip().rstrip(":：").rstrip()


def _is_sentence(short: str) -> bool:
    """Say at a glance whether a line is a sentence, not a name with a title."""
    return short[-1:] == "." and " - " not in short and "--" not in short and len(short) > 30


def _titled(title: str, strict: bool) -> bool:
    """Say whether the words after a name are a title or a firm, not the rest of a sentence."""
    words = role_words(title)
    if not words or title[-1] in "?!。；;" or len(title.split()) > 14:
        return False
    if strict:
        return (words[0][2] < 3 and title[0].isupper()) or title[:1] > "\u4e00"
    return True


def _speaker(name: str, title: str | None, roster: Side | None = None) -> Speaker:
    # The side of one without a telling title is told later, from who speaks when.
    numbered = _NUMBERED.match(fold(name)) is not None
    side = side_of(title) or roster or (None if numbered else side_of(name))
    clean = name.strip("*_ ")
    if side is None:
        return Speaker(name=clean, role=title, side="publisher")
    return Speaker(name=clean, role=title, side=side)


def _role_label(label: str) -> Speaker | None:
    """Read a label that is a role, a role with a name, or a name with a role in parentheses."""
    words = role_words(label)
    strong = [word for word in words if word[2] < 3]
    if not strong or len(label) > 60 or fold(label) == "research":
        return None
    for pattern in (_PARENTHESES, _DASHED, _COMMA):
        found = pattern.match(label)
        if (
            found
            and role_words(found["title"])
            and (is_name(found["name"]) or role_words(found["name"]))
        ):
            if role_words(found["name"]) and not is_name(found["name"]):
                return Speaker(role=label, side=side_of(label) or strong[0][3])
            return _speaker(found["name"], found["title"])
    start, end, _, side = strong[-1]
    if end == len(label) and (start == 0 or not label.isascii()):
        before = label[:start]
        if before and _SURNAME_ROLE.match(before) and may_be_chinese_name(fold(before)):
            return Speaker(name=before, role=label[start:], side=side)
        if before and len(words) == 1 and label[start:] in _VAGUE_ROLES:
            return None
        if side == "operator":
            return Speaker(name=label, side=side)
        return Speaker(name=None, role=label, side=side_of(label) or side)
    rest = label[strong[0][1] :].strip()
    if strong[0][0] <= 12 and strong[0][2] == 1 and rest and is_name(rest):
        return Speaker(name=rest, role=label[: strong[0][1]], side=strong[0][3])
    return None
