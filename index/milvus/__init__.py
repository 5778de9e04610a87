"""The store past one machine: collections of a Milvus server."""
