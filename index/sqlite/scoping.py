"""Where to look, in SQL."""

import json

from index.store import Scope


def where(scope: Scope) -> tuple[str, list[str]]:
    """Conditions of SQL for the passages in `scope`, each after an AND, and the values in them."""
    condition = ""
    values: list[str] = []
    if scope.doc_ids is not None:
        condition += f" AND passages.doc_id IN ({', '.join('?' * len(scope.doc_ids))})"
        values += sorted(scope.doc_ids)
    if scope.without:
        condition += f" AND passages.doc_id NOT IN ({_listed(0)})"
        values.append(json.dumps([[doc_id] for doc_id in sorted(scope.without)]))
    if scope.speakers is not None:
        said = f"passages.speaker IN ({', '.join('?' * len(scope.speakers))})"
        if scope.called:
            condition += f" AND CASE WHEN passages.doc_id IN ({_listed(0)}) THEN"
            condition += f" (passages.doc_id, passages.speaker) IN ({_listed(0, 1)}) ELSE {said} END"
            pairs = [(doc_id, name) for doc_id, names in scope.called for name in sorted(names)]
            values += [json.dumps([[doc_id] for doc_id, _ in scope.called]), json.dumps(pairs)]
        else:
            condition += f" AND {said}"
        values += sorted(scope.speakers)
    return condition, values


def _listed(*places: int) -> str:
    """A query for what stands at these places of each of the lists in a JSON array."""
    return f"SELECT {', '.join(f'value ->> {place}' for place in places)} FROM json_each(?)"
