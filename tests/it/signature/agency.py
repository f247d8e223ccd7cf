"""Signs argv[1] eight times into argv[2] as the agencies' desktop tools do: each mark (number, day, signatures, annexes, seal,
copy) a visible signature field of its own, adbe.pkcs7.detached, with text and pictures. Keys and certificates in argv[3]."""
import sys
from io import BytesIO
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils import layout
from pyhanko.sign import signers, fields
from pyhanko.sign.fields import SigSeedSubFilter, SigFieldSpec
from pyhanko.stamp import TextStampStyle
from pyhanko.keys import load_cert_from_pemder, load_private_key_from_pemder
from pyhanko_certvalidator.registry import SimpleCertificateStore

source, target, folder, image = sys.argv[1:]
data = open(source, 'rb').read()
marks = [  # name, box in points, text, by whom
    ('Lanh dao', (380, 172, 480, 242), ' ', 'person'),  # a picture of the hand's signature, without words
    ('Ke toan', (240, 60, 330, 90), 'Kiem tra', 'person'),
    ('So', (20, 800, 60, 815), '15', 'agency'),
    ('Ngay', (540, 800, 575, 815), '05', 'agency'),
    ('Thang', (540, 780, 575, 795), '01', 'agency'),
    ('Phu luc', (20, 20, 160, 50), 'Kem theo Quyet dinh so 15', 'agency'),
    ('Dau', (330, 172, 410, 242), 'Con dau', 'agency'),
    ('Sao y', (300, 815, 560, 838), 'SAO Y; UBND huyen; 05/01/2026', 'agency'),
]
for name, box, text, who in marks:
    signer = signers.SimpleSigner(signing_cert=load_cert_from_pemder(f'{folder}/{who}.crt'),
        signing_key=load_private_key_from_pemder(f'{folder}/{who}.key', passphrase=None), cert_registry=SimpleCertificateStore())
    style = TextStampStyle(stamp_text=text, border_width=0, background=PdfImage(image) if name in ('Dau', 'Lanh dao') else None)
    meta = signers.PdfSignatureMetadata(field_name=name, subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED, md_algorithm='sha256')
    out = BytesIO()
    signers.PdfSigner(meta, signer, stamp_style=style, new_field_spec=SigFieldSpec(name, box=box)).sign_pdf(
        IncrementalPdfFileWriter(BytesIO(data)), output=out)
    data = out.getvalue()
open(target, 'wb').write(data)
