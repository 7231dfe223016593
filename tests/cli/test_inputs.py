import io
from pathlib import Path

import orjson
import pytest

from pipeline.cli.inputs import Given, Refused, read_inputs

GOOD = {"transcript_id": "good", "text": "Revenue was $3 million."}

NOT_A_MESSAGE = (
    "a number where a transcript message is expected: an object with transcript_id and text"
)


def good(name: str) -> dict[str, str]:
    return {**GOOD, "transcript_id": name}


def read(*names: object) -> list[str]:
    """Give the ids of good transcripts, and the lines that tell of bad ones."""
    return [
        each.message.transcript_id if isinstance(each, Given) else str(each)
        for each in read_inputs(map(str, names))
    ]


def test_a_text_file_is_one_transcript_character_for_character(tmp_path: Path) -> None:
    file = tmp_path / "2025.q3.call.TXT"
    text = "\ufeffOne\r\nrevenue was 133 億美元\n"
    file.write_bytes(text.encode())
    (item,) = read_inputs([str(file)])
    assert isinstance(item, Given)
    assert item.message.transcript_id == "2025.q3.call"
    assert item.message.text == text


def test_json_files_hold_one_message_or_a_list(tmp_path: Path) -> None:
    one, several = tmp_path / "one.json", tmp_path / "several.json"
    one.write_bytes(orjson.dumps(good("a"), option=orjson.OPT_INDENT_2))
    several.write_bytes(orjson.dumps([good("b"), {"transcript_id": "c"}, 7, good("d")]))
    assert read(one, several) == [
        "a",
        "b",
        f"{several} item 2: text: it is missing; expected the transcript as a string",
        f"{several} item 3: {NOT_A_MESSAGE}",
        "d",
    ]


def test_json_lines_name_the_line_and_go_on(tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    file.write_bytes(
        b"\n".join([orjson.dumps(good("a")), b"", b"{oops", b"\xff", orjson.dumps(good("b"))])
    )
    first, broken, latin, last = read(file)
    assert (first, last) == ("a", "b")
    assert broken.startswith(f"{file}:3: not JSON: ")
    assert latin.startswith(f"{file}:4: not UTF-8: byte 0xff")


def test_standard_input_has_a_message_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = orjson.dumps(good("a")) + b"\n[]\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines)))
    name, refusal = read("-")
    assert name == "a"
    assert refusal.startswith("standard input:2: a list where")


def test_files_that_cannot_be_are_named_and_the_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("Revenue was $3 million.")
    (tmp_path / "latin.txt").write_bytes("café 3".encode("latin-1"))
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "emoji.txt").write_text("😀")
    (tmp_path / "huge.txt").write_bytes(b"x" * 10_000_001)
    (tmp_path / "call.pdf").write_bytes(b"%PDF")
    (tmp_path / "lines.json").write_bytes(orjson.dumps(GOOD) + b"\n" + orjson.dumps(GOOD))
    (tmp_path / "folder.txt").mkdir()
    expected = {
        "missing.txt": "cannot be read: No such file or directory",
        "missing": "there is no such file",
        "folder.txt": "a folder; expected files",
        "call.pdf": "unknown kind of file; expected .txt, .json, .jsonl",
        "latin.txt": "text: not UTF-8: byte 0xe9 at offset 3; expected text in UTF-8",
        "empty.txt": "text: it is empty",
        "emoji.txt": "text: it has no letter and no digit",
        "huge.txt": "text: it has 10,000,001 bytes; expected at most 10,000,000",
        "lines.json": "a file with a message a line is named .jsonl",
    }
    items = list(read_inputs(str(tmp_path / name) for name in [*expected, "good.txt"]))
    *refused, last = items
    assert isinstance(last, Given)
    for item, (name, wrong) in zip(refused, expected.items(), strict=True):
        assert isinstance(item, Refused)
        assert item.origin == str(tmp_path / name)
        assert wrong in item.reason
        assert "\n" not in str(item)
