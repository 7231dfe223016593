"""The stages on Kafka: Faust agents that move data, and the publisher that makes facts public.

``stages`` says what each stage does to one record, ``guard`` how a record is worked on without
losing it, ``lane`` how many at once; ``agents`` is the Faust app; ``ledger`` decides what a part of
a transcript changes for subscribers, ``publisher`` makes it so in Kafka transactions; ``worker``
runs them all.
"""
