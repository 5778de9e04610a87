"""Switches off what the libraries would tell their makers. Every package imports this before anything else.

The libraries read these variables when they are imported, some of them in native code, so importing this is what sets
them; processes that are started inherit them. onnxruntime's own call to switch its telemetry off comes too late.
"""

import os

SWITCHES = {
    "DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    "ORT_DISABLE_TELEMETRY": "1",
}

os.environ.update(SWITCHES)
