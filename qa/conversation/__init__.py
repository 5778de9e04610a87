"""What a question means in a conversation, and questions about the whole."""
