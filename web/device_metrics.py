"""The devices' figures for Prometheus, read from the device list when somebody asks."""

from collections.abc import Iterable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from controller.reactors.supervising import DeviceState

COUNTED = {
    "frames": "valid answers of a device, and what it sent by itself",
    "retries": "questions asked again within one exchange",
    "crc_errors": "questions after which only damaged bytes came",
    "time_outs": "questions after which nothing came",
}

DONE = {
    "presses": "keys of a device that were taken",
    "sheets": "slips that left a printer",
}
TIMES = (
    ("latency", "mean of a device's last answers", "latency_ms"),
    ("latency_worst", "slowest answer of a device since the start", "worst_ms"),
)


class DeviceMetrics(Collector):
    """`states` are the devices as they are shown; set it before the registry is read."""

    def __init__(self) -> None:
        self.states: Iterable[DeviceState] = ()

    def collect(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily]:
        """Return a family for each figure, with a row for each device that has it."""
        states = list(self.states)
        up = GaugeMetricFamily("yimen_device_up", "1 while the device works", labels=["device"])
        for state in states:
            up.add_metric([state.id], 1 if state.state == "ok" else 0)
        yield up
        counted = [(state.id, state.traffic) for state in states if state.traffic is not None]
        for name, told in COUNTED.items():
            family = CounterMetricFamily(f"yimen_device_{name}", told, labels=["device"])
            for device, traffic in counted:
                family.add_metric([device], getattr(traffic, name))
            yield family
        for name, told in DONE.items():
            family = CounterMetricFamily(f"yimen_device_{name}", told, labels=["device"])
            for state in states:
                family.add_metric([state.id], getattr(state, name))
            yield family
        for name, told, field in TIMES:
            latency = GaugeMetricFamily(f"yimen_device_{name}_seconds", told, labels=["device"])
            for device, traffic in counted:
                if (spent_ms := getattr(traffic, field)) is not None:
                    latency.add_metric([device], spent_ms / 1000)
            yield latency
