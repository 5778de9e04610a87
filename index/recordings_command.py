"""`ontherecord index attach`, `detach` and `recordings`: which recording belongs to which document."""

import argparse
from pathlib import Path
from typing import Any

from index.cli import EXIT_CHECK_FAILED, EXIT_DONE, add_index_argument, show_row
from index.errors import IndexNotFound, RecordingRefused
from index.location import Location, default_index_path, show_location
from index.recording_list import Recording
from index.recordings import attach_recording, check_recording, detach_recording, list_recordings

COMMANDS = frozenset({"attach", "detach", "recordings"})


def add_recording_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """The commands, with their arguments."""
    attach = commands.add_parser("attach", help="attach the recording of a document, so that its quotes can be heard")
    attach.add_argument("document", metavar="DOCUMENT", help="its name as the list shows it, or its file: talk.vtt")
    attach.add_argument("recording", type=Path, metavar="RECORDING", help="mp3, m4a, wav, ogg, opus, flac, mp4 or webm")
    attach.add_argument("--copy", action="store_true", help="keep a copy in the index (default: a note of where it is)")
    detach = commands.add_parser("detach", help="forget the recording of a document; your file stays where it is")
    detach.add_argument("document", metavar="DOC_ID", help="a name as the list of recordings shows it")
    recordings = commands.add_parser("recordings", help="list the recordings, and check that they are unchanged")
    for command in (attach, detach, recordings):
        add_index_argument(command)


def run_recording_command(arguments: argparse.Namespace) -> int:
    """Run one of `COMMANDS`, for the exit code."""
    path = arguments.index or default_index_path()
    if arguments.command == "attach":
        return _show(attach_recording(arguments.document, arguments.recording, path, copy=arguments.copy))
    if arguments.command == "detach":
        return _show(detach_recording(arguments.document, path), "detached")
    return _list(path)


def _list(path: Location) -> int:
    recordings = list_recordings(path)
    if not recordings:
        raise IndexNotFound(
            f"no recordings in {show_location(path)}; attach one with: ontherecord index attach DOCUMENT RECORDING"
        )
    code = EXIT_DONE
    for recording in recordings:
        try:
            check_recording(recording, path)
        except RecordingRefused as error:
            code = EXIT_CHECK_FAILED
            _show(recording, str(error))
        else:
            _show(recording, "unchanged")
    return code


def _show(recording: Recording, state: str = "attached") -> int:
    kept = "copied" if recording.copied else recording.path
    show_row(recording.doc_id, recording.name, f"{recording.duration_ms / 1000:.1f} s", kept, state)
    return EXIT_DONE
