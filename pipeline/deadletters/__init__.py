"""What could not be processed: read, grouped by cause, shown, and sent again.

``letter`` reads a record of ``pipeline.deadletters`` and gives the original back, ``reading``
chooses among them, ``causes`` groups them, ``requeueing`` sends originals to where they came from.
"""
