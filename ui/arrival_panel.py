"""The part of the drawer that takes recordings; what it shows is drawn by `assets/arrivals.js`."""

from ui.arrival_tasks import SUFFIXES
from ui.arrivals import MAX_RECORDING_BYTES

_READ = f"{', '.join(suffix[1:] for suffix in SUFFIXES[:-1])} or {SUFFIXES[-1][1:]}"
ARRIVALS = f"""
<p class="none">Recordings too ({_READ}, up to {MAX_RECORDING_BYTES // 1_000_000_000} GB): hear the
quotes of a transcript, or have one made. They are listened to on this machine.</p>
<div class="arriving"></div>
"""
