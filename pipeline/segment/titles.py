"""How a speaker is written: a person's name, a name with a title or a firm, a role as a label."""

import re
from functools import lru_cache

from pipeline.normalize.script import fold
from pipeline.patterns import regex
from pipeline.segment.prose import is_letter
from pipeline.segment.roles import may_be_chinese_name, role_words, side_of
from schemas.fact import Side, Speaker

LONGEST_ROLE = 48
DASHED = regex(
    r"(?P<name>[^|｜:：]{2,70}?)\s*(?:\s--?-?\s|\s[–—]\s|\s?——\s?)\s*(?P<title>\S.{0,120})$"
)
COMMA = regex(r"(?P<name>[^|｜:：,，]{2,60}?)(?:,\s{1,4}|，)(?P<title>\S.{1,100})$")
PARENTHESES = regex(r"(?P<name>[^|｜:：,，()（）]{2,60}?)\s?[(（](?P<title>[^()（）]{2,80})[)）]$")
NUMBERED = regex(
    r"(?:unknown |unidentified )?(?:speaker|spk|发言人|说话人|讲者|嘉宾)[ _#]?(?:\d{1,3}|[a-z])?$"
)
_SPACED = regex(r"(?P<name>[\u4e00-\u9fff·・]{2,9})[ \u3000]+(?P<title>\S.{1,40})$")
_LONGEST_SPACED = 10
_NAME_PART = regex(r"(?:[^\W\d_][\w.'’\-]*\.?|[\"“(][^\W\d_][\w.]*[\"”)])")
_PARTICLES = frozenset(
    re.findall(
        r"\w+", "van von de der den del della da di du la le el al bin binti ibn y e ter dos"
    )
)
_FOOTNOTE = regex(r"\s*\[\d{1,3}\]$")
_HAN_NAME = regex(r"[\u4e00-\u9fff]{2,4}$|[\u4e00-\u9fff]{1,8}[·・][\u4e00-\u9fff·・]{1,12}$")
_LONGEST_HAN_NAME = 4
_NO_HAN_NAME = 6
_FIRST_BEYOND_ASCII = 0x80
_OPENING_SIGNS = ('"', "(")
# 津斯纳（CFO）, 纳德拉（CEO）: a foreign name written in Chinese has no Chinese surname.
_TRANSCRIBED = regex(r"(?!管理层|公司|主持|董事|高管|本刊|编者|问|答)[\u4e00-\u9fff]{2,6}$")
_VAGUE_ROLES = frozenset(
    ("公司", "管理层", "管理層", "股东", "股東", "投资者", "投資者", "主席", "媒体", "媒體")
)
_SURNAME_ROLE = regex(r"[\u4e00-\u9fff]{1,3}$")
_CLOSING = {"[": "]", "【": "】", "［": "］", "<": ">"}
_STOP = regex(r"[。？！]|[?!；;]$")
_FIRM = regex(
    r"\b(?:Inc|Corp|Corporation|Co|Company|Ltd|LLC|LLP|plc|PLC|Group|Holdings|AG|SA|NV)\b"
)
NAMELESS = ("operator", "unidentified ", "unknown ")
"""How one is called whose name is not given."""

# In full width too, as is all that is folded.
_FIRST_OF_NAMELESS = "OoUuＯｏＵｕ"

_FORMS_OF_ADDRESS = ("先生", "女士", "小姐")
_LONGEST_TITLE = 14
_SMALL_WORDS = frozenset(("of", "and", "the", "for", "in", "at", "de", "to", "co-head"))


def is_name(text: str) -> bool:
    """Say whether a short text has the form of a person's name.

    >>> is_name("Mark Stephen F. Mahaney"), is_name("Cloud"), is_name("Revenue grew 5%")
    (True, False, False)
    """
    if not _may_open_name(text):
        return False
    parts = text.split()
    if len(parts) < 2:
        dotted = "·" in text or "・" in text
        if (len(text) > _LONGEST_HAN_NAME and not dotted) or not _HAN_NAME.match(text):
            return False
        return dotted or may_be_chinese_name(fold(text))
    if len(parts) > 7:
        return False
    for part in parts:
        if part.isalpha():
            if part[0].isupper() or part.lower() in _PARTICLES:
                continue
            return False
        if part[-1] == "," and part is not parts[-2]:
            return False
        if not (part[0].isupper() or part[0] in "\"“('") or any(c.isdigit() for c in part):
            return False
        if not _NAME_PART.fullmatch(part.rstrip(",")):
            return False
    return True


def _may_open_name(text: str) -> bool:
    """Say whether a name may stand at the head of a text.

    None begins with a digit or a bullet, and none has as many Chinese characters as prose has.
    """
    if not text:
        return False
    first = ord(text[0])
    if first < _FIRST_BEYOND_ASCII:
        return is_letter(first) or text[0] in _OPENING_SIGNS
    if len(text) < _NO_HAN_NAME or not is_letter(first):
        return True
    return not text[:_NO_HAN_NAME].isalnum() or "·" in text or "・" in text


def parted(text: str) -> list[tuple[re.Pattern[str], re.Match[str]]]:
    """Give the ways to part a line into name and title: by a dash, a comma, in parentheses.

    A pattern can match only where one of its signs stands: most lines have none. What opens as no
    name does is passed over, as none stands before its signs, and so are most clauses.
    """
    ways: list[tuple[re.Pattern[str], re.Match[str]]] = []
    if not _may_open_name(text):
        return ways
    if ("-" in text or "–" in text or "—" in text) and (found := DASHED.match(text)):
        ways.append((DASHED, found))
    if _names_before_comma(text) and (found := COMMA.match(text)):
        ways.append((COMMA, found))
    if text[-1:] in (")", "）") and (found := PARENTHESES.match(text)):
        ways.append((PARENTHESES, found))
    return ways


def _names_before_comma(text: str) -> bool:
    """Say whether a name, or a word for one without, stands before a line's first comma."""
    place, wide = text.find(","), text.find("，")
    if place < 0 or 0 <= wide < place:
        place = wide
    name = text[: max(place, 0)]
    return bool(name) and (is_name(name) or is_nameless(name))


def is_nameless(text: str) -> bool:
    """Say whether a text opens as one is called whose name is not given."""
    return text[:1] in _FIRST_OF_NAMELESS and fold(text).startswith(NAMELESS)


def plain_line(text: str) -> str:
    """Give a short line without emphasis, brackets about the whole of it, and a colon at its end.

    >>> plain_line("**Dana Wu:**"), plain_line("[Dana Wu, CFO]"), plain_line("Dana Wu [12]")
    ('Dana Wu', 'Dana Wu, CFO', 'Dana Wu')
    """
    if text[0] in "*_" or "**" in text:
        text = text.replace("*", "").replace("_", "")
    if text[-1:] == "]":
        text = _FOOTNOTE.sub("", text)
    text = text.strip()
    if text[-1:] in (":", "："):
        text = text.rstrip(":：").rstrip()
    if len(text) > 3 and _CLOSING.get(text[0]) == text[-1] and text.find(text[0], 1) < 0:
        text = text[1:-1].strip()
    return text


def is_titled(title: str, *, strict: bool) -> bool:
    """Say whether the words after a name are a title or a firm, not the rest of a sentence.

    ``strict`` is for those behind a comma, which part much else.

    >>> is_titled("President", strict=True), is_titled("President Obata said no", strict=True)
    (True, False)
    """
    words = role_words(title)
    if not words or len(title.split()) > _LONGEST_TITLE or _STOP.search(title):
        return False
    if not strict or "\u4e00" <= title[0] <= "\u9fff":
        return True
    if not title[0].isupper():
        return False
    if words[0][2] < 3:
        return True
    return title[-1] != "." and all(
        word[0].isupper() or not word[0].isalpha() or word in _SMALL_WORDS for word in title.split()
    )


@lru_cache(maxsize=1024)
def speaker_of(name: str, title: str | None, roster: Side | None = None) -> Speaker:
    """Make a speaker; the side "publisher" of a named one means that it is told later.

    That is who has no telling title: then it is from who speaks when.
    """
    numbered = NUMBERED.match(fold(name)) is not None
    side = side_of(title) or roster or (None if numbered else side_of(name))
    clean = name.strip("*_ ")
    return Speaker(name=clean, role=title, side=side or "publisher")


def is_same(one: Speaker | None, other: Speaker | None) -> bool:
    """Say whether two speakers are equal, which a model takes long to tell of itself."""
    if one is other or one is None or other is None:
        return one is other
    return one.name == other.name and one.role == other.role and one.side == other.side


def is_firm(text: str) -> bool:
    """Say whether words that have the form of a person's name are a firm's.

    >>> is_firm("Pembroke Airlines Inc"), is_firm("Eastgate Securities"), is_firm("Dana Wu")
    (True, True, False)
    """
    return _FIRM.search(text) is not None or bool(role_words(text))


# Lines are read for the cast first, and then in turn.
@lru_cache(maxsize=256)
def spaced_title(text: str) -> Speaker | None:
    """Read a Chinese name and a title with a space between, in either order.

    >>> spaced_title("宋雅宁 首席财务官").name, spaced_title("财务总监 宋雅宁").name
    ('宋雅宁', '宋雅宁')
    """
    head = text[:_LONGEST_SPACED]
    found = _SPACED.match(text) if " " in head or "\u3000" in head else None
    if not found:
        return None
    for name, title in (found["name"], found["title"]), (found["title"], found["name"]):
        if is_name(name) and role_words(title) and not role_words(name):
            return speaker_of(name, title)
    return None


@lru_cache(maxsize=1024)
def role_label(label: str) -> Speaker | None:
    """Read a label that is a role, a role with a name, or a name with a role in parentheses."""
    words = role_words(label)
    strong = [word for word in words if word[2] < 3]
    if not strong or len(label) > 60 or fold(label) == "research":
        return None
    for pattern in (PARENTHESES, DASHED, COMMA):
        found = pattern.match(label)
        if not found:
            continue
        name, title = found["name"], found["title"]
        roles = role_words(name)
        foreign = pattern is PARENTHESES and not roles and _TRANSCRIBED.match(name) is not None
        named = is_name(name) or foreign
        if role_words(title) and named and (pattern is not COMMA or not roles):
            return speaker_of(name, title)
        if roles and roles[0][:2] == (0, len(name)) and roles[0][2] == 1:
            return Speaker(role=label, side=side_of(label) or strong[0][3])
        if roles and role_words(title):
            return Speaker(role=label, side=side_of(label) or strong[0][3])
    start, end, _, side = strong[-1]
    if end == len(label) and (start == 0 or not label.isascii()):
        return _role_at_end(label, start, side, only=len(words) == 1)
    rest = label[strong[0][1] :].strip()
    if strong[0][:1] == (0,) and strong[0][3] == "analyst" and label.endswith(_FORMS_OF_ADDRESS):
        return Speaker(role=label, side="analyst")
    named = bool(rest) and is_name(rest) and not role_words(rest)
    if named and strong[0][0] <= 12 and (strong[0][2] == 1 or not rest.isascii()):
        return Speaker(name=rest, role=label[: strong[0][1]], side=strong[0][3])
    return None


def _role_at_end(label: str, start: int, side: Side, *, only: bool) -> Speaker | None:
    before = label[:start]
    if before and _SURNAME_ROLE.match(before) and may_be_chinese_name(fold(before)):
        return Speaker(name=before, role=label[start:], side=side)
    if before and only and label[start:] in _VAGUE_ROLES:
        return None
    if side == "operator":
        return Speaker(name=label, side=side)
    return Speaker(name=None, role=label, side=side_of(label) or side)
