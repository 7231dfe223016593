"""Write traditional.tsv anew from OpenCC (a development dependency): one character to one.

Run ``python -m pipeline.normalize.refresh_script`` after an OpenCC release; look at the diff.
"""

from collections import defaultdict
from pathlib import Path

from opencc import OpenCC

HEADER = """\
# simplified\tforms that fold to it\t"only" where Traditional text does not use the simplified one.
# Generated from OpenCC (t2s, tw2s, hk2s; s2t for "only"), one character to one character, by
# `python -m pipeline.normalize.refresh_script`; not edited by hand.
"""
RANGES = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0xF900, 0xFB00))


def traditional_forms() -> dict[str, str]:
    """Each character that OpenCC turns into exactly one other, t2s before the regional tables."""
    forms: dict[str, str] = {}
    for config in ("t2s", "tw2s", "hk2s"):
        convert = OpenCC(config).convert
        for code in (code for span in RANGES for code in span):
            character = chr(code)
            simplified = convert(character)
            if simplified == character or len(simplified) != 1:
                continue
            # A regional variant may be a Simplified character of its own: 么 is no form of 幺.
            if config == "t2s" or character not in forms.values():
                forms.setdefault(character, simplified)
    return forms


def main() -> None:
    """Write the table beside this file."""
    by_simplified: dict[str, list[str]] = defaultdict(list)
    for form, simplified in traditional_forms().items():
        by_simplified[simplified].append(form)
    to_traditional = OpenCC("s2t").convert
    lines = []
    for simplified, forms in sorted(by_simplified.items()):
        mark = "only" if to_traditional(simplified) != simplified else ""
        lines.append(f"{simplified}\t{''.join(sorted(forms))}\t{mark}\n")
    Path(__file__).with_name("traditional.tsv").write_text(HEADER + "".join(lines), "utf-8")


if __name__ == "__main__":
    main()
