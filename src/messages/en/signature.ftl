# Verdicts: structure
byte_range_broken = The range the signature covers (/ByteRange) is missing or impossible; it must begin at 0, leave out only the signature value and end inside the file. Ask the signer for the original file.
contents_not_in_gap = What the signature leaves unsigned is not exactly its own value. Something may be hidden there; do not rely on this file.
byte_range_no_revision = The signed bytes do not end where a saved state of the document ends. The file was altered or cut after signing.
signature_dictionary_changed = The signature's own entries were changed after signing.
signature_shared_by_fields = One signature is shown by several fields; it counts for none of them.
signature_removed = A later revision took this signature out of the document. Ask for the file as it was signed.
signature_type_mismatch = A time-stamp is declared as a signature, or a signature as a time-stamp.
subfilter_unsupported = The kind of this signature (/SubFilter) is not supported here; it can't be called valid.
forbidden_change = The document was changed after this signature in a way the signature does not permit. See the list of changes.
changes_unreadable = What was added after this signature can't be read, so it can't be called harmless.
annotations_added = Remarks were added to the pages after this signature.
fields_filled_after_last_signature = Fields were filled in after the last signature: nobody vouches for what they show.
header_not_at_start = Bytes stand before the PDF header; programs may disagree on where things are in the file.
bytes_after_end = Bytes that belong to no revision stand behind the end of the document.
entry_outside_its_revision = A later revision points at bytes of an earlier one as if they were its own.
entry_points_elsewhere = The cross-reference points at something other than the object it names.
object_twice_in_section = One cross-reference section names an object twice; programs may see different documents.
objects_overlap = Two objects of a revision overlap in the file.
unaccounted_bytes = A revision contains bytes that belong to none of its objects.
root_replaced = A later revision names another catalog: the whole document may have been exchanged.
size_too_small = A later revision has objects beyond the number of objects it states; programs may see different documents.
identifier_replaced = A later revision names another permanent identifier (/ID): it may come from another document.
hybrid_section = A later revision has two cross-references that programs may read differently.

# Verdicts: the signature and its values
cms_unreadable = The signature value is no readable CMS structure.
cms_signers = The signature value holds no signer or several; exactly one is expected.
cms_attribute = A mandatory attribute of the signature is missing, broken or stands twice.
cms_content_enclosed = The signature encloses the content as well; it is the very content checked.
cms_content_missing = A signature of the old kind does not carry the digest of the document it must carry.
timestamps_out_of_order = The time-stamps are out of order: one over the content is later than what proves that the signature existed.
cms_not_detached = The signature carries content of its own instead of covering the document.
cms_trailing_data = Something other than zeros stands behind the signature value.
cms_is_ber = The signature is encoded in BER instead of DER; that is allowed only in old formats.
cms_certificate_unreadable = A certificate that came with the signature can't be read and was left out.
content_type_mismatch = The signature states another type of content than it covers.
signed_attributes_missing = The signature has no signed attributes; nothing ties it to its certificate.
hash_mismatch = The signed part of the document is not what was signed: it was altered.
signature_value_wrong = The signature value was not made with the key of the signer's certificate.
algorithms_differ = The algorithms named inside the signature are not those named outside: it was tampered with.
digests_differ = The signature names two different digest algorithms; validators disagree on what it means.
digest_unsupported = The digest algorithm of the signature is not known here.
algorithm_unsupported = The signature algorithm or kind of key is not known here.
algorithm_weak = The signature uses an algorithm or key size that is no longer reliable, and nothing proves that it existed while it was.
signer_certificate_missing = The signer's certificate is not in the signature.
signing_certificate_mismatch = The signature refers to another certificate than the one found for it.
signing_certificate_missing = The signature does not refer to its certificate; it is below the baseline level.
signing_certificate_digest_weak = The signature refers to its certificate by SHA-1.
signing_time_missing = The signature states no signing time.
signing_time_outside_validity = The stated signing time lies outside the validity of the signer's certificate.
timestamp_unreadable = The time-stamp can't be read.

# Verdicts: certificates and paths
no_path_to_anchor = No path leads from the signer's certificate to a trusted authority. Add the authority's certificate to the trusted ones if you trust it.
certificate_signature_wrong = A certificate of the path was not signed by the authority it names.
certificate_algorithm_unsupported = A certificate of the path is signed with an algorithm not known here.
certificate_algorithm_weak = A certificate of the path is signed with SHA-1.
certificate_critical_extension = A certificate of the path carries a restriction that is not processed here, so it can't be trusted.
issuer_out_of_validity = The certificate of an authority in the path is not valid at the time of validation.
issuer_is_no_ca = A certificate of the path was issued by one that is no authority.
issuer_may_not_sign_certificates = An authority of the path may not sign certificates by its own key usage.
issuer_key_too_small = The key of an authority in the path is smaller than 2048 bits.
policy_mapped_to_any = A certificate of the path maps a policy to any policy, which is not allowed.
policy_missing = A policy is demanded, and the path holds for none from this certificate on.
policy_not_accepted = The path holds for none of the policies that are accepted.
path_too_long = The path is longer than one of its authorities permits.
certificate_out_of_validity = The signer's certificate is not valid at the time of validation, and nothing proves that the signature existed while it was.
certificate_not_for_signing = The certificate's key usage does not permit signing documents.
certificate_is_of_an_authority = The certificate is one of a certification authority, not of a signer.
certificate_not_yet_valid = The certificate is not valid yet.
certificate_expired = The certificate has expired. Renew it before signing.
revocation_unknown = The certificate names where its revocation can be learnt, but that was not asked: it may be revoked.
revocation_not_checked = Revocation was not checked.

# Commands
trust_unreadable = The trusted certificates can't be read: { $why }
key_unusable = The key can't be used: { $why }
certificate_unreadable = The certificate can't be read: { $why }
place_unreadable = The place is written PAGE:x,y,w,h in millimetres from the top left of an existing page; found: { $why }
image_missing = A personal or agency appearance needs a picture: give one with --image.
place_missing = The appearance has no room: the field { $why } does not exist, so say where it goes with --place.
field_taken = The field can't be signed: { $why }
field_name_unusable = The field can't be made: { $why }
document_locked = The document can't be signed: { $why }
appearance_unusable = The appearance or a text can't be made: { $why }

# Time-stamps and revocation
certificate_revoked = The certificate has been revoked.
authority_revoked = The certificate of an authority above the signer's has been revoked.
certificate_on_hold = The certificate is on hold. Try again when its authority has decided.
revocation_stale = What is known about revocation is out of date. Try again when newer information can be had.
responder_gave_nothing = A service that knows about revocation was asked and gave no usable answer.
path_never_valid_together = The certificates of the path were never all valid at the same time.
signed_before_validity = The signature existed before its certificate became valid.
timestamp_broken = The time-stamp itself does not hold: its digest or signature value is wrong.
timestamp_signer_missing = The time-stamp does not name the certificate of its authority.
timestamp_authority_unfit = The time-stamp's certificate is not one for time-stamping alone.
timestamp_of_the_future = The time-stamp states a time after the time of validation.
timestamp_outside_authority_validity = The time-stamp states a time at which its authority's certificate was not valid.
timestamp_imprint_mismatch = A time-stamp in the signature is over something else and was left aside.
timestamp_not_given = The time-stamping authority gave no usable time-stamp. Try again, or name another: { $why }
tsa_missing = This level needs a time-stamping authority: name one with --tsa.
address_forbidden = An address may not be asked. Name a private host with --allow-host: { $why }
evidence_lacking = Revocation could not be learnt for everything this level must keep. Try again: { $why }
evidence_unreadable = This is no certificate, revocation list or OCSP response: { $why }
nothing_to_augment = The file has no intact signature whose level could be raised: { $why }
name_not_permitted = A certificate of the path bears a name that an authority above it does not permit.

# The seven facts of Circular 15/2025/TT-BKHCN, Art. 6
facts_title = Result of checking the digital signatures
fact_issuer = Issuer of the certificate
fact_signer = Signer
fact_managing_body = Body that manages the certificate
fact_time = Time of signing, or time-stamp
fact_integrity = Integrity of the data message
fact_valid_at_signing = Validity of the signature at the time of signing
fact_validity = Validity period of the certificate
fact_unknown = Not known
fact_time_proven = { $time } (proven by a time-stamp)
fact_time_claimed = { $time } (as the signer says; there is no time-stamp)
fact_intact = Intact: what was signed is unchanged
fact_broken = Not intact: what was signed, or the signature value, was changed
fact_integrity_unknown = Could not be checked
fact_valid_then = Valid
fact_invalid_then = Not valid
fact_certificate_out_then = Signed outside the validity period of the certificate
fact_undecided_then = Not enough is known to decide
fact_from_to = From { $from } to { $to }
verdict_valid = VALID
verdict_invalid = NOT VALID
verdict_undecided = UNDECIDED: not to be taken as valid
verdict_no_signature = NO DIGITAL SIGNATURE

# Pictures of pages
page_differs = Page { $page } looks different now from how it was signed.
page_not_painted = Page { $page } can't be painted, so it wasn't compared.
page_missing = Page { $page } was not there when signed, or is no longer.
