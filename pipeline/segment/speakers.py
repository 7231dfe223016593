"""Who speaks: lines and labels that name a speaker.

``Cast`` is made from the whole document first, since a bare name is a speaker only where the
document elsewhere gives the person a title, announces the person or keeps using the name so.
"""

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from pipeline.normalize.script import fold
from pipeline.patterns import regex
from pipeline.segment.asking import AskingLabel, Asks, read_asking, read_named_asking
from pipeline.segment.cues import has_cue
from pipeline.segment.introductions import announced_analysts, announced_company
from pipeline.segment.layout import Layout, split_chevron
from pipeline.segment.lines import Line
from pipeline.segment.prose import is_sentence
from pipeline.segment.roles import role_words, side_of
from pipeline.segment.sections import section_of
from pipeline.segment.stamps import leading_stamp, without_stamp
from pipeline.segment.titles import (
    COMMA,
    DASHED,
    LONGEST_ROLE,
    NAMELESS,
    NUMBERED,
    PARENTHESES,
    is_firm,
    is_name,
    is_nameless,
    is_titled,
    parted,
    plain_line,
    role_label,
    spaced_title,
    speaker_of,
)
from schemas.fact import Side, Speaker

_LONGEST_LINE = 140
_LONGEST_NAME = 40
_LONG_WORDS = 60
_LONGEST_LABEL = 80
_LONGEST_WORDS = 70
_NO_LABEL = regex(r"[。！？!?；;\n]")
_ASKING_LETTERS = ("Q", "q", "A", "a")
_BARE_ASKS = regex(
    r"(?P<label>[QqAa]\d{1,2}|[QA])(?:[.、．]\s*|\s+-+\s+|\s+(?=[^\x00-\x7f])(?![股轮輪类類级級系型]))"
    r"(?=\S)"
)
_SMALL_LABEL = regex(r"(?P<label>[a-z][a-z'’.\-]{1,20}(?: [a-z'’.\-]{1,20}){0,2}):\s+(?=\S)")
# "Q4", and the labels of questions that are not counted.
_QUARTER = 2
_UNCOUNTED = ("q", "问", "提问", "问题", "question")
_BULLETS = "•·●▪◦‧・*"
_BULLET = regex(rf"^[{_BULLETS}]\s*(?=[QA问問答][^a-z])")
_LIST_NUMBER = regex(r"[(（]?\d{1,3}[)）.、．]\s*")


@dataclass(slots=True)
class Call:
    """A speaker is named; the words begin at ``begin`` of the line's text.

    That is the text's end where the name has a line of its own. ``asks`` is set where the label
    itself says question or answer.
    """

    speaker: Speaker
    begin: int
    asks: Asks | None = None


class Cast:
    """All who speak in a document, and how it marks them.

    ``calling`` and ``introducing`` are the indexes of the lines that call up a question, and of
    those that introduce people; ``listing`` of those that may stand above a list of people.
    """

    def __init__(
        self,
        lines: list[Line],
        calling: Collection[int] = (),
        introducing: Collection[int] = (),
        listing: Collection[int] = (),
    ) -> None:
        self._known: dict[str, Speaker] = {}
        self._announced: dict[str, Speaker] = {}
        self._given: dict[str, Speaker] = {}
        self._counted = self._longest = 0
        self._short: dict[str, int] = {}
        self._parted: dict[str, list[tuple[re.Pattern[str], re.Match[str]]]] = {}
        self._labels: Counter[str] = Counter()
        self._asks: Counter[str] = Counter()
        self._named_asks = 0
        self._operators = 0
        self._roster: Side | None = None
        self._newest: tuple[str, Speaker] | None = None
        self._listed: set[str] = set()
        self._titled_below: list[tuple[str, str]] = []
        self._layout = Layout()
        self._label_run: list[tuple[str, bool]] = []
        self._read(lines, listing)
        self._names_placed = self._layout.names_speakers
        self._announce(lines, calling, introducing)
        self.stamped = self._layout.stamped
        self.answers = self._answers()
        self.dialogue = self._is_dialogue()

    def _read(self, lines: list[Line], listing: Collection[int]) -> None:
        previous = ""
        for index, line in enumerate(lines):
            if line.is_prose and self._roster is None and index not in listing:
                self._layout.pass_over()
                previous = line.text if len(line.text) <= _LONGEST_LINE else ""
                continue
            text = self._layout.read(line.text)
            if not text:
                continue
            if len(text) <= _LONGEST_LINE:
                short = without_stamp(plain_line(text))
                if short:
                    self._short[short] = self._short.get(short, 0) + 1 + (short == previous)
                    self._introduce(short, previous if not line.after_blank else "")
                previous = short
            else:
                previous = ""
            self._note_label(text)

    def _introduce(self, short: str, above: str) -> None:
        short = short.lstrip("•·-*●▪ ") or short
        if not self._roster and is_sentence(short):
            return
        for pattern, found in self._ways(short):
            if not is_name(found["name"]):
                continue
            if self._roster and self._newest and is_firm(found["name"]):
                break
            loose = self._roster is not None and pattern is not PARENTHESES
            if loose or is_titled(found["title"], strict=pattern is not DASHED):
                speaker = speaker_of(found["name"], found["title"], self._roster)
                self._known.setdefault(fold(speaker.name or ""), speaker)
                return
        if not short.isascii() and len(short) <= LONGEST_ROLE and (spaced := spaced_title(short)):
            self._known.setdefault(fold(spaced.name or ""), spaced)
            return
        folded = fold(short)
        titled = self._roster and (has_cue(folded, "people") or section_of(short))
        if self._roster and is_name(short) and not titled:
            speaker = self._known.setdefault(folded, speaker_of(short, None, self._roster))
            self._newest = (folded, speaker)
            return
        if self._roster and self._newest and role_words(short) and not titled:
            name, speaker = self._newest
            self._known[name] = speaker_of(speaker.name or "", short, self._roster)
            self._listed.add(short)
            self._newest = None
            return
        self._note_title_below(above, short)
        self._roster = None
        if len(short) <= 60 and has_cue(folded, "people"):
            asking = "analyst" in folded or "call participa" in folded or "分析师" in folded
            self._roster = "analyst" if asking else "company"
        self._operators += _is_operator(folded)

    def _note_title_below(self, above: str, short: str) -> None:
        if not above or not is_name(above) or role_words(above) or section_of(above):
            return
        if is_titled(short, strict=True) and role_words(short)[0][3] != "operator":
            self._titled_below.append((above, short))

    def _note_label(self, text: str) -> None:
        if text[0] in _BULLETS:
            text = _BULLET.sub("", text) or text
        if text[0] in "<[(QA" and read_named_asking(text):
            self._named_asks += 1
            return
        label, begin = _label_of(text)
        if not label:
            bare = _BARE_ASKS.match(text) if text[0] in _ASKING_LETTERS else None
            label = bare["label"] if bare else text if text[0] in "【[" and len(text) < 30 else ""
        label = label.strip("*_ 【】[]")
        if not label:
            return
        if label[0].isdigit() or label[0] in "(（":
            label = _LIST_NUMBER.sub("", label, count=1)
        folded = fold(label)
        self._labels[folded] += 1
        if read_asking(label):
            self._asks[folded] += 1
        elif len(label) <= 40 and (speaker := role_label(label)) and speaker.name:
            self._known.setdefault(fold(speaker.name), speaker)
        elif begin and len(label) <= _LONGEST_NAME and is_name(label):
            self._label_run.append((folded, text[-1] in "?？"))

    def _announce(
        self, lines: list[Line], calling: Collection[int], introducing: Collection[int]
    ) -> None:
        # Below a single analyst's name a title is a byline.
        if self._operators or any(
            speaker_of(*pair).side == "company" for pair in self._titled_below
        ):
            for name, title in self._titled_below:
                self._known.setdefault(fold(name), speaker_of(name, title))
                self._listed.add(title)
        if not (self._known or self._operators or self._labels or self._names_placed):
            return
        for index in introducing:
            for speaker in announced_company(lines[index].text):
                self._announced.setdefault(fold(speaker.name or ""), speaker)
        for index in calling:
            for speaker in announced_analysts(lines[index].text):
                folded = fold(speaker.name or "")
                if self._announced.get(folded, speaker).side in ("publisher", "analyst"):
                    self._announced[folded] = speaker
        for folded, speaker in self._announced.items():
            self._given.setdefault(folded.split()[0], speaker)
        if calling and self.named:
            self._find_lone_names(lines, min(calling))

    def _find_lone_names(self, lines: list[Line], begin: int) -> None:
        """Take for speakers, among the questions, names that stand once over somebody's words."""
        for index in range(begin, len(lines) - 1):
            line, below = lines[index], lines[index + 1]
            if not line.after_blank or below.after_blank or len(line.text) > _LONGEST_NAME:
                continue
            if len(below.text) < _LONG_WORDS and below.text[-1] not in "?？":
                continue
            name, folded = plain_line(line.text), fold(line.text)
            words = folded.split()
            if len(words) > 3 or not is_name(name) or role_words(name) or section_of(name):
                continue
            business = has_cue(folded, "result") or has_cue(folded, "people")
            if not business and not any(word in below.text for word in words):
                self._known.setdefault(fold(name), speaker_of(name, None))

    def _answers(self) -> bool:
        labels = [read_asking(label) for label in self._asks]
        return any(label is not None and label.asks == "answer" for label in labels)

    def _is_dialogue(self) -> bool:
        """Labels such as "CEO：" are speakers' only where several of them alternate."""
        speaking = sum(
            label in self._asks or bool(NUMBERED.match(label)) or role_label(label) is not None
            for label in self._labels
        )
        return speaking >= 2 or bool(self._known) or self._named_asks > 1 or self._talk_in_turns()

    def _talk_in_turns(self) -> bool:
        """Say whether two names alternate as labels, and one of the two asks."""
        run = self._label_run
        return any(
            run[i][0] == run[i + 2][0] != run[i + 1][0] == run[i + 3][0]
            and any(asks for _, asks in run[i : i + 4])
            for i in range(len(run) - 3)
        )

    @property
    def named(self) -> bool:
        """Whether speakers stand on lines of their own with their titles."""
        return bool(self._known) or self._operators > 0

    def lists(self, text: str) -> bool:
        """Say whether a line only gives the title of a person in a list of participants."""
        return (
            bool(self._listed) and len(text) <= _LONGEST_LINE and plain_line(text) in self._listed
        )

    def call(self, text: str, *, stamped_above: bool = False) -> Call | None:
        """Read the speaker that a line's text names, if it does.

        ``stamped_above`` says that the line above is a time stamp.
        """
        begin, chevron = split_chevron(text) if text[0] in ">&" else (0, False)
        if self.stamped:
            begin = leading_stamp(text, begin)
        rest = text[begin:] if begin else text
        call = None
        if chevron or self.stamped:
            call = self._small_label(rest, chevron=chevron)
        if call is None and 0 < len(rest) <= _LONGEST_LINE and rest[-1] not in "。！？":
            call = self._line(rest)
        call = call or self._label(rest)
        if not call and rest and self._names_placed:
            led = begin > 0 and not chevron
            placed = self._layout.places_name(
                rest, chevron=chevron, led=led, stamped_above=stamped_above
            )
            if placed and self._layout.may_name(rest):
                call = Call(self._placed(plain_line(rest)), len(rest))
        if call and begin:
            return Call(call.speaker, call.begin + begin, call.asks)
        if chevron and not call:
            return Call(Speaker(side="company"), begin)
        return call

    def _placed(self, short: str) -> Speaker:
        """Name one who is called by the given name, or by a name and a title in parentheses."""
        found = PARENTHESES.match(short)
        if found:
            speaker = speaker_of(found["name"], found["title"])
            self._known.setdefault(fold(found["name"]), speaker)
            return speaker
        announced = self._given.get(fold(short))
        if announced is not None:
            return Speaker(name=short, role=announced.role, side=announced.side)
        return speaker_of(short, None)

    def knows(self, folded: str) -> bool:
        """Say whether this is somebody's name, folded."""
        return self._find(folded) is not None

    def longest_name(self) -> int:
        """Give the length of the longest name that is known so far."""
        count = len(self._known) + len(self._announced)
        if count != self._counted:
            self._counted = count
            self._longest = max(map(len, (*self._known, *self._announced)))
        return self._longest

    def _comes_back(self, short: str) -> bool:
        return self._short.get(short, 0) > 1

    def _find(self, folded: str) -> Speaker | None:
        known, announced = self._known.get(folded), self._announced.get(folded)
        if known is None or (announced is not None and known.side == "publisher"):
            return announced
        return known

    def _line(self, text: str) -> Call | None:
        """Read a line of its own: "Name - Title", "Operator", "speaker 1", a name known before."""
        short = plain_line(text)
        end = len(text)
        if self.stamped and (bare := without_stamp(short)) != short:
            short = bare
            if self._layout.names_stamped and self._layout.may_name(bare) and is_name(bare):
                return Call(self._find(fold(bare)) or speaker_of(bare, None), end)
        folded = fold(short)
        if known := self._find(folded):
            return Call(known, end)
        if not short or short[-1] in "。！？!?;；" or is_sentence(short):
            return None
        asking = read_named_asking(text)
        if asking and asking[1] == end and (self._named_asks > 1 or self._asks):
            return Call(self._named(asking[0]), end, asking[0].asks)
        words: tuple[tuple[int, int, int, Side], ...] = ()
        if len(folded) <= LONGEST_ROLE:
            counted = self.stamped or len(folded) > 7 or self._comes_back(short)
            if NUMBERED.match(folded) and len(folded) > 3 and counted:
                return Call(speaker_of(short, None), end)
            words = role_words(folded)
            if words and words[0][3] == "operator" and words[0][:2] == (0, len(folded)):
                return Call(Speaker(name=short, role=None, side="operator"), end)
            if text[0] in "【[" and (label := read_asking(short)) and self._allows(label, short):
                return Call(label.speaker, end, label.asks)
        speaker = self._titled(short, boxed=text[0] in "[【")
        if speaker is not None:
            return Call(speaker, end)
        if folded.startswith(NAMELESS) and words:
            return Call(speaker_of(short, short), end)
        again = self.named and self._comes_back(short) and is_name(short)
        if again and not has_cue(folded, "result"):
            return Call(speaker_of(short, None), end)
        return None

    def _titled(self, short: str, *, boxed: bool) -> Speaker | None:
        """Read a name with a title or a firm behind a dash, a comma or in parentheses."""
        for pattern, found in self._ways(short):
            name, title = found["name"], found["title"]
            if is_name(name):
                known = self._find(fold(name))
                if known is not None and (pattern is DASHED or len(title.split()) <= 8):
                    if known.role is None:
                        return Speaker(
                            name=known.name, role=title, side=side_of(title) or known.side
                        )
                    return known
                doubled = self._comes_back(short) and pattern is not PARENTHESES
                boxed = boxed and self.named
                if doubled and pattern is COMMA:
                    doubled = self.named and title[0].isupper() and len(title.split()) <= 6
                if doubled or boxed or is_titled(title, strict=pattern is not DASHED):
                    return self._known.setdefault(fold(name), speaker_of(name, title))
            elif is_nameless(name) and role_words(name):
                return speaker_of(name, title)
        return spaced_title(short) if not short.isascii() else None

    def _ways(self, short: str) -> list[tuple[re.Pattern[str], re.Match[str]]]:
        """Give the ways to part a line; lines are read for the cast first, and then in turn."""
        ways = self._parted.get(short)
        if ways is None:
            ways = self._parted[short] = parted(short)
        return ways

    def _label(self, text: str) -> Call | None:
        """Read a label before the words: "Q：", 问（美系券商）：, "CFO：", "Tim Cook:"."""
        named = read_named_asking(text) if text and self._named_asks > 1 else None
        if named:
            return Call(self._named(named[0]), named[1], named[0].asks)
        label, begin = _label_of(text)
        if not label:
            bare = _BARE_ASKS.match(text) if self._asks and text[:1] in _ASKING_LETTERS else None
            quarter = bare is not None and self._is_quarter(bare["label"])
            if bare and self.answers and not quarter and (asking := read_asking(bare["label"])):
                return Call(asking.speaker, bare.end(), asking.asks)
            return None
        name = label.strip("*_ 【】[]")
        if not name:
            return None
        while text[begin : begin + 1] in ("*", " ", "_"):
            begin += 1
        asking = read_asking(name)
        if asking and self._allows(asking, name):
            return Call(asking.speaker, begin, asking.asks)
        speaker = self._labelled(name)
        return Call(speaker, begin) if speaker else None

    def _small_label(self, text: str, *, chevron: bool) -> Call | None:
        """Read a label of captions, which have no capitals: ">> jalene: thank you".

        It is a role, or a name that stands behind a chevron or comes back as a label.
        """
        found = _SMALL_LABEL.match(text) if ":" in text[:_LONGEST_LABEL] else None
        if not found:
            return None
        label, begin = found["label"], found.end()
        folded = fold(label)
        if known := self._find(folded):
            return Call(known, begin)
        words = role_words(folded)
        if words and words[0][:2] == (0, len(folded)):
            return Call(speaker_of(label, None), begin)
        if (chevron or self._labels[folded] > 1) and not has_cue(folded, "result"):
            return Call(speaker_of(label.title(), None), begin)
        return None

    def _labelled(self, label: str) -> Speaker | None:
        folded = fold(label)
        if NUMBERED.match(folded) and len(folded) > 3:
            return speaker_of(label, None)
        if known := self._find(folded):
            return known
        # Where questions are labelled and answers are not, whoever's name stands there answers.
        if self._asks and not self.answers and not label.isascii() and is_name(label):
            return speaker_of(label, None)
        if not self.dialogue and self._labels[folded] < 3:
            return None
        speaker = role_label(label)
        if speaker:
            return speaker
        if is_name(label) and self._labels[folded] > 1 and (label.isascii() or self.dialogue):
            return speaker_of(label, None)
        return None

    def _allows(self, asking: AskingLabel, label: str) -> bool:
        """Say whether a label such as "Q" stands for a question here, not for a quarter."""
        if asking.numbered and self._is_quarter(label):
            return False
        return self.answers or not (asking.numbered or self._labels[fold(label)] < 2)

    def _is_quarter(self, label: str) -> bool:
        """Say whether "Q4" is the time of a figure, where the questions are not counted so."""
        folded = fold(label)
        if len(folded) != _QUARTER or folded[0] != "q" or folded[1] not in "1234":
            return False
        if f"a{folded[1]}" in self._asks:
            return False
        before = folded[1] > "1" and f"q{int(folded[1]) - 1}" not in self._asks
        return before or any(plain in self._asks for plain in _UNCOUNTED)

    def _named(self, asking: AskingLabel) -> Speaker:
        """Give one whose label says both name and asking the title that is known elsewhere."""
        told = asking.speaker
        known = self._find(fold(told.name or ""))
        return known if known is not None and known.side == told.side else told


def _label_of(text: str) -> tuple[str, int]:
    """Give the words before a line's first colon, and where those behind it begin.

    Without any, or with too many for a label, the words are "".
    """
    place, wide = text.find(":", 0, _LONGEST_LABEL), text.find("：", 0, _LONGEST_LABEL)
    if place < 0 or 0 <= wide < place:
        place = wide
    label = text[:place].rstrip() if place > 0 else ""
    if not label or len(label) > _LONGEST_WORDS or _NO_LABEL.search(label):
        return "", 0
    return label, len(text) - len(text[place + 1 :].lstrip())


def _is_operator(folded: str) -> bool:
    if len(folded) > LONGEST_ROLE // 2:
        return False
    words = role_words(folded)
    return bool(words) and words[0][3] == "operator" and words[0][:2] == (0, len(folded))
