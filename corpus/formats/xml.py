"""XML from anywhere, read without loading or expanding anything that it names."""

from contextlib import suppress

from lxml import etree

from corpus.errors import SourceUnreadable

# The outermost element begins within this, after a document type and remarks.
_HEAD_BYTES = 65_536

Element = etree._Element


def parse_xml(data: bytes, name: str, program: str) -> Element:
    """The root of an XML document.

    External entities and document types are never loaded, no entity is expanded, comments and processing
    instructions are left out.

    :param program: where to save the file again when it is damaged.
    :raises SourceUnreadable: when it is no XML.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceUnreadable(f"{name} is damaged: {error}; save it from {program} again") from error


def find_root_name(data: bytes) -> str | None:
    """The name of the outermost element without its namespace, or None where there is no element."""
    parser = etree.XMLPullParser(
        events=("start",), resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False
    )
    # What is damaged further on still says what it is.
    with suppress(etree.XMLSyntaxError):
        parser.feed(data[:_HEAD_BYTES])
    with suppress(etree.XMLSyntaxError):
        for _, element in parser.read_events():
            assert isinstance(element, Element)  # it is asked for beginnings only
            return local_name(element)
    return None


def local_name(element: Element) -> str:
    """The name of an element without its namespace; "" for what is no element."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(element: Element, *names: str) -> list[Element]:
    """The elements right below with one of these names, whatever their namespace."""
    return [child for child in element if local_name(child) in names]


def descendants(element: Element, *names: str) -> list[Element]:
    """All elements below with one of these names, whatever their namespace, in order."""
    return [below for below in element.iter(*(f"{{*}}{name}" for name in names))]


def read_text(element: Element) -> str:
    """All text in an element, without what stands behind it."""
    pieces = [element.text or ""]
    todo = list(reversed(element))
    ends: dict[Element, str] = {}
    while todo:
        below = todo.pop()
        if below in ends:
            pieces.append(ends.pop(below))
            continue
        if isinstance(below.tag, str):  # the name of an entity is no text, what stands behind it is
            pieces.append(below.text or "")
            ends[below] = below.tail or ""
            todo += [below, *reversed(below)]
        else:
            pieces.append(below.tail or "")
    return "".join(pieces)


def attribute(element: Element, name: str) -> str | None:
    """The attribute of that name, whatever its namespace."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None
