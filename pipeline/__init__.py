"""Earnings-call transcripts in, machine-readable facts out.

Read the folders in the order in which data flows: ``segment`` cuts a transcript into its parts,
``normalize`` finds quantities, periods and companies, ``extract`` links them into facts;
``stream`` moves all of it over Kafka, ``cli`` is what a person types.
"""

from pathlib import Path

from pipeline.compiled import prefer_compiled

COMPILED = prefer_compiled(Path(__file__).parent.parent)
