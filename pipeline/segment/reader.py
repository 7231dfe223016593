"""Reading a document line by line: who speaks, under which headings, with which mark."""

from pipeline.lexicon.leading import sets_off_company
from pipeline.normalize.script import fold
from pipeline.patterns import regex
from pipeline.segment.boilerplate import FIGURE, Cues
from pipeline.segment.cues import cue_words, has_cue
from pipeline.segment.defaults import declared_scale
from pipeline.segment.draft import Draft
from pipeline.segment.lines import BLANK, Line
from pipeline.segment.marks import SIGN_BULLETS, Mark, heading_bullets, read_mark
from pipeline.segment.outline import Outline
from pipeline.segment.roles import tells_of_firm
from pipeline.segment.sections import closes_document, section_of, section_under
from pipeline.segment.speakers import Call, Cast
from pipeline.segment.stamps import leading_stamp
from pipeline.segment.tables import find_tables, row_span
from pipeline.segment.titles import is_same
from schemas.fact import Speaker
from schemas.segmented import Section, SegmentKind

_COMPANY_HEADING = regex(
    r"[A-Z\u4e00-\u9fff][^。，,:：]{1,40}?\s?[(（](?:[A-Z]+:\s?)?(?:[A-Z]{1,5}|\d{4,6})(?:\.[A-Z]{1,2})?[)）]$"
)
# "【京东】三季度增收不增利": a name in brackets and what is to be said of it.
_BRACKETED_NAME = regex(r"【[^】]{1,24}】[^。！？!?；;：:]{2,36}")
_EVENT = regex(r"[业業][绩績][会會]|[财財][报報]|[电電][话話][会會]|[法说說]+[说說明][会會]")
_ASIDES = regex(r"[（(][^（()）]{0,40}[）)]")
# "云计算观察 2025-10-31 10:00 杭州": who wrote, and when.
_DATED = regex(
    r"(?<!\d)20\d\d[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}日?(?:[ 　]+\d{1,2}[:：]\d\d|[^）)\d]{0,8}$)"
)
_STOP = "。．！？!?；;，,、…"
_CLOSED = {"（": "）", "(": ")", "[": "]", "<": ">", "〈": "〉", "＜": "＞"}
_FRONT_LINES = 6
_LAST_LINES = 3
_LONGEST_CONCLUSION = 8
_ENOUGH_TURNS = 3
_LONG = 50
_LONGEST_CAPITALS = 80
_LONGEST_PARTICULAR = 18
_MOST_WORDS = 14
_FEW_HAN = 14
_LEGAL_FORMS = ("INC.", "CORP.", "CO.", "LTD.", "N.V.", "S.A.")
_NOTE_STYLES = ("paren", "*", "＊")
_LONGEST_HEADING = {"en": 90, "und": 60, "zh-Hans": 42, "zh-Hant": 42}
_IN_TURN_STYLES = frozenset(("bracket", *"▍▎▌▋▊█", *SIGN_BULLETS))


class Reader:
    """Turns lines into drafts, in order; see ``read``. ``folded`` is the whole text, folded."""

    def __init__(self, lines: list[Line], cues: Cues, folded: str) -> None:
        self.lines = lines
        self._folded = folded
        calling = cues.lines_with("next_question") | cues.lines_with("opens_questions")
        introducing = sorted(cues.lines_with("introduces"))
        self.cast = Cast(lines, sorted(calling), introducing, cues.lines_with("people"))
        self.drafts: list[Draft] = []
        self._imprint = cues.lines_with("imprint")
        self._notices = self._imprint | cues.lines_with("legal")
        self._ends_call = cues.lines_with("ends_call")
        self._ended = False
        self._closing_roster = False
        self._spoken = 0
        self._stamp_at = self._note_at = -2
        self._tables = find_tables(lines)
        self._marks: dict[int, Mark] = {}
        self._signs = heading_bullets(lines)
        self._outline = Outline()
        self._section: Section | None = None
        self._speaker: Speaker | None = None
        self._asks: str | None = None
        self._turn = 0
        self._turns = 0
        self._called_at = -1
        self._decimals: dict[int, tuple[int, ...]] = {}

    def read(self) -> list[Draft]:
        """Give one draft for each line that is not only a speaker's name or a time stamp."""
        for index, line in enumerate(self.lines):
            if self._tables and index in self._tables:
                self._table_row(index, line)
            elif not line.first:
                self._continue(line)
            elif line.is_prose and not self._is_known(line):
                self._sentence(index, line)
            else:
                self._line(index, line)
        return self.drafts

    def _is_known(self, line: Line) -> bool:
        """Say whether a sentence is somebody's name or title, which hardly any is."""
        if self.cast.lists(line.text):
            return True
        if line.language != "en" or line.end - line.start > self.cast.longest_name():
            return False
        return self.cast.knows(self._folded[line.start : line.end])

    def _sentence(self, index: int, line: Line) -> None:
        self._leave_what_ended(index, line)
        self._plain(index, line)

    def _leave_what_ended(self, index: int, line: Line) -> None:
        if self._ended and line.after_blank:
            self._leave_words()
        if self._tables and index - 1 in self._tables:
            self._outline.close_last("unit")

    def _line(self, index: int, line: Line) -> None:
        text = line.text
        if self._is_stamp(index, text):
            self._stamp_at = index
            if not self.cast.dialogue and not self.cast.named:
                self._turns += 1
                self._turn = self._turns
            return
        mark = self._mark(index)
        call = None
        if text[0] != ">" or not self._leads_list(index, line):
            call = self.cast.call(text, stamped_above=self._stamp_at == index - 1)
        begin = 0
        if call is None and mark.kind in ("bullet", "number") and self.cast.dialogue:
            call = self.cast.call(text[mark.begin :])
            begin = mark.begin if call else 0
        if call is not None and call.asks is None and tells_of_firm(text[mark.begin :]):
            call, begin = None, 0
        if call is None and self._asks_unlabelled(index, text, mark):
            call = Call(Speaker(side="analyst"), mark.begin, "question")
        if call is not None and index == 0 and call.begin < len(text):
            call = None if self._is_title(index, line, mark) else call  # "Interview: …"
        if call is not None and self._closing_roster and begin + call.begin >= len(text):
            return
        if call is None and self.cast.lists(text):
            return
        if call is not None:
            self._ended = call.speaker.side == "operator" and index in self._ends_call
            self._call(index, line, call.speaker, call.asks)
            begin += call.begin
            begin += len(text[begin:]) - len(text[begin:].lstrip(BLANK))
            if begin < len(text):
                self._add(line, begin, len(text), "turn", self._outline.path())
            return
        if self.cast.stamped and text[0] in "0123456789[(<（":
            stamp = leading_stamp(text)
            if stamp:
                self._add(line, stamp, len(text), *self._plain_kind(line))
                return
        self._unnamed(index, line, mark)

    def _asks_unlabelled(self, index: int, text: str, mark: Mark) -> bool:
        """Say whether a line without a label is a question: an answer's label follows it."""
        if not self.cast.answers or self._asks == "question" or index + 1 >= len(self.lines):
            return False
        if mark.kind != "number" and text[-1] not in "?？":
            return False
        answer = self.cast.call(self.lines[index + 1].text)
        return answer is not None and answer.asks == "answer"

    def _unnamed(self, index: int, line: Line, mark: Mark) -> None:
        text = line.text
        self._leave_what_ended(index, line)
        if index < _FRONT_LINES and self._is_title(index, line, mark):
            self._add(line, mark.begin, mark.end, "heading", ())
            self.drafts[-1].is_title = True
            return
        style = self._heading_style(index, line, mark)
        if style:
            self._heading(line, mark, style)
        elif self._notes_table(index, mark):
            self._note_at = index
            self._add(line, mark.begin, mark.end, *self._plain_kind(line))
        elif mark.kind != "none":
            words = text[mark.begin : mark.end]
            path = self._outline.bullet(mark.style, words, line.indent)
            self._add(line, mark.begin, mark.end, "turn" if self._turn else "bullet", path)
        else:
            self._plain(index, line)

    def _plain(self, index: int, line: Line) -> None:
        outside = self._turn and index in self._notices and self._stands_outside(line.text)
        if self._turn:
            opens = line.after_blank and not line.is_prose
            if outside or (opens and _gives_particulars(line.text)):
                self._leave_words()
        elif self._concludes(index, line.text):
            self._outline.close()
        kind, path = self._plain_kind(line)
        self._add(line, 0, len(line.text), kind, path)
        if index in self._ends_call and self._speaker is not None:
            self._ended = self._speaker.side == "operator"

    def _leave_words(self) -> None:
        """End what is said: what follows is the publisher's, under no heading."""
        self._end_turn()
        self._ended = False
        self._section = None
        self._outline.close()

    def _concludes(self, index: int, text: str) -> bool:
        """Say whether one of a document's last lines opens with a label such as "小结："."""
        if index < len(self.lines) - _LAST_LINES or self._turn:
            return False
        label, colon, _ = text[:_LONGEST_CONCLUSION].replace("：", ":").partition(":")
        return bool(colon) and closes_document(label)

    def _notes_table(self, index: int, mark: Mark) -> bool:
        """Say whether a line is a note under a table: "(1) Excludes …", "* Restated"."""
        below = index - 1 in self._tables or index - 1 == self._note_at
        return below and mark.style in _NOTE_STYLES

    def _stands_outside(self, text: str) -> bool:
        """Say whether a notice stands outside of what the speaker says: in brackets, or headed."""
        if _CLOSED.get(text[0]) == text[-1]:
            return True
        head = fold(text[:24]).lstrip("【〖[(*# ")
        return head.startswith(cue_words()["after_words"])

    def _plain_kind(self, line: Line) -> tuple[SegmentKind, tuple[str, ...]]:
        self._outline.close_bullets(line.indent)
        return "turn" if self._turn else "paragraph", self._outline.path()

    def _continue(self, line: Line) -> None:
        """Add a later piece of a long line: it is like the piece before it."""
        before = self.drafts[-1] if self.drafts else None
        kind: SegmentKind = before.kind if before and before.kind != "heading" else "paragraph"
        path = before.path if before else ()
        self._add(line, 0, len(line.text), kind, path)

    def _table_row(self, index: int, line: Line) -> None:
        header = self._tables[index]
        path = self._outline.path()
        begin, end = row_span(line.text)
        if header == index:
            self._add(line, begin, end, "heading", path)
        elif header is None:
            self._add(line, begin, end, "bullet", path)
        else:
            above = self.lines[header].text
            above = above[slice(*row_span(above))]
            if above.count("\t") == line.text.count("\t") - 1:
                above = f"\t{above}"  # the empty first cell
            self._add(line, begin, end, "bullet", (*path, above))

    def _call(self, index: int, line: Line, speaker: Speaker, asks: str | None) -> None:
        """Begin a turn, unless the line repeats the name or gives it in the other language."""
        goes_on = self._called_at == index - 1 and self._turn and is_same(speaker, self._speaker)
        if goes_on and self.lines[index - 1].language != line.language:
            self._called_at = index  # "Dana Wu: Sales rose." over "Dana Wu: 銷售成長。"
            return
        again = self._called_at == index - 1 and not self._spoke_since_call()
        if again and self._turn and self._speaker is not None:
            before = self.lines[index - 1]
            if is_same(speaker, self._speaker) or before.language != line.language:
                self._called_at = index
                return
        self._spoken += self._spoke_since_call()
        self._outline.close_bullets()
        above = self._outline.path()
        if above and has_cue(fold(above[-1]), "people"):
            self._outline.close()
        self._turns += 1
        self._turn = self._turns
        self._speaker, self._asks = speaker, asks
        self._called_at = index

    def _spoke_since_call(self) -> bool:
        return bool(self.drafts) and self.drafts[-1].turn == self._turn

    def _end_turn(self) -> None:
        self._turn, self._speaker, self._asks = 0, None, None

    def _heading(self, line: Line, mark: Mark, style: str) -> None:
        words = line.text[mark.begin : mark.end].rstrip(":： ")
        if self._turn:
            self._end_turn()
        level = 0 if closes_document(words) and not style.startswith("hash") else None
        first = style not in self._outline.styles()
        if style == "han" and first and self.drafts and self.drafts[-1].kind != "heading":
            level = 0  # chapters begin: what stood above had words of its own
        if self._spoken >= _ENOUGH_TURNS and has_cue(fold(words), "people"):
            self._closing_roster = True
        if style.startswith("hash"):
            level = self._outline.depth_of_hash(style)
        path = self._outline.heading(style, words, level=level)
        self._section = section_under(words, path)
        self._add(line, mark.begin, mark.end, "heading", path)

    def _add(
        self, line: Line, begin: int, end: int, kind: SegmentKind, path: tuple[str, ...]
    ) -> None:
        whole = begin == 0 and end == len(line.text)
        self.drafts.append(
            Draft(
                line.start + begin,
                line.start + end,
                line.text if whole else line.text[begin:end],
                line.language,
                kind,
                path,
                self._speaker,
                self._section,
                self._turn,
                self._asks,
            )
        )

    def _mark(self, index: int) -> Mark:
        found = self._marks.get(index)
        if found is None:
            text = self.lines[index].text
            found = read_mark(text)
            if found.kind == "bullet" and found.style in self._signs:
                found = Mark("heading", found.style, found.begin, found.end)
            if text[0] == "[" and text[-1] == "]" and section_of(text[1:-1]):
                found = Mark("heading", "bracket", 1, len(text) - 1)
            elif text[0] == "【" and self._opens_section(index):
                found = Mark("heading", "bracket", 0, len(text))
            self._marks[index] = found
        return found

    def _opens_section(self, index: int) -> bool:
        """Say whether a line names in brackets whom the longer one below it is about."""
        text = self.lines[index].text
        if not _BRACKETED_NAME.fullmatch(text) or index + 1 >= len(self.lines):
            return False
        listed = read_mark(self.lines[index + 1].text).kind in ("bullet", "number")
        return listed or len(self.lines[index + 1].text) > len(text)

    def _is_stamp(self, index: int, text: str) -> bool:
        if not text[0].isdigit() and text[0] not in "[(<（":
            return False
        if leading_stamp(text) == len(text) and (self.cast.stamped or "-->" in text):
            return True
        following = self.lines[index + 1].text if index + 1 < len(self.lines) else ""
        return text.isdigit() and "-->" in following[:40]

    def _is_title(self, index: int, line: Line, mark: Mark) -> bool:
        """Say whether a line belongs to the document's title.

        That is the first line, if it is no sentence, and what follows it while nothing else has
        come: the title proper under a site's name, the event and date of a call.
        """
        text = line.text
        if mark.kind not in ("none", "heading") or len(text) > 140 or text[-1] in _STOP + ".":
            return False
        if index == 0:
            heads = len(self.lines) > 1  # a line of its own is what is said
            named = index not in self._imprint or _EVENT.search(text) is not None
            return heads and (line.language == "en" or named)
        if self._turns or not self.drafts or not all(draft.is_title for draft in self.drafts):
            return False
        if index in self._imprint or mark.kind != "none" or has_cue(fold(text), "people"):
            return False
        under_name = len(self.drafts[-1].text) <= 12 and index + 1 in self._imprint
        return under_name or (
            self.cast.named and line.language == "en" and text[0].isalnum() and text[-1] != ":"
        )

    def _heading_style(self, index: int, line: Line, mark: Mark) -> str | None:
        words = line.text[mark.begin : mark.end]
        if not words or len(words) > _LONGEST_HEADING[line.language]:
            return None
        style = mark.style
        if style.startswith("hash"):
            return style
        if self._is_ended(index, line, words, style):
            return None
        if index + 1 in self._tables and declared_scale(fold(words)) != 1:
            return "unit"
        if style == "decimal" or mark.numbers:
            return self._decimal_style(mark, words)
        seen = style in self._outline.styles()
        if self._turn and not (mark.kind != "bullet" and (seen or section_of(words))):
            return self._heading_in_turn(index, line, mark, words)
        if mark.kind == "heading":
            return style
        if mark.kind == "number":
            if FIGURE.search(fold(words)):
                return style if seen and style == "han" else None
            if style == "han":
                return style
            return style if not line.indent and self._has_children(index, style) else None
        if mark.kind == "none" and self._is_unmarked_heading(index, line):
            return "plain"
        return self._heading_in_turn(index, line, mark, words) if self._turn else None

    def _is_ended(self, index: int, line: Line, words: str, style: str) -> bool:
        """Say whether a line's last character makes it a sentence rather than a heading."""
        if words[-1] not in _STOP and (words[-1] != "." or line.language != "en"):
            return False
        if style in ("bracket", "emphasis"):
            return index in self._imprint
        firm = words[-1] == "." and words.isupper() and words.endswith(_LEGAL_FORMS)
        if firm and line.after_blank:
            return False
        if style == "han" and words[-1] in "?？" and not self._turn and self._section != "qa":
            return False
        return not self._asks_aloud(index, line)

    def _asks_aloud(self, index: int, line: Line) -> bool:
        """Say whether a question is a heading: it stands alone, outside of talk, over bullets."""
        if line.text[-1] not in "?？" or self._turn or self._section == "qa":
            return False
        return line.after_blank and self._leads_list(index, line)

    def _leads_list(self, index: int, line: Line) -> bool:
        if index + 1 >= len(self.lines):
            return False
        return self.lines[index + 1].indent > line.indent or self._mark(index + 1).kind == "bullet"

    def _heading_in_turn(self, index: int, line: Line, mark: Mark, words: str) -> str | None:
        """Within somebody's words only firm signs make a heading."""
        if mark.kind == "heading" and mark.style in _IN_TURN_STYLES:
            return mark.style
        if mark.kind == "none" and index not in self._imprint and len(words) <= 50:
            folded = fold(words)
            alone = line.after_blank or self.cast.named
            if alone and not FIGURE.search(folded) and words[0] not in _CLOSED:
                closing = closes_document(words) and line.after_blank and line.language != "en"
                people = has_cue(folded, "people")
                few = len(words.split()) <= 6 and (line.language == "en" or len(words) <= _FEW_HAN)
                if closing or people or (section_of(words) and few):
                    return "plain"
        return None

    def _decimal_style(self, mark: Mark, words: str) -> str | None:
        depth = len(mark.numbers)
        before = self._decimals.get(depth)
        follows = before is not None and mark.numbers[-1] == before[-1] + 1
        if not follows and mark.numbers[-1] != 1:
            return None
        self._decimals[depth] = mark.numbers
        return mark.style if not self._turn or self._outline.styles() or words else None

    def _has_children(self, index: int, style: str) -> bool:
        if index + 1 >= len(self.lines):
            return False
        return self._mark(index + 1).style != style

    def _is_unmarked_heading(self, index: int, line: Line) -> bool:
        text = line.text
        if text[0] in _CLOSED or index in self._imprint or index + 1 >= len(self.lines):
            return False
        if _gives_particulars(text) or (index < _FRONT_LINES and _DATED.search(text)):
            return False
        following = self.lines[index + 1]
        if _COMPANY_HEADING.match(text):
            return True
        labels = text[-1] in ":："
        if labels and not FIGURE.search(fold(text)):
            return True
        if line.after_blank and len(text) <= _FEW_HAN and section_of(text) == "qa":
            return True
        # Dates and codes in parentheses are no figures of a heading: "Acme（10/21）".
        leads = line.after_blank and following.indent > line.indent
        if line.after_blank and self._leads_list(index, line) and sets_off_company(text):
            return True
        if FIGURE.search(fold(_ASIDES.sub("", text))) and not leads:
            return False
        alone = line.after_blank and following.after_blank and len(following.text) >= _LONG
        alone = alone and following.text[-1] in ".。" and text[-1] != "."
        if not self._looks_like_heading(line, freely=alone or self._leads_list(index, line)):
            return False
        parent = following.indent > line.indent or self._mark(index + 1).kind != "none"
        if parent or index + 1 in self._tables:
            return line.after_blank or line.indent == 0
        if text.isupper() and len(text) <= _LONGEST_CAPITALS and not following.text.isupper():
            return True
        longer = len(following.text) >= max(25, len(text) * 3 // 2)
        if line.after_blank:
            return (
                alone
                or longer
                or (following.after_blank and not FIGURE.search(fold(following.text)))
            )
        ended = index > 0 and self.lines[index - 1].text[-1] in "。.！？!?"
        return ended and longer and len(following.text) >= 60 and "，" not in text

    def _looks_like_heading(self, line: Line, *, freely: bool) -> bool:
        text = line.text
        if line.language != "en":
            text = _ASIDES.sub("", text)
            return "，" not in text and "," not in text and "。" not in text
        if not (text[0].isupper() or text[0].isdigit()):
            return False
        if text.isupper():
            return True
        words = text.split()
        if freely:
            return len(words) <= _MOST_WORDS
        capital = sum(word[0].isupper() or not word[0].isalpha() for word in words)
        return len(words) <= 12 and (len(words) <= 3 or capital * 2 >= len(words))


def _gives_particulars(text: str) -> bool:
    """Say whether a line opens with a label of a document's particulars: its date, its place."""
    label, colon, _ = fold(text[:_LONGEST_PARTICULAR]).lstrip("*_ ").partition(":")
    return bool(colon) and label.startswith(cue_words()["particulars"])
