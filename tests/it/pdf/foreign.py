"""Makes signed, time-stamped and twice signed files with pyHanko: foreign.py SOURCE FOLDER."""
import sys, datetime
from io import BytesIO
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from asn1crypto import x509 as ax, keys as ak
from pyhanko.sign import signers, fields, timestamps
from pyhanko.sign.validation import dss
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko_certvalidator.registry import SimpleCertificateStore

def make(name):
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime(2024, 1, 1)
    cert = (x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(5).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=9000))
        .sign(key, hashes.SHA256()))
    k = ak.PrivateKeyInfo.load(key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    c = ax.Certificate.load(cert.public_bytes(serialization.Encoding.DER))
    return c, k

cert, key = make('Signer')
store = SimpleCertificateStore(); store.register(cert)
signer = signers.SimpleSigner(signing_cert=cert, signing_key=key, cert_registry=store)
tc, tk = make('TSA')
tstore = SimpleCertificateStore(); tstore.register(tc)
tsa = timestamps.DummyTimeStamper(tsa_cert=tc, tsa_key=tk, certs_to_embed=tstore)
source, out = sys.argv[1], sys.argv[2]
data = open(source, 'rb').read()

def sign(data, name, box=None, page=0, **meta):
    w = IncrementalPdfFileWriter(BytesIO(data))
    spec = fields.SigFieldSpec(name, box=box, on_page=page) if box is not None else None
    o = signers.PdfSigner(signers.PdfSignatureMetadata(field_name=name, subfilter=fields.SigSeedSubFilter.PADES, **meta), signer=signer, new_field_spec=spec).sign_pdf(w)
    return o.getvalue()

def evidence(data):
    w = IncrementalPdfFileWriter(BytesIO(data))
    s = dss.DocumentSecurityStore.supply_dss_in_writer(w, None, certs=[cert], ocsps=(), crls=())
    o = BytesIO(); w.write(o); return o.getvalue()

def stamp(data):
    w = IncrementalPdfFileWriter(BytesIO(data))
    return signers.PdfTimeStamper(tsa).timestamp_pdf(w, 'sha256').getvalue()

first = sign(data, 'First', box=(400, 20, 560, 60))
open(out + '/first.pdf', 'wb').write(first)
with_evidence = evidence(first)
open(out + '/evidence.pdf', 'wb').write(with_evidence)
stamped = stamp(with_evidence)
open(out + '/stamped.pdf', 'wb').write(stamped)
open(out + '/stamped-twice.pdf', 'wb').write(stamp(evidence(stamped)))
open(out + '/second-invisible.pdf', 'wb').write(sign(first, 'Second'))
open(out + '/second-visible.pdf', 'wb').write(sign(first, 'Second', box=(20, 20, 160, 60)))
open(out + '/certified.pdf', 'wb').write(stamp(sign(data, 'First', certify=True, docmdp_permissions=fields.MDPPerm.NO_CHANGES)))
