"""The health of a home as Prometheus reads it: a registry of our own, nothing of the process, ids of measures and statuses as labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from countermark.alerts.standing import KINDS
from countermark.health import OUTCOMES, Health

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
RUN_OUTCOMES = ("succeeded", "failed", "cancelled", "running")
PLANTED = "Faults planted in a copy to try the checks, at the newest position, and those of them that were not found"
Labelled = Iterable[tuple[tuple[str, ...], float]]


def exposition(state: Health) -> bytes:
    """The text that Prometheus scrapes."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_OfHealth(state))
    return generate_latest(registry)


class _OfHealth(Collector):
    """One look at the home as metrics."""

    def __init__(self, state: Health) -> None:
        self.state = state

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Every metric, those of a home without a publication too."""
        yield from self._publication()
        yield from self._counts()
        state = self.state
        yield _one("ledger_entries", "Entries of the audit chain", state.chain.entries)
        yield _one("chain_whole", "1 where the audit chain held when last walked", float(state.chain.broken_at is None))
        yield _one(
            "chain_verified_timestamp_seconds", "When the chain was last walked", state.chain.verified_at.timestamp()
        )
        yield _one("disk_free_bytes", "Room on the disk that holds the home", state.disk_free)
        yield _one("well", "1 where nobody has to look", float(state.is_well))

    def _publication(self) -> Iterator[GaugeMetricFamily]:
        last, age = self.state.publication, self.state.age
        yield _one("publication_fresh", "1 where something was published in time", float(self.state.is_fresh))
        if last is None or age is None:
            return
        yield _one("publication_timestamp_seconds", "When the last publication was made", last.published_at.timestamp())
        yield _one("publication_age_seconds", "How old the last publication is", age.total_seconds())
        yield _one("publication_revision", "The number of the last publication", last.seq)

    def _counts(self) -> Iterator[GaugeMetricFamily]:
        state, figures = self.state, self.state.figures
        alerts = (((kind,), sum(alert.kind == kind for alert in state.alerts)) for kind in KINDS)
        yield _many("alerts", "Alerts that stand", ("kind",), alerts)
        yield _many("deliveries", "Deliveries by what came of them", ("status",), _by_one(state.deliveries))
        yield _many("certificates", "Certificates by what became of them", ("state",), _by_one(state.certificates))
        if state.runs is not None:
            outcomes = (((one,), sum(run.outcome == one for run in state.runs)) for one in RUN_OUTCOMES)
            yield _many("recent_runs", "The newest runs of the pipeline by how they ended", ("outcome",), outcomes)
        if figures is None:
            return
        statuses = (
            ((code, indicator, status), count) for (code, indicator, status), count in figures.by_status.items()
        )
        yield _many(
            "figures", "Authorities' figures at the newest position", ("authority", "indicator", "status"), statuses
        )
        yield _many("checks", "Checks of all figures by outcome", ("check", "outcome"), figures.gates.items())
        planted = [((code, "planted"), one.planted) for code, one in figures.tried.items()]
        planted += [((code, "not found"), len(one.unfound)) for code, one in figures.tried.items()]
        yield _many("planted_faults", PLANTED, ("authority", "state"), planted)
        rules = (((outcome,), figures.rules.get(outcome, 0)) for outcome in OUTCOMES[:3])
        yield _many("rules", "Rules by outcome", ("outcome",), rules)


def _one(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"countermark_{name}", says, value=value)


def _many(name: str, says: str, labels: tuple[str, ...], values: Labelled) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"countermark_{name}", says, labels=labels)
    for label, value in values:
        family.add_metric(label, value)
    return family


def _by_one(counts: dict[str, int]) -> Labelled:
    return (((name,), count) for name, count in sorted(counts.items()))
