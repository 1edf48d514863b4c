"""Language: what a message wants, what it is about, how far to trust the answer and when to hand it on."""

from casebook.methods.language.intent import IntentClassifier
from casebook.methods.language.judgement import (
    Calibration,
    Coverage,
    auroc,
    calibrate,
    reject_below,
    risk_coverage,
)
from casebook.methods.language.slots import Extraction, Slot, SlotFinder, extraction

__all__ = [
    "Calibration",
    "Coverage",
    "Extraction",
    "IntentClassifier",
    "Slot",
    "SlotFinder",
    "auroc",
    "calibrate",
    "extraction",
    "reject_below",
    "risk_coverage",
]
