"""Old transcripts through today's code, beside the live pipeline or into its own topics.

``selection`` says which transcripts, ``bookmark`` remembers how far a replay has come, ``carrying``
takes one transcript message through the stages, ``replaying`` moves them all, ``publishing`` looks
at the publisher that makes the results public, ``comparing`` holds two sets of facts against each
other. The live consumer groups are never touched: a replay reads ``transcripts.raw`` by itself.
"""
