"""quantulum3 on pieces of text from standard input; runs in its own environment."""

import contextlib
import json
import sys
import time

from quantulum3 import parser

asked = json.load(sys.stdin)
parser.parse("It grew 5 percent.")
found = size = 0
begin = time.process_time()
for piece in asked["pieces"]:
    # It fails on some pieces; the time is spent all the same, but they are not read.
    with contextlib.suppress(Exception):
        found += len(parser.parse(piece))
        size += len(piece.encode()) + 1
seconds = time.process_time() - begin
json.dump({"megabytes_a_second": size / 1e6 / seconds, "found": found}, sys.stdout)
