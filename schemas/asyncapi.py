"""The AsyncAPI 3 document: every topic with its settings, and every message with its schema."""

from importlib.metadata import version
from typing import Any

from pipeline.settings import Settings
from schemas.event import Event
from schemas.generate import PUBLISHED, Published, example_of
from topics.declared import DECLARED, TRANSCRIPTS_RAW, Topic

_BINDING = "0.5.0"


def document() -> dict[str, Any]:
    """Make the document; payloads point at the JSON Schemas beside it."""
    topics = [topic for topic in DECLARED if not topic.internal]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "callfacts",
            "version": version("callfacts"),
            "description": "Earnings-call transcripts in, machine-readable facts out. Topic names "
            "may carry a prefix. Readers of facts.events, facts.claims and transcripts.completed "
            "read committed messages only, and pass over fields that they do not know.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "local": {
                "host": "127.0.0.1:9092",
                "protocol": "kafka",
                "description": "What `callfacts broker start` starts.",
            }
        },
        "channels": {_identifier(topic): _channel(topic) for topic in topics},
        "operations": {_operation_name(topic): _operation(topic) for topic in topics},
        "components": {"messageTraits": {"cloudevent": _CLOUD_EVENT}},
    }


def _channel(topic: Topic) -> dict[str, Any]:
    return {
        "address": topic.name,
        "description": topic.meaning,
        "messages": {_message_name(topic): _message(topic)},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": Settings().partitions,
                "replicas": Settings().replication_factor,
                "topicConfiguration": _topic_configuration(topic),
                "bindingVersion": _BINDING,
            }
        },
    }


def _message(topic: Topic) -> dict[str, Any]:
    message: dict[str, Any] = {
        "name": _message_name(topic),
        "summary": topic.meaning,
        "contentType": "application/json",
        "traits": [{"$ref": "#/components/messageTraits/cloudevent"}],
        "bindings": {
            "kafka": {
                "key": {"type": ["string", "null"], "description": topic.key},
                "bindingVersion": _BINDING,
            }
        },
    }
    if topic.value is not None:
        published = _published(topic.value)
        message["payload"] = _multi_format(f"json/{published.name}.schema.json")
        message["examples"] = [{"name": published.name, "payload": example_of(published)}]
    else:
        message["contentType"] = "application/octet-stream"
    if topic.headers is not None:
        name = _published(topic.headers).name
        message["x-failure"] = {
            "description": "What the __connect.errors.* and __callfacts.errors.* headers say.",
            "schema": {"$ref": f"json/{name}.schema.json"},
        }
    return message


def _operation(topic: Topic) -> dict[str, Any]:
    channel = f"#/channels/{_identifier(topic)}"
    return {
        "action": "receive" if topic is TRANSCRIPTS_RAW else "send",
        "channel": {"$ref": channel},
        "summary": topic.meaning,
        "messages": [{"$ref": f"{channel}/messages/{_message_name(topic)}"}],
    }


def _topic_configuration(topic: Topic) -> dict[str, Any]:
    configuration: dict[str, Any] = {
        "cleanup.policy": ["compact" if topic.compacted else "delete"],
        "max.message.bytes": topic.largest,
    }
    if not topic.compacted:
        configuration["retention.ms"] = int(topic.configuration(1)["retention.ms"])
    return configuration


def _multi_format(path: str) -> dict[str, Any]:
    return {
        "schemaFormat": "application/schema+json;version=draft-2020-12",
        "schema": {"$ref": path},
    }


def _published(model: type[Event]) -> Published:
    return next(published for published in PUBLISHED if published.model is model)


def _message_name(topic: Topic) -> str:
    return topic.value.__name__ if topic.value else "DeadLetter"


def _operation_name(topic: Topic) -> str:
    verb = "receive" if topic is TRANSCRIPTS_RAW else "send"
    return verb + "".join(word.capitalize() for word in topic.name.split("."))


def _identifier(topic: Topic) -> str:
    first, *rest = topic.name.split(".")
    return first + "".join(word.capitalize() for word in rest)


_CLOUD_EVENT = {
    "headers": {
        "type": "object",
        "description": "CloudEvents 1.0 in binary mode, and a W3C trace context passed on.",
        "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "content-type"],
        "properties": {
            "ce_specversion": {"const": "1.0"},
            "ce_id": {"type": "string", "description": "With ce_source unique for each event."},
            "ce_source": {"type": "string", "description": "The stage that made the event."},
            "ce_type": {"type": "string"},
            "ce_time": {"type": "string", "format": "date-time"},
            "content-type": {"type": "string"},
            "traceparent": {"type": "string"},
        },
    }
}
