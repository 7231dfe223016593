"""Alerts: rules in plain YAML over facts and claims, and what becomes of a match.

``parsing`` reads rules, ``judging`` is the pure fold that finds matches, ``partition`` publishes
them on ``facts.alerts`` in Kafka transactions, ``delivery`` passes them on to where a trader looks.
docs/alerts.md explains the language and the promises.
"""
