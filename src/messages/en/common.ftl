agency_code_invalid = The agency code is not of the form of Decision 20/2020/QD-TTg (for example H37.02.02).
agency_code_taken = Another agency has this code already.
agency_seal_missing = The agency has no active signing key; an administrator must add one.
appointment_not_in_force = The appointment chosen is not in force today.
appointment_not_yours = The appointment is not the caller's own.
appointment_of_a_seal = A seal is not set in an appointment; leave it out.
archive_key_missing = The archive has no active key for receipts.
body_too_large = The request body is larger than allowed.
certificate_not_registered = This certificate is not registered for the person or agency that is to sign. An administrator registers it among the keys.
certificate_or_key = Exactly one of these is needed: the certificate, or the identifier it is registered under.
changed_meanwhile = It changed since it was read; load it again and retry.
characters_not_allowed = Only these characters are allowed: { $why }.
components_too_many = A document has at most { $limit } parts.
config_wrong = The setting { $name } can't be used: { $why }.
cursor_invalid = The cursor is not valid; use next_cursor of the page before.
data_in_use = Another process is using the data folder: { $why }.
database_unreachable = The database can't be reached: { $why }.
demo_exists = There are demo data at { $path } already; choose another folder with --data.
demo_stopped = The demo stopped: { $why }.
document_is_no_pdf = The current version is no PDF; upload the draft as PDF.
document_not_final = Only issued documents or registered incoming ones can be filed.
document_not_numbered = The document has no number yet.
document_not_signable = This document can't be signed: { $why }.
document_type_unknown = The profile has no such document type.
dossier_closed = The file is closed and can't be changed any more.
dossier_empty = The file is empty and can't be closed.
dossier_exists = This entry of the file plan has its file already.
dossier_not_closed = Only closed files can be handed over.
draft_not_placeable = The places of number, date and signatures can't be found on the draft: { $why }.
draft_not_preparable = The draft can't be prepared for signing: { $why }.
draft_unreadable = The draft can't be read: { $why }.
field_invalid = The value is not valid: { $why }.
field_missing = This field is required.
field_not_fillable = A prepared field can't be filled: { $why }.
field_unknown = There is no such field; known are: { $why }.
file_empty = The file is empty.
file_exists = There is a file of this name already: { $why }. Choose another folder.
file_plan_entry_exists = The file plan of that year has such an entry already.
file_too_large = The file is larger than allowed.
first_number_below_one = The first number of a register must be at least 1.
idempotency_key_missing = This request needs the header Idempotency-Key.
idempotency_key_reused = This Idempotency-Key was used with another body.
idempotency_key_running = A request with this Idempotency-Key is still running; try again in a moment.
if_match_missing = This change needs the header If-Match with the ETag read.
illegal_transition = This can't be done in the present state ({ $state }).
image_is_no_png = The picture must be a PNG.
internal_error = The system failed and has recorded what happened. Try again; if it persists, tell the administrator the request id.
json_malformed = The body is not well-formed JSON (line:column { $why }).
kept_bytes = Kept bytes are damaged or missing.
key_is_held_here = The service holds this key itself: sign or seal with it directly.
key_lies_elsewhere = Only the certificate is registered here; sign with its key in a signing session.
key_must_be_held_here = A key for this purpose must be held by the service.
key_not_yours = This key may not be used for this signature.
key_person_mismatch = A personal key names its person, other keys don't.
level_reached = All signatures of this document have this level already.
document_handed_over = The document was handed over to the archive in the file { $dossier } and isn't changed any more.
key_unreachable = The device or service that holds the key can't be reached. Nothing was signed; try again.
key_refused = The device or service that holds the key refuses, or isn't among those this service may use. Nothing was signed.
key_answer_wrong = What the holder of the key gave isn't a signature of the certificate's key. Nothing was signed.
key_secret_wrong = The secret doesn't open the key where it lies. Nothing was signed; trying again may lock the device.
key_location_wrong = This names no place of a key: { $why }
key_place_ambiguous = A key is either sent as a file, or named by where it lies (then with access and certificate where needed).
certificates_unreadable = These certificates can't be read.
limit_out_of_range = The limit must be 1 to 200.
link_of_nobody = Who was given this link can't do this any more.
list_length = The list has too few or too many entries; expected { $why }.
log_empty = The log has no signed head yet.
login_refused = Login or password is wrong.
login_taken = The login is taken.
login_too_often = Too many failed logins; try again in a minute.
not_found = There is no such { $what ->
        [dossier] file
        [transfer] hand-over
        [client] system
        [entry] entry of the file plan
        [signing_session] signing session
       *[other] { $what }
    }.
not_acceptable = None of the forms this answer can have is among those asked for (Accept).
number_out_of_range = The number is out of range; expected { $why }.
overloaded = The system is overloaded; try again in a moment.
package_bad = The package did not pass its checks: { $why }.
package_changed = The kept package was changed: { $why }. Run audit fsck and restore it from a copy.
package_kind = Neither a package folder nor a ZIP file: { $why }.
package_limit = The package exceeds a limit: { $why }.
package_not_buildable = The package can't be built: { $why }.
package_not_written = The package can't be written: { $why }.
package_unknown = There is no such package: { $why }.
package_unreadable = The package can't be read: { $why }.
package_unsafe = The ZIP is unsafe: { $why }.
password_change_required = The password must be changed before anything else.
password_too_weak = The new password needs at least 12 characters and must differ from the old one.
people_only = Only people can do this, not systems.
period_ends_before_it_begins = The period ends before it begins.
permission_missing = The caller lacks the permission { $permission ->
        [read] to see documents and files
        [draft] to draft
        [sign] to sign
        [register] to number, seal and issue
        [file] to file
        [archive] to receive for the archive
        [inspect] to see the trail
        [administer] to administer
        [read_people] to see people
       *[other] for this
    }.
printed_period_differs = The file prints { $printed } as the time of its date, but today is { $today }. Take in a corrected draft and have it signed again.
proof_does_not_hold = The proof does not hold: { $why }.
proof_unreadable = The proof can't be read: { $why }.
proof_without_record = The proof doesn't carry its record; name the file that holds it with --record.
query_invalid = A query parameter is not valid or unknown.
register_of_a_future_year = The register chosen is of a future year.
register_of_other_direction = The register is not for this direction (outgoing/incoming).
register_of_other_secrecy = Secret and other documents use registers of their own.
register_of_other_type = The register does not take this type of document.
request_invalid = The request has a field that is not valid.
retention_unknown = The profile has no such retention code.
method_not_allowed = This address doesn't take that method; the header Allow names those it takes.
range_not_satisfiable = The part asked for isn't there; the header Content-Range tells how long the whole is.
route_unknown = There is no such address.
schema_not_current = The database schema is not current: { $why }.
scheme_of_a_desktop = The program on the desktop chooses how it signs; leave this out.
signature_not_intact = The signature made did not verify and was not kept.
signature_not_passed = A signature on a document did not pass: { $why }.
signer_is_another = The document was prepared for another signer.
signing_link_used = This address was used already; it is good for one time. Begin a new session.
signing_method_differs = The session was begun for another way of signing.
signing_session_ended = The session is not open any more ({ $state ->
        [completed] completed
        [expired] its time is over
        [cancelled] given up
        [failed] failed
       *[other] unknown
    }). Begin a new one.
signing_tries_used_up = Too many wrong signatures came; the session has failed.
signing_value_wrong = The value is not a signature by the certificate's key over what was handed out. The session stays open for further tries.
start_failed = It can't start: { $why }.
store_failed = The store failed: { $why }.
symbol_can_not_be_composed = Number and symbol can't be composed; an official letter names its drafting unit.
symbol_differs = The draft prints the symbol { $printed }, but this document will get { $expected }. Correct the draft, or its type and drafting unit.
text_invalid = The text is empty or too long.
transfer_decided = The hand-over is decided already.
transfer_empty = A hand-over needs at least one file.
transfer_own = Who submits a hand-over can't decide on it.
unauthenticated = Not logged in, or the session has ended.
upload_breaks_signature = An earlier signature does not hold any more: { $why }.
upload_changes_more = More was changed in the file than signing it: { $why }.
upload_field_of_another = The signature is in a field that was prepared for somebody else: { $why }.
upload_file_missing = The request lacks its file part.
upload_malformed = The upload is malformed or was broken off.
upload_not_appended = The file that came back is not the one that was given with something added: bytes before were changed, or it is another document.
upload_not_signed = The file that came back has no further signature.
upload_part_unknown = The request has an unknown or repeated part.
upload_signature_fails = The new signature does not hold: { $why }.
upload_signature_invisible = A signature in a field of its own must show on the page: { $why }.
upload_signature_kind = This kind of signature is not accepted: { $why }.
upload_signed_several_times = The file that came back has more than one further signature: { $why }.
upload_signer_is_another = The file was signed with another certificate than the one of this session.
upload_unreadable = The file that came back can't be read: { $why }
value_not_among = The value is not one of: { $why }.
