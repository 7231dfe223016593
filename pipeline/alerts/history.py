"""What a set of rules would have fired for in the past; nothing is written anywhere."""

from collections.abc import Iterator
from datetime import datetime

from pipeline.alerts.fold import Fold, sources
from pipeline.alerts.rules import RuleSet
from pipeline.settings import Settings
from pipeline.stream.subscription import Subscription
from schemas import Alert


def would_have_fired(
    settings: Settings, rules: RuleSet, since: datetime | None = None
) -> Iterator[Alert]:
    """Judge all facts and claims that there are; give the alerts of events since a time.

    What was published before is read too, because rules compare with it. Of claims the topic keeps
    the latest states, so conflicts that are over may be missing. Raises ``Problem`` where no Kafka
    answers or a topic is missing.
    """
    names = sources(rules)
    fold = Fold(rules)
    subscription = Subscription(settings, names)
    subscription.from_beginning()
    for record in subscription.records(follow=False):
        if record is None:
            continue
        source = record.topic.removeprefix(settings.topic_prefix)
        for alert in fold.take(record, source):
            if since is None or alert.at >= since:
                yield alert
