"""How every client reaches Kafka: TLS, logins, tokens, and what is said when it is refused.

``contradictions`` holds the settings against each other, ``connection`` makes of them what the two
client libraries take, ``tokens`` brings OAuth tokens, ``refusals`` puts failures into words.
"""
