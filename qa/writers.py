"""The writer that the settings describe."""

from qa.chat_server import ChatServer
from qa.local_chat import LocalChat
from qa.writer import Writer
from qa.writer_settings import WriterSettings


def open_writer(settings: WriterSettings) -> Writer:
    """The model behind a server, or in a folder; nothing is asked or loaded yet."""
    return ChatServer(settings) if settings.is_server else LocalChat(settings)
