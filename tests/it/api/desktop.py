"""A stand-in for the signing tool on a clerk's desktop: fetches argv[1], signs it with the key and certificate in argv[3] and
argv[4], brings it to argv[2] as VGCA's tool does (a part named uploadfile), and prints what it was told. Words after:
field=NAME, adobe, visible."""
import json
import sys
import urllib.error
import urllib.request
from io import BytesIO

from pyhanko.keys import load_cert_from_pemder, load_private_key_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

fetch, bring, key, cert, *words = sys.argv[1:]
given = urllib.request.urlopen(fetch).read()
signer = signers.SimpleSigner(signing_cert=load_cert_from_pemder(cert),
    signing_key=load_private_key_from_pemder(key, passphrase=None), cert_registry=SimpleCertificateStore())
name = next((word[6:] for word in words if word.startswith('field=')), 'Signature1')
kind = SigSeedSubFilter.ADOBE_PKCS7_DETACHED if 'adobe' in words else SigSeedSubFilter.PADES
extra = {'new_field_spec': SigFieldSpec(name, box=(430, 800, 580, 830))} if 'visible' in words else {}
out = BytesIO()
meta = signers.PdfSignatureMetadata(field_name=name, subfilter=kind, md_algorithm='sha256')
signers.PdfSigner(meta, signer, **extra).sign_pdf(IncrementalPdfFileWriter(BytesIO(given)), output=out)
edge = 'desktop-edge'
body = (f'--{edge}\r\nContent-Disposition: form-data; name="uploadfile"; filename="signed.pdf"\r\n'
    'Content-Type: application/pdf\r\n\r\n').encode() + out.getvalue() + f'\r\n--{edge}--\r\n'.encode()
request = urllib.request.Request(bring, data=body, headers={'Content-Type': f'multipart/form-data; boundary={edge}'})
try:
    print(json.dumps(json.load(urllib.request.urlopen(request))))
except urllib.error.HTTPError as error:
    print(error.read().decode())
