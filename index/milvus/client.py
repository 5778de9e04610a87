"""The connection to a Milvus server, and the collections in it; the only importer of pymilvus."""

import logging
import re
from typing import TYPE_CHECKING, Any

from index.errors import IndexNotFound
from index.milvus.rows import MAX_VARCHAR_BYTES

if TYPE_CHECKING:
    from pymilvus import MilvusClient as MilvusClient

# The first that indexes words.
_MIN_VERSION = (2, 5)


def connect(uri: str, token: str) -> "MilvusClient":
    """A client of the server at `uri`, which may be a file for milvus-lite.

    :raises IndexNotFound: when no server answers there, or one that is too old, or pymilvus is not installed.
    """
    pymilvus = import_pymilvus()
    try:
        client = pymilvus.MilvusClient(uri=uri, token=token)
        if "://" in uri:
            _check_version(uri, client.get_server_version())
        return client
    except pymilvus.MilvusException as error:
        raise IndexNotFound(
            f"no Milvus server answers at {uri} ({error.message}); start it, or check the address"
        ) from error


def _check_version(uri: str, version: str) -> None:
    numbers = re.search(r"(\d+)\.(\d+)", version)
    if numbers is not None and tuple(map(int, numbers.groups())) < _MIN_VERSION:
        needed = ".".join(map(str, _MIN_VERSION))
        raise IndexNotFound(
            f"the Milvus server at {uri} has version {version}, expected {needed} or newer, which searches by words; "
            "upgrade it, or keep the index in a folder"
        )


def import_pymilvus() -> Any:  # noqa: ANN401
    """The module pymilvus.

    :raises IndexNotFound: when it is not installed.
    """
    try:
        import pymilvus
    except ImportError as error:
        raise IndexNotFound(
            "an index on a Milvus server needs the package pymilvus; install it with: "
            "pip install 'on-the-record[milvus]'"
        ) from error
    # Whatever it logs it raises too, and standard error is ours to keep clean.
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
    return pymilvus


def start_over(client: "MilvusClient", name: str) -> None:
    """Drop all collections of the index `name`, and make the one of its documents."""
    for collection in client.list_collections():
        if collection == name or collection.startswith(f"{name}_passages_"):
            client.drop_collection(collection)
    kind = import_pymilvus().DataType
    schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", kind.VARCHAR, is_primary=True, max_length=64)
    schema.add_field("key", kind.INT64)
    schema.add_field("part", kind.INT64)
    for field in ("doc_id", "info", "body"):
        schema.add_field(field, kind.VARCHAR, max_length=MAX_VARCHAR_BYTES)
    schema.add_field("unused", kind.FLOAT_VECTOR, dim=2)  # a collection must have vectors
    parameters = client.prepare_index_params()
    parameters.add_index("unused", index_type="AUTOINDEX", metric_type="IP")
    _create(client, name, schema, parameters)


def create_passages(client: "MilvusClient", collection: str, dimension: int) -> None:
    """Make an empty collection of passages: embeddings of `dimension` numbers, and words that BM25 ranks by."""
    pymilvus = import_pymilvus()
    kind = pymilvus.DataType
    schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("row", kind.INT64, is_primary=True)
    for name in ("key", "start", "end", "turn"):
        schema.add_field(name, kind.INT64)
    for name in ("question_start", "question_end"):
        schema.add_field(name, kind.INT64, nullable=True)
    for name in ("passage_id", "doc_id"):
        schema.add_field(name, kind.VARCHAR, max_length=MAX_VARCHAR_BYTES)
    schema.add_field("speaker", kind.VARCHAR, max_length=MAX_VARCHAR_BYTES, nullable=True)
    analyzer = {
        "tokenizer": "standard",
        "filter": ["lowercase", "asciifolding", {"type": "stemmer", "language": "english"}],
    }
    schema.add_field("text", kind.VARCHAR, max_length=MAX_VARCHAR_BYTES, enable_analyzer=True, analyzer_params=analyzer)
    schema.add_field("words", kind.SPARSE_FLOAT_VECTOR)
    schema.add_field("embedding", kind.FLOAT_VECTOR, dim=dimension)
    schema.add_function(
        pymilvus.Function(
            name="bm25",
            function_type=pymilvus.FunctionType.BM25,
            input_field_names=["text"],
            output_field_names=["words"],
        )
    )
    parameters = client.prepare_index_params()
    parameters.add_index("embedding", index_type="AUTOINDEX", metric_type="COSINE")
    parameters.add_index(
        "words",
        index_type="SPARSE_INVERTED_INDEX",
        metric_type="BM25",
        params={"bm25_k1": 1.2, "bm25_b": 0.75},  # those of SQLite's FTS5
    )
    _create(client, collection, schema, parameters)


def _create(client: "MilvusClient", collection: str, schema: object, parameters: object) -> None:
    if client.has_collection(collection):  # left by a write that did not come to its end
        client.drop_collection(collection)
    client.create_collection(collection, schema=schema, index_params=parameters, consistency_level="Strong")
