//! Tables of the trail.

diesel::table! {
    events (id) {
        id -> Text,
        agency_id -> Text,
        at -> Timestamp,
        kind -> Text,
        actor -> Text,
        subject_kind -> Text,
        subject_id -> Text,
        outcome -> Text,
        body -> Text,
        salt -> Text,
        leaf -> Text,
    }
}

diesel::table! {
    pending_events (event_id) {
        arrival -> BigInt,
        event_id -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(events, pending_events, log_entries);

diesel::table! {
    logs (origin) {
        origin -> Text,
        verifier_key -> Text,
        opened_at -> Timestamp,
    }
}

diesel::table! {
    log_entries (idx) {
        idx -> BigInt,
        event_id -> Text,
    }
}

diesel::table! {
    log_nodes (level, idx) {
        level -> Integer,
        idx -> BigInt,
        hash -> Text,
    }
}

diesel::table! {
    checkpoints (size) {
        size -> BigInt,
        note -> Text,
        at -> Timestamp,
    }
}

diesel::joinable!(log_entries -> events (event_id));
