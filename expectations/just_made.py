"""Great Expectations' own parts, less the comparing of each with its stored self.

Great Expectations reads every suite back from its store, many times in a run, to see whether anybody changed it since it was added. Here
suites, validation definitions and the checkpoint are made, added and run in one go by one function: there is nothing to find out, and the
reading was a third of what judging cost. Imported only where suites are run: Great Expectations takes seconds to load.
"""

from __future__ import annotations

from great_expectations import Checkpoint, ExpectationSuite, ValidationDefinition
from great_expectations.core.freshness_diagnostics import (
    CheckpointFreshnessDiagnostics,
    ExpectationSuiteFreshnessDiagnostics,
    ValidationDefinitionFreshnessDiagnostics,
)


class Suite(ExpectationSuite):
    """A suite that was added a moment ago."""

    def is_fresh(self) -> ExpectationSuiteFreshnessDiagnostics:
        """As added."""
        return ExpectationSuiteFreshnessDiagnostics(errors=[])


class Definition(ValidationDefinition):
    """A validation definition that was added a moment ago."""

    def is_fresh(self) -> ValidationDefinitionFreshnessDiagnostics:
        """As added."""
        return ValidationDefinitionFreshnessDiagnostics(errors=[])


class Rules(Checkpoint):
    """A checkpoint that was added a moment ago."""

    def is_fresh(self) -> CheckpointFreshnessDiagnostics:
        """As added."""
        return CheckpointFreshnessDiagnostics(errors=[])
