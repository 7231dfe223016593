"""What could not be processed: the records on ``pipeline.deadletters``.

The value of such a record is the original message, byte for byte; what is known about the failure
travels in its headers. This model is those headers, read.
"""

from schemas.event import Event, Moment


class DeadLetter(Event):
    """Why a message failed and where it came from.

    ``fingerprint`` is the same for the same cause, whatever the message.
    """

    stage: str
    reason: str
    exception: str
    topic: str
    partition: int
    offset: int
    attempt: int
    version: str
    fingerprint: str
    failed_at: Moment
    transcript_id: str | None = None
    revision: int | None = None
