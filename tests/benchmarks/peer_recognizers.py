"""Microsoft's Recognizers-Text on text from standard input; runs in its own environment."""

import json
import sys
import time

from recognizers_number import NumberRecognizer
from recognizers_number_with_unit import NumberWithUnitRecognizer
from recognizers_text import Culture

asked = json.load(sys.stdin)
culture = Culture.English if asked["language"] == "en" else Culture.Chinese
numbers = NumberRecognizer(culture)
models = [
    NumberWithUnitRecognizer(culture).get_currency_model(),
    numbers.get_percentage_model(),
    numbers.get_number_model(),
]
for model in models:
    model.parse("5% of $3")
found = 0
begin = time.process_time()
for piece in asked["pieces"]:
    for model in models:
        found += len(model.parse(piece))
seconds = time.process_time() - begin
size = sum(len(piece.encode()) + 1 for piece in asked["pieces"])
json.dump({"megabytes_a_second": size / 1e6 / seconds, "found": found}, sys.stdout)
