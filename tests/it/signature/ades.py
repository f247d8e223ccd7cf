"""pyHanko's EN 319 102-1 validation of argv[1] with the anchor argv[2], by the process of the level argv[3]."""
import asyncio
import dataclasses
import sys

from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import ades
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec, RevinfoOnlineFetchingRule, RevocationInfoGatheringSpec, SignatureValidationSpec)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

path, root, level = sys.argv[1:4]
online = level in ('B-B', 'B-T')
rule = RevinfoOnlineFetchingRule.ALWAYS_FETCH if online else RevinfoOnlineFetchingRule.LOCAL_ONLY
spec = SignatureValidationSpec(
    cert_validation_policy=CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=[load_cert_from_pemder(root)]),
        revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO)),
    revinfo_gathering_policy=RevocationInfoGatheringSpec(online_fetching_rule=rule))


async def main():
    reader = PdfFileReader(open(path, 'rb'))
    known = spec
    if level == 'B-LT':
        known = dataclasses.replace(spec, local_knowledge=ades._dss_to_local_knowledge(reader=reader))
    for signature in reader.embedded_regular_signatures:
        arguments = dict(raw_digest=signature.compute_digest())
        if level == 'B-B':
            result = await ades.ades_basic_validation(signature.signed_data, known, **arguments)
        elif level == 'B-LTA':
            result = await ades.ades_lta_validation(signature, PdfSignatureValidationSpec(known))
        else:
            result = await ades.ades_with_time_validation(signature.signed_data, known, **arguments)
        print(signature.field_name, result.ades_subindic)

asyncio.run(main())
