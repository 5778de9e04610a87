"""Types that several modules of the index speak in."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
# Called with how many of how many are done.
Progress = Callable[[int, int], None]
