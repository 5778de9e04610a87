"""What has to be so before any library is loaded; every package imports this before anything else.

Libraries tell their makers nothing, and none of them is a file of the folder that the program is started in.

The libraries read the variables when they are imported, some of them in native code, so importing this is what sets
them; processes that are started inherit them. onnxruntime's own call to switch its telemetry off comes too late.
"""

import os

from corpus.foreign_modules import leave_out_foreign_modules

SWITCHES = {
    "DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    "ORT_DISABLE_TELEMETRY": "1",
}

os.environ.update(SWITCHES)
leave_out_foreign_modules()
