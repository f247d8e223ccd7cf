//! Tables of who acts.

diesel::table! {
    agencies (id) { id -> Text, parent_id -> Nullable<Text>, code -> Text, old_code -> Nullable<Text>, name -> Text, abbreviation -> Text, place -> Text, version -> BigInt, }
}
diesel::table! {
    units (id) { id -> Text, agency_id -> Text, name -> Text, abbreviation -> Text, version -> BigInt, }
}
diesel::table! {
    people (id) { id -> Text, agency_id -> Text, full_name -> Text, version -> BigInt, }
}
diesel::table! {
    accounts (id) { id -> Text, agency_id -> Text, person_id -> Text, login -> Text, password_hash -> Text, must_change -> Bool, disabled -> Bool, version -> BigInt, }
}
diesel::table! {
    appointments (id) { id -> Text, agency_id -> Text, person_id -> Text, unit_id -> Nullable<Text>, title -> Text, authority -> Nullable<Text>, roles -> Text, valid_from -> Date, valid_to -> Nullable<Date>, basis -> Nullable<Text>, version -> BigInt, }
}
diesel::table! {
    clients (id) { id -> Text, agency_id -> Text, name -> Text, key_hash -> Text, roles -> Text, disabled -> Bool, version -> BigInt, }
}
diesel::table! {
    sessions (token_hash) { token_hash -> Text, account_id -> Text, expires_at -> Timestamp, }
}
diesel::table! {
    keys (id) { id -> Text, agency_id -> Text, purpose -> Text, person_id -> Nullable<Text>, name -> Text, algorithm -> Text, certificate -> Nullable<Text>, chain -> Text, image_sha256 -> Nullable<Text>, provider -> Text, secret -> Text, not_before -> Timestamp, not_after -> Timestamp, state -> Text, created_at -> Timestamp, version -> BigInt, location -> Nullable<Text>, }
}
diesel::joinable!(sessions -> accounts (account_id));
diesel::allow_tables_to_appear_in_same_query!(sessions, accounts, people, appointments);
