//! Tables of the store itself.

diesel::table! {
    objects (sha256) {
        sha256 -> Text,
        size -> BigInt,
        media_type -> Text,
        kept_at -> Timestamp,
    }
}

diesel::table! {
    object_uses (agency_id, sha256, owner_kind, owner_id) {
        agency_id -> Text,
        sha256 -> Text,
        owner_kind -> Text,
        owner_id -> Text,
    }
}

diesel::table! {
    jobs (id) {
        id -> Text,
        agency_id -> Text,
        kind -> Text,
        payload -> Text,
        state -> Text,
        attempts -> Integer,
        run_after -> Timestamp,
        lease_until -> Nullable<Timestamp>,
        outcome -> Nullable<Text>,
        created_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
    }
}

diesel::joinable!(object_uses -> objects (sha256));
diesel::allow_tables_to_appear_in_same_query!(objects, object_uses, jobs);

diesel::table! {
    remembered_answers (key) {
        key -> Text,
        topic -> Text,
        about -> Text,
        body -> Binary,
        size -> BigInt,
        fetched_at -> Timestamp,
        until -> Timestamp,
    }
}
