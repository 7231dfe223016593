"""Single figures out of what an endpoint serves."""

from prometheus_client.parser import text_string_to_metric_families


def value(text: bytes, name: str, **labels: str) -> float | None:
    """Give the one sample with this name and, among others, these labels."""
    found = [
        sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    assert len(found) <= 1
    return found[0] if found else None
