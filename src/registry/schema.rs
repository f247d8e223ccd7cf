//! Tables of official documents and registers.

diesel::table! {
    documents (id) {
        id -> Text,
        agency_id -> Text,
        direction -> Text,
        type_code -> Text,
        subject -> Text,
        urgency -> Text,
        secrecy -> Text,
        drafting_unit -> Nullable<Text>,
        sender -> Nullable<Text>,
        sender_notation -> Nullable<Text>,
        state -> Text,
        profile_id -> Text,
        profile_version -> Text,
        signer_appointment -> Nullable<Text>,
        register_id -> Nullable<Text>,
        number -> Nullable<BigInt>,
        notation -> Nullable<Text>,
        document_date -> Nullable<Date>,
        created_by -> Text,
        created_at -> Timestamp,
        changed_at -> Timestamp,
        version -> BigInt,
        printed_period -> Nullable<Text>,
        sender_date -> Nullable<Date>,
    }
}

diesel::table! {
    document_relations (document_id, kind, other_id) {
        document_id -> Text,
        kind -> Text,
        other_id -> Text,
        agency_id -> Text,
    }
}

diesel::table! {
    components (id) {
        id -> Text,
        agency_id -> Text,
        document_id -> Text,
        ordinal -> Integer,
        kind -> Text,
        title -> Text,
    }
}

diesel::table! {
    versions (id) {
        id -> Text,
        agency_id -> Text,
        component_id -> Text,
        ordinal -> Integer,
        stage -> Text,
        source_version_id -> Nullable<Text>,
        sha256 -> Text,
        size -> BigInt,
        media_type -> Text,
        file_name -> Text,
        created_by -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    format_checks (version_id) {
        version_id -> Text,
        agency_id -> Text,
        state -> Text,
        profile_id -> Text,
        profile_version -> Text,
        report -> Nullable<Text>,
        checked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    format_findings (version_id, rule) {
        version_id -> Text,
        agency_id -> Text,
        drafting_unit -> Text,
        rule -> Text,
        severity -> Text,
        findings -> Integer,
        checked_at -> Timestamp,
    }
}

diesel::table! {
    signatures (id) {
        id -> Text,
        agency_id -> Text,
        version_id -> Text,
        field -> Text,
        role -> Text,
        appointment_id -> Nullable<Text>,
        key_id -> Text,
        certificate -> Text,
        chain -> Text,
        revocation -> Text,
        verdict -> Text,
        policy -> Text,
        signed_at -> Timestamp,
    }
}

diesel::table! {
    registers (id) {
        id -> Text,
        agency_id -> Text,
        book_id -> Text,
        year -> Integer,
        direction -> Text,
        name -> Text,
        types -> Text,
        secret -> Bool,
        first_number -> BigInt,
        next_number -> BigInt,
        created_at -> Timestamp,
        version -> BigInt,
    }
}

diesel::table! {
    register_entries (register_id, number) {
        register_id -> Text,
        number -> BigInt,
        agency_id -> Text,
        document_id -> Text,
        notation -> Text,
        document_date -> Date,
        taken_by -> Text,
        taken_at -> Timestamp,
        voided_by -> Nullable<Text>,
        voided_at -> Nullable<Timestamp>,
        void_reason -> Nullable<Text>,
    }
}

diesel::table! {
    received_verdicts (version_id) {
        version_id -> Text,
        agency_id -> Text,
        indication -> Text,
        report -> Text,
        policy -> Text,
        judged_at -> Timestamp,
        evidence -> Nullable<Text>,
    }
}

diesel::table! {
    raised_levels (version_id) {
        version_id -> Text,
        agency_id -> Text,
        document_id -> Text,
        level -> Text,
        stamp_ends_at -> Nullable<Timestamp>,
        evidence -> Text,
        verdict -> Text,
        policy -> Text,
        raised_at -> Timestamp,
    }
}

diesel::joinable!(raised_levels -> documents (document_id));

diesel::table! {
    signing_sessions (id) {
        id -> Text,
        agency_id -> Text,
        document_id -> Text,
        document_version -> BigInt,
        source_version_id -> Text,
        act -> Text,
        method -> Text,
        appointment_id -> Nullable<Text>,
        key_id -> Text,
        certificate -> Text,
        chain -> Text,
        level -> Text,
        learnt -> Text,
        signing_time -> Timestamp,
        kept_sha256 -> Text,
        to_sign -> Nullable<Text>,
        download_hash -> Nullable<Text>,
        upload_hash -> Nullable<Text>,
        downloaded_at -> Nullable<Timestamp>,
        state -> Text,
        refusals -> Integer,
        reason -> Nullable<Text>,
        begun_by -> Text,
        begun_at -> Timestamp,
        expires_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        signed_version_id -> Nullable<Text>,
        version -> BigInt,
    }
}

diesel::joinable!(components -> documents (document_id));
diesel::joinable!(versions -> components (component_id));
diesel::joinable!(format_checks -> versions (version_id));
diesel::joinable!(signatures -> versions (version_id));
diesel::joinable!(register_entries -> registers (register_id));
diesel::allow_tables_to_appear_in_same_query!(
    documents,
    document_relations,
    components,
    versions,
    format_checks,
    signatures,
    registers,
    register_entries,
    received_verdicts,
    raised_levels,
    signing_sessions,
);
