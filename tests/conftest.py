"""Of the whole suite: two processes share two cores, so each of them leaves the other one its own."""

from __future__ import annotations

import gc
import os

from countermark.warehouse.connect import THREADS

os.environ.setdefault(
    THREADS, "1"
)  # what runs beside each other in one process is tried with threads of its own (test_abreast)
gc.set_threshold(
    50_000, 20, 50
)  # thousands of tests leave much that is kept: looking it through often takes a tenth of the time
