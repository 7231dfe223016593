"""The topics of the pipeline, declared once, and what keeps a cluster in step with them."""

from topics.declared import DECLARED, Topic, by_name

__all__ = ["DECLARED", "Topic", "by_name"]
