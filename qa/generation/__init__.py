"""Sentences that a language model writes, each checked against the source sentences that it rests on."""

from qa.generation.capability_cache import probe_capability
from qa.generation.local_servers import LocalServer, find_local_servers
from qa.generation.writer import Capability, Way, Writer
from qa.generation.writer_settings import (
    OWN_HEADER,
    OWN_STATUS,
    WaySetting,
    WriterSettings,
    add_llm_arguments,
    read_settings,
)
from qa.generation.writers import open_writer

__all__ = [
    "OWN_HEADER",
    "OWN_STATUS",
    "Capability",
    "LocalServer",
    "Way",
    "WaySetting",
    "Writer",
    "WriterSettings",
    "add_llm_arguments",
    "find_local_servers",
    "open_writer",
    "probe_capability",
    "read_settings",
]
