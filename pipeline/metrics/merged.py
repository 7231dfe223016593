"""The metrics of several processes as one text."""

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families

from pipeline.metrics.declared import ANSWERS


def merged(texts: Mapping[str, bytes | None]) -> bytes:
    """Add up what processes tell, by the processes' names; None is of one that does not answer."""
    families: dict[str, Metric] = {}
    for text in texts.values():
        for family in text_string_to_metric_families((text or b"").decode()):
            _add(families.setdefault(family.name, _empty(family)), family)
    answers = GaugeMetricFamily(ANSWERS.name, ANSWERS.meaning, labels=ANSWERS.labels)
    for name, text in texts.items():
        answers.add_metric([name], float(text is not None))
    families[ANSWERS.name] = answers
    registry = CollectorRegistry()
    registry.register(_Families(families))
    return generate_latest(registry)


class _Families:
    def __init__(self, families: Mapping[str, Metric]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        yield from self._families.values()


def _empty(family: Metric) -> Metric:
    return Metric(family.name, family.documentation, family.type, family.unit)


def _add(total: Metric, family: Metric) -> None:
    """Add the samples of a family; those of the same name and labels are summed."""
    known = {(each.name, *sorted(each.labels.items())): at for at, each in enumerate(total.samples)}
    for sample in family.samples:
        at = known.get((sample.name, *sorted(sample.labels.items())))
        if at is None:
            total.samples.append(sample)
        else:
            summed = total.samples[at].value + sample.value
            total.samples[at] = total.samples[at]._replace(value=summed)
