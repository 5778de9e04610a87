"""`ontherecord index transcribe` and `align`: a recording into a transcript, and a transcript held against one."""

import argparse
from pathlib import Path
from typing import Any

from corpus import load
from index.alignment import align_recording, describe_missing
from index.audio.media import require_audio
from index.audio.recognise import open_whisper
from index.audio.transcribe import HeardTranscript, Listening, transcribe
from index.audio.voices import VoiceEncoder
from index.build import update_index
from index.cli import EXIT_DONE, add_index_argument, progress_line, say, show_row
from index.errors import IndexNotWritable, RecordingRefused
from index.location import default_index_path
from index.recordings import attach_recording

COMMANDS = frozenset({"transcribe", "align"})


def add_transcribe_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """The commands, with their arguments."""
    command = commands.add_parser(
        "transcribe", help="write down what is said in a recording, on this machine; go on where it was interrupted"
    )
    command.add_argument(
        "recording", type=Path, metavar="RECORDING", help="mp3, m4a, wav, ogg, opus, flac, mp4 or webm"
    )
    command.add_argument(
        "--out", type=Path, metavar="FILE", help="the transcript (default: RECORDING's name with .json)"
    )
    command.add_argument(
        "--voices",
        type=_count,
        metavar="N",
        help="how many people speak (default: it is found out; 0: tell none apart)",
    )
    command.add_argument("--add", action="store_true", help="add the transcript to the index, and attach the recording")
    aligning = commands.add_parser(
        "align", help="give the words of a transcript their times, by listening to its recording, and attach that"
    )
    aligning.add_argument("document", metavar="DOCUMENT", help="its name as the list shows it, or its file: talk.txt")
    aligning.add_argument("recording", type=Path, metavar="RECORDING", help="as for transcribe")
    for either in (command, aligning):
        either.add_argument(
            "--model",
            default="base",
            metavar="MODEL",
            help="Whisper base, another of the model hub (small, large-v3), or a folder (default: %(default)s)",
        )
        either.add_argument(
            "--language", metavar="CODE", help="what is spoken: en, de, es … (default: it is found out)"
        )
        add_index_argument(either)


def run_transcribe_command(arguments: argparse.Namespace) -> int:
    """Run one of `COMMANDS`, for the exit code."""
    require_audio(arguments.recording)
    return _align(arguments) if arguments.command == "align" else _transcribe(arguments)


def _align(arguments: argparse.Namespace) -> int:
    place = arguments.index or default_index_path()

    def listen() -> Listening:
        return Listening(open_whisper(arguments.model, say), language=arguments.language)

    progress = progress_line("seconds heard")
    aligned = align_recording(arguments.document, arguments.recording, place, listen, progress=progress)
    document = aligned.document
    show_row(document.doc_id, f"{aligned.timed_count} of {aligned.word_count} words have a time ({aligned.share:.0%})")
    for line in describe_missing(aligned, document):
        show_row("without times", line)
    return EXIT_DONE


def _transcribe(arguments: argparse.Namespace) -> int:
    recording: Path = arguments.recording
    path: Path = arguments.out or recording.with_suffix(".json")
    if path.exists():
        raise RecordingRefused(f"{path} is there already; move it away, or name another file with --out")
    encoder = VoiceEncoder(say) if arguments.voices != 0 else None
    how = Listening(
        open_whisper(arguments.model, say), encoder, language=arguments.language, voice_count=arguments.voices
    )
    try:
        heard = transcribe(recording, path, how, progress_line("seconds heard"))
    except KeyboardInterrupt:
        say(f"stopped; the same command goes on where it was, from {path}.partial")
        raise
    except OSError as error:
        raise IndexNotWritable(f"{path} cannot be written: {error}") from error
    _show(heard, recording)
    if arguments.add:
        place = arguments.index or default_index_path()
        document = load(path)
        update_index([document], place)
        attach_recording(document.doc_id, recording, place)
        say(f"added as {document.doc_id}, and the recording is attached")
    else:
        say(f"read it against the recording, then: ontherecord index add {path}")
    return EXIT_DONE


def _show(heard: HeardTranscript, recording: Path) -> None:
    show_row(str(heard.path), f"{heard.word_count} words", f"language {heard.language}")
    for voice in heard.voices:
        show_row(voice.name, f"{voice.seconds:.1f} s", f"a sample: {recording.name}#{voice.sample}")
    if heard.voices:
        say("whose voices these are the samples tell; name them, once added, with: ontherecord correct rename")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) > 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of voices; expected 0 to 100")
    return int(text)
