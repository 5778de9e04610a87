"""The writer that the settings describe."""

from qa.generation.writer import Writer
from qa.generation.writer_settings import WriterSettings


def open_writer(settings: WriterSettings) -> Writer:
    """The model behind a server, or in a folder; nothing is asked or loaded yet."""
    # Only who writes pays for what talks to a model.
    from qa.generation.chat_server import ChatServer
    from qa.generation.local_chat import LocalChat

    return ChatServer(settings) if settings.is_server else LocalChat(settings)
