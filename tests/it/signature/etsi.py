"""Reads the validation report argv[1] by pyHanko's bindings of ETSI TS 119 102-2, strictly, then holds every element to
what the schema's bindings ask for: children in order, mandatory ones there, references to objects that exist."""
import sys
from dataclasses import fields, is_dataclass
from lxml import etree
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig
from pyhanko.generated.etsi import ts_11910202 as etsi

NAMESPACE = "http://uri.etsi.org/19102/v1.2.1#"
raw = open(sys.argv[1], "rb").read()
strict = ParserConfig(fail_on_unknown_properties=True, fail_on_unknown_attributes=True, fail_on_converter_warnings=True)
report = XmlParser(config=strict).from_bytes(raw, etsi.ValidationReport)


def judge(bound, element):
    known = [one for one in fields(bound) if one.metadata.get("type") in ("Element", None) and not one.name.startswith("any")]
    names = [one.metadata.get("name", one.name) for one in known]
    # Base types come first in the schema, as they do in dataclasses.
    order = [names.index(etree.QName(child).localname) for child in element if etree.QName(child).localname in names]
    choice = type(bound).__name__ == "SignatureAttributesType"
    assert choice or order == sorted(order), (type(bound).__name__, [child.tag for child in element])
    for one in fields(bound):
        value = getattr(bound, one.name)
        if one.metadata.get("required"):
            assert value is not None, (type(bound).__name__, one.name)
        if one.metadata.get("min_occurs"):
            assert len(value) >= one.metadata["min_occurs"], (type(bound).__name__, one.name)
    children = iter(element)
    for one in known:
        value = getattr(bound, one.name)
        found = [child for child in element if etree.QName(child).localname == one.metadata.get("name", one.name)]
        for part, child in zip(value if isinstance(value, tuple) else [value], found):
            if is_dataclass(part) and child.tag.startswith("{" + NAMESPACE):
                judge(part, child)


tree = etree.fromstring(raw)
judge(report, tree)
ids = tree.xpath("//@id")
assert len(ids) == len(set(ids)), "an id stands twice"
for reference in tree.xpath("//@VOReference"):
    assert all(one in ids for one in reference.split()), reference
for one in report.signature_validation_report:
    status = one.signature_validation_status
    print("signature", status.main_indication.rsplit(":", 1)[-1],
          ",".join(sub.rsplit(":", 1)[-1] for sub in status.sub_indication),
          one.signature_identifier and one.signature_identifier.daidentifier,
          one.signature_attributes and len(one.signature_attributes.signature_time_stamp))
    for data in status.associated_validation_report_data:
        if data.certificate_chain:
            print("chain", 1 + len(data.certificate_chain.intermediate_certificate) + (data.certificate_chain.trust_anchor is not None))
        if data.revocation_status_information:
            print("revoked", data.revocation_status_information.revocation_reason.rsplit(":", 1)[-1])
        if data.crypto_information:
            print("algorithm", data.crypto_information.algorithm, data.crypto_information.secure_algorithm)
for one in report.signature_validation_objects.validation_object:
    kind = one.object_type.rsplit(":", 1)[-1]
    proves = [ref.pad_esfield_name for ref in one.poeprovisioning.signature_reference] if one.poeprovisioning else []
    own = one.validation_report.signature_validation_status.main_indication.rsplit(":", 1)[-1] if one.validation_report else ""
    print("object", kind, own, ",".join(proves))
