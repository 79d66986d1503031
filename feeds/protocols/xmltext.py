"""XML from strangers, read safely, and XML for strangers, written.

No document type, no entities, no network, no more than a few megabytes, no deep nesting. What the elements mean is the
business of the codecs that use this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from lxml import etree

from dashboard.codec import Malformed

MAX_BYTES: Final = 4_000_000
_UNWRITABLE = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CHINESE = re.compile(rb"""\A[^>]{0,80}encoding *= *["'](gb2312|gbk)["']""", re.IGNORECASE)
_PARSER: Final = {
    "resolve_entities": False, "no_network": True, "load_dtd": False, "dtd_validation": False, "huge_tree": False,
    "remove_comments": True, "remove_pis": True,
}  # fmt: skip


def parse(raw: bytes) -> Any:
    """The root element (lxml's) of an XML document in the encoding it declares.

    Raises:
        Malformed: not well-formed, a document type, entities, too large or too deep.
    """
    if len(raw) > MAX_BYTES:
        raise Malformed("xml", f"{len(raw)} bytes", f"is larger than {MAX_BYTES} bytes")
    encoding = (
        "gb18030" if _CHINESE.match(raw) else None
    )  # what is declared as GB 2312 seldom keeps to its 6,763 characters
    try:
        root = etree.fromstring(raw, etree.XMLParser(encoding=encoding, **_PARSER))
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise Malformed("xml", raw[:120].decode("utf-8", "replace"), f"is not XML: {error}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Malformed("xml", root.getroottree().docinfo.doctype, "a document type is not accepted")
    return root


def render(root: str, content: Mapping[str, Any] | Sequence[Any], item: str = "") -> bytes:
    """An XML document in UTF-8: mappings become elements, lists repeat `item`, None is an empty element."""
    element = etree.Element(root)
    _fill(element, content, item)
    return bytes(etree.tostring(element, xml_declaration=True, encoding="utf-8"))


def _fill(element: Any, content: Any, item: str) -> None:
    if isinstance(content, Mapping):
        for name, value in content.items():
            _fill(etree.SubElement(element, name), value, name.removesuffix("s"))
    elif isinstance(content, list | tuple):
        for value in content:
            _fill(etree.SubElement(element, item), value, "")
    elif content is not None:
        text = str(content).lower() if isinstance(content, bool) else str(content)
        element.text = _UNWRITABLE.sub("", text)


def children(element: Any, name: str) -> Iterator[Any]:
    """The child elements of a name, in the element's own namespace."""
    space = element.tag.partition("}")[0] + "}" if element.tag.startswith("{") else ""
    return iter(element.findall(space + name))


def text(element: Any, name: str) -> str:
    """The text of the first child of a name, without white space around it; empty if there is none."""
    found = next(children(element, name), None)
    return "" if found is None else "".join(found.itertext()).strip()
