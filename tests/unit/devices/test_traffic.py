"""The counters of a device: what is an answer, what is damaged, what is silence."""

from devices.traffic import Traffic


def test_a_device_that_was_never_asked_has_no_latency() -> None:
    assert (Traffic().latency_ms, Traffic().worst_ms, Traffic().frames) == (None, None, 0)


def test_the_mean_follows_and_the_worst_stays() -> None:
    traffic = Traffic()
    traffic.answered(0.010)
    assert (traffic.latency_ms, traffic.worst_ms) == (10.0, 10.0)
    traffic.answered(0.110)
    traffic.answered(0.010)
    assert traffic.worst_ms == 110.0
    assert traffic.latency_ms is not None
    assert 10 < traffic.latency_ms < 30
    assert traffic.frames == 3


def test_damaged_bytes_and_silence_are_told_apart() -> None:
    traffic = Traffic()
    traffic.missed(heard=True)
    traffic.missed(heard=False)
    traffic.asked_again()
    assert (traffic.crc_errors, traffic.time_outs, traffic.retries) == (1, 1, 1)
