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
        event_id -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(events, pending_events);
