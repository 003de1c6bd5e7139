"""Runs Presidio's predefined pattern recognisers; started in Presidio's own environment.

Reads one JSON object a line, `{"texts": [...], "rounds": 1}`, and answers each with one line,
`{"spans": [[[start, end, entity, score], ...], ...], "seconds": [...]}`. Knows nothing of scrim.

Its language models cannot be had offline. A blank English pipeline stands in their place, which
splits words and gives their lower case as lemmas: the recognisers' context words work, names of
people, places and organisations are not looked for.
"""

import json
import sys
import time

import spacy
import tldextract
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from spacy.language import Language
from spacy.tokens import Doc

THRESHOLD = 0.4
"""The score below which Presidio's own evaluation leaves results out."""


@Language.component("lower_case_lemmas")
def lower_case_lemmas(doc: Doc) -> Doc:
    """Give each word its lower case as its lemma."""
    for token in doc:
        token.lemma_ = token.lower_
    return doc


class BlankEngine(SpacyNlpEngine):
    """A pipeline without any model."""

    def __init__(self) -> None:
        """Make the pipeline for English."""
        super().__init__()
        pipeline = spacy.blank("en")
        pipeline.add_pipe("lower_case_lemmas")
        pipeline.max_length = 1 << 30
        self.nlp = {"en": pipeline}

    def load(self) -> None:
        """Do nothing: there is nothing to load."""


def analyser() -> AnalyzerEngine:
    """Return Presidio with its pattern recognisers for English."""
    # The list of public suffixes that comes with it is used, not one from the network.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    registry.remove_recognizer("SpacyRecognizer")
    return AnalyzerEngine(
        registry=registry, nlp_engine=BlankEngine(), default_score_threshold=THRESHOLD
    )


def main() -> None:
    """Answer each request until there are no more."""
    engine = analyser()
    engine.analyze(text="warm up 192.0.2.1", language="en")
    for line in sys.stdin:
        request = json.loads(line)
        results, seconds = [], []
        for _ in range(request.get("rounds", 1)):
            started = time.process_time()
            results = [engine.analyze(text=text, language="en") for text in request["texts"]]
            seconds.append(time.process_time() - started)
        spans = [[[r.start, r.end, r.entity_type, r.score] for r in found] for found in results]
        sys.stdout.write(json.dumps({"spans": spans, "seconds": seconds}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
