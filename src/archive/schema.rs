//! Tables of hand-overs.

diesel::table! {
    transfers (id) { id -> Text, agency_id -> Text, registration -> Text, state -> Text, submitted_by -> Text, submitted_at -> Timestamp, decided_by -> Nullable<Text>, decided_at -> Nullable<Timestamp>, reasons -> Nullable<Text>, receipt -> Nullable<Text>, receipt_signature -> Nullable<Text>, version -> BigInt, }
}
diesel::table! {
    packages (id) { id -> Text, agency_id -> Text, transfer_id -> Text, dossier_id -> Text, object_id -> Text, digest -> Text, files -> Integer, bytes -> BigInt, report -> Nullable<Text>, }
}
