"""How long each stage of an answer takes."""

import time


class StageClock:
    """Milliseconds a stage, each from the end of the one before."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self.timings_ms: dict[str, float] = {}

    def stop(self, stage: str) -> None:
        """End the stage of that name; the next one begins."""
        now = time.perf_counter()
        self.timings_ms[stage] = (now - self._last) * 1000
        self._last = now
