"""A page read back: what a browser would show of it, without a browser."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class Page:
    transcripts: list[str] = field(default_factory=list)
    marks: list[Element] = field(default_factory=list)
    rows: list[Element] = field(default_factory=list)
    tags: list[Element] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)

    @property
    def policy(self) -> str:
        return next(
            tag.attributes["content"]
            for tag in self.tags
            if tag.attributes.get("http-equiv") == "Content-Security-Policy"
        )

    @property
    def cards(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.scripts[0])
        return found


def read_page(html: str) -> Page:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.page.tags.append(element)
        if tag in ("meta", "input", "link", "img", "br"):
            return
        self._open.append(element)
        if element.attributes.get("class") == "text":
            self.page.transcripts.append("")

    def handle_endtag(self, tag: str) -> None:
        element = self._open.pop()
        assert element.tag == tag, f"</{tag}> closes <{element.tag}>"
        if tag == "mark":
            self.page.marks.append(element)
        elif tag == "a" and "data-f" in element.attributes:
            self.page.rows.append(element)
        elif tag == "script":
            self.page.scripts.append(element.text)
        elif tag == "style":
            self.page.styles.append(element.text)

    def handle_data(self, data: str) -> None:
        for element in self._open:
            if element.tag in ("mark", "a", "script", "style"):
                element.text += data
            elif element.attributes.get("class") == "text":
                self.page.transcripts[-1] += data
