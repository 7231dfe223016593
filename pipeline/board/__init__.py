"""A live page of what callfacts finds: facts with their evidence, conflicts, the lag of each stage.

One reader follows Kafka for all browsers. What it brings is made ready to be shown (``shown``),
kept within bounds (``window``, ``conflicts``) and told to each browser as server-sent events
(``watcher``), so that a browser that is away for a while goes on where it was.
"""
