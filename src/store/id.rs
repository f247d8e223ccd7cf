//! Identifiers: one type for each thing that has one, so that they can't be mixed up.
//!
//! All are UUIDv7 in text form: time-ordered for the index, with 74 random bits.

use crate::ports::{Rng, RngFailed};
use chrono::{DateTime, Utc};

/// A fresh UUIDv7 as text, its time taken from `now`.
///
/// # Errors
/// When the random source fails.
pub fn fresh(now: DateTime<Utc>, rng: &dyn Rng) -> Result<String, RngFailed> {
    let mut random = [0_u8; 10];
    rng.fill(&mut random)?;
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().to_string())
}

/// Defines identifier types: a private text, read from outside only through `parse`.
#[macro_export]
macro_rules! id_types {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
        )]
        #[diesel(sql_type = diesel::sql_types::Text)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Makes a fresh identifier.
            ///
            /// # Errors
            /// When the random source fails.
            pub fn fresh(
                now: chrono::DateTime<chrono::Utc>,
                rng: &dyn $crate::ports::Rng,
            ) -> Result<Self, $crate::ports::RngFailed> {
                $crate::store::id::fresh(now, rng).map(Self)
            }

            /// Reads an identifier from outside: a UUID in its canonical lower-case form, or nothing.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let uuid = uuid::Uuid::try_parse(text).ok()?;
                let canonical = uuid.to_string();
                (canonical == text).then_some(Self(canonical))
            }

            /// The identifier as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| serde::de::Error::custom("expected a UUID in lower case"))
            }
        }

        impl<DB> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            String: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, DB>,
            ) -> diesel::serialize::Result {
                self.0.to_sql(out)
            }
        }

        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                String::from_sql(bytes).map(Self)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                        utoipa::openapi::KnownFormat::Uuid,
                    )))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )*};
}

id_types! {
    /// An agency (cơ quan).
    AgencyId;
    /// A piece of work to be done later.
    JobId;
}

/// The agency whose rows a query may see. Finders take one; there is no query without it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scope(AgencyId);

impl Scope {
    /// The scope of one agency.
    #[must_use]
    pub fn of(agency: AgencyId) -> Self {
        Self(agency)
    }

    /// The agency of this scope.
    #[must_use]
    pub fn agency(&self) -> &AgencyId {
        &self.0
    }
}
