//! Tables of electronic files.

diesel::table! {
    file_plan_entries (id) { id -> Text, agency_id -> Text, year -> Integer, notation -> Text, title -> Text, retention -> Text, version -> BigInt, }
}
diesel::table! {
    dossiers (id) { id -> Text, agency_id -> Text, entry_id -> Text, code -> Text, title -> Text, retention -> Text, state -> Text, created_by -> Text, opened_on -> Date, closed_on -> Nullable<Date>, version -> BigInt, }
}
diesel::table! {
    filings (dossier_id, document_id) { dossier_id -> Text, document_id -> Text, agency_id -> Text, ordinal -> Integer, filed_by -> Text, filed_at -> Timestamp, }
}
diesel::joinable!(filings -> dossiers (dossier_id));
diesel::allow_tables_to_appear_in_same_query!(dossiers, filings);
