//! Settings: one TOML file, overridden by the environment (`CHANCERY__SECTION__KEY`), refused by name
//! when wrong.

use crate::desk::Level;
use crate::store::Location;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// All settings.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where it listens.
    pub server: Server,
    /// Where data are.
    pub storage: Storage,
    /// What is accepted.
    pub limits: Limits,
    /// Law and trust.
    pub law: Law,
    /// How it signs.
    pub signing: Signing,
    /// Keys that lie elsewhere.
    pub keys: Keys,
    /// The log.
    pub log: Log,
    /// The agency made at first start.
    pub agency: Agency,
}

/// The agency made at first start; later ones come over the API.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Agency {
    /// Code by Decision 20/2020.
    pub code: String,
    /// Name.
    pub name: String,
    /// What stands in symbols.
    pub abbreviation: String,
    /// Place in date lines.
    pub place: String,
}

impl Default for Agency {
    fn default() -> Self {
        Self {
            code: "A00".to_owned(),
            name: "Cơ quan quản trị".to_owned(),
            abbreviation: "QT".to_owned(),
            place: "Hà Nội".to_owned(),
        }
    }
}

/// Where it listens.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address of the API.
    pub listen: SocketAddr,
    /// Address of health and metrics; unset: 127.0.0.1:8081, or any free port there when that one is taken.
    pub management: Option<SocketAddr>,
    /// Whether people reach it over HTTPS (by a proxy): cookies are then Secure.
    pub https: bool,
    /// Hours a session lasts.
    pub session_hours: i64,
}

/// Where data are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Storage {
    /// The data folder.
    pub data: PathBuf,
    /// Database URL; empty: SQLite in the data folder.
    pub database: String,
    /// File with the master key; empty: `master.key` in the data folder.
    pub master_key_file: PathBuf,
    /// Connections to the database.
    pub connections: u32,
}

/// What is accepted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Bytes of an uploaded file.
    pub upload_bytes: u64,
    /// Bytes of a JSON body.
    pub json_bytes: usize,
    /// Seconds every request's body may keep the service waiting.
    pub body_grace_seconds: u64,
    /// Bytes that buy a body a second more.
    pub body_bytes_per_second: u64,
}

/// Law and trust.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Law {
    /// Profile.
    pub profile: String,
    /// Folder with further profiles; empty: none.
    pub profiles: PathBuf,
    /// Folder with trusted certificates; empty: `trust` in the data folder.
    pub trust: PathBuf,
    /// Time zone of legal dates.
    pub time_zone: String,
}

/// What keys that lie elsewhere may be used with.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keys {
    /// PKCS#11 libraries that may be loaded, by absolute path.
    pub pkcs11_modules: Vec<PathBuf>,
    /// Services of remote signing that may be asked, by the base address of their CSC API, version 1 or 2.
    pub csc_services: Vec<String>,
}

/// How it signs, and what it may ask of machines elsewhere for that.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Signing {
    /// Level of a person's signature.
    pub personal_level: Level,
    /// Level of the agency's signature.
    pub agency_level: Level,
    /// Address of the time-stamping authority; empty: none.
    pub tsa: String,
    /// Whether revocation is asked for over the network.
    pub network: bool,
    /// Hosts with port, as `host:port`, that may be asked although their address is a private one.
    pub allowed_hosts: Vec<String>,
    /// Folder with certificates that `https` is believed by, besides the machine's; empty: none.
    pub tls_roots: PathBuf,
    /// Seconds one exchange may take.
    pub seconds: u64,
    /// How old, in seconds, an answer about revocation may be that is used again before signing; 0: always asked anew.
    pub revocation_max_age_seconds: u64,
    /// How old, in seconds, one may be that is used again for a verdict; 0: always asked anew.
    pub verdict_max_age_seconds: u64,
    /// Days before its end that an archive time-stamp is renewed; 0: never.
    pub renew_before_days: u16,
    /// Minutes a signature is awaited that is made elsewhere in two steps.
    pub two_step_minutes: u64,
    /// Minutes a file is awaited that is signed on a desktop.
    pub desktop_minutes: u64,
    /// Whether a desktop may bring a signature of before PAdES (`adbe.pkcs7.detached`), as its tools make them.
    pub desktop_pkcs7: bool,
}

impl Default for Signing {
    fn default() -> Self {
        Self {
            personal_level: Level::Basic,
            agency_level: Level::Basic,
            tsa: String::new(),
            network: true,
            allowed_hosts: Vec::new(),
            tls_roots: PathBuf::new(),
            seconds: 10,
            revocation_max_age_seconds: 60,
            verdict_max_age_seconds: 3600,
            renew_before_days: 90,
            two_step_minutes: 720,
            desktop_minutes: 60,
            desktop_pkcs7: true,
        }
    }
}

/// The log.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Its name; the year is added.
    pub name: String,
}

impl Default for Server {
    fn default() -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 8080));
        Self { listen, management: None, https: false, session_hours: 10 }
    }
}

impl Default for Storage {
    fn default() -> Self {
        Self {
            data: PathBuf::from("data"),
            database: String::new(),
            master_key_file: PathBuf::new(),
            connections: 8,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            upload_bytes: 256 << 20,
            json_bytes: 1 << 20,
            body_grace_seconds: 30,
            body_bytes_per_second: 4096,
        }
    }
}

impl Default for Law {
    fn default() -> Self {
        Self {
            profile: "vn-nd30-2020".to_owned(),
            profiles: PathBuf::new(),
            trust: PathBuf::new(),
            time_zone: "Asia/Ho_Chi_Minh".to_owned(),
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { name: "chancery.local/audit".to_owned() }
    }
}

/// A setting that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("setting {name}: {why}")]
pub struct ConfigError {
    /// Which.
    pub name: String,
    /// What was expected.
    pub why: String,
}

impl Config {
    /// Reads a file (if given) and the environment over it.
    ///
    /// # Errors
    /// The first setting that is wrong, by name.
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let wrong = |name: &str, why: String| ConfigError { name: name.to_owned(), why };
        let text = match file {
            Some(path) => {
                std::fs::read_to_string(path).map_err(|error| wrong("--config", error.to_string()))?
            }
            None => String::new(),
        };
        let mut table: toml::Table =
            text.parse().map_err(|error: toml::de::Error| wrong("--config", error.to_string()))?;
        for (name, value) in environment {
            let Some(path) = name.strip_prefix("CHANCERY__") else { continue };
            let lower = path.to_lowercase();
            let Some((section, key)) = lower.split_once("__") else {
                return Err(wrong(&name, "expected CHANCERY__SECTION__KEY".to_owned()));
            };
            let section =
                table.entry(section.to_owned()).or_insert_with(|| toml::Value::Table(toml::Table::new()));
            let Some(section) = section.as_table_mut() else {
                return Err(wrong(&name, "its section is no table".to_owned()));
            };
            // Numbers, truth values and lists as themselves, everything else as text.
            let parsed =
                format!("v = {value}").parse::<toml::Table>().ok().and_then(|mut one| one.remove("v"));
            let plain = parsed.filter(|value| value.is_integer() || value.is_bool() || value.is_array());
            section.insert(key.to_owned(), plain.unwrap_or(toml::Value::String(value)));
        }
        let config: Self = serde_path_to_error::deserialize(toml::Value::Table(table)).map_err(|error| {
            ConfigError { name: error.path().to_string(), why: error.inner().to_string() }
        })?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let wrong = |name: &str, why: &str| Err(ConfigError { name: name.to_owned(), why: why.to_owned() });
        if !self.storage.database.is_empty() && Location::parse(&self.storage.database).is_none() {
            return wrong("storage.database", "expected sqlite:PATH or postgres://…");
        }
        if self.law.time_zone.parse::<chrono_tz::Tz>().is_err() {
            return wrong(
                "law.time_zone",
                "expected a name of the time zone database, like Asia/Ho_Chi_Minh",
            );
        }
        if !(1..=200).contains(&self.storage.connections) {
            return wrong("storage.connections", "expected 1 to 200");
        }
        if !(1..=720).contains(&self.server.session_hours) {
            return wrong("server.session_hours", "expected 1 to 720");
        }
        if !crate::identity::people::is_agency_code(&self.agency.code) {
            return wrong("agency.code", "expected a code by Decision 20/2020, like H37.02");
        }
        let signing = &self.signing;
        if signing.personal_level.max(signing.agency_level) > Level::Basic {
            if signing.tsa.is_empty() {
                return wrong("signing.tsa", "levels above B-B need a time-stamping authority");
            }
            if !signing.network {
                return wrong("signing.network", "levels above B-B need the network");
            }
        }
        let is_address = |url: &str| url.starts_with("http://") || url.starts_with("https://");
        if !signing.tsa.is_empty() && !is_address(&signing.tsa) {
            return wrong("signing.tsa", "expected an address that begins with http:// or https://");
        }
        if !(1..=60).contains(&signing.seconds) {
            return wrong("signing.seconds", "expected 1 to 60");
        }
        if signing.renew_before_days > 3650 {
            return wrong("signing.renew_before_days", "expected 0 to 3650");
        }
        for (name, value) in [
            ("signing.revocation_max_age_seconds", signing.revocation_max_age_seconds),
            ("signing.verdict_max_age_seconds", signing.verdict_max_age_seconds),
        ] {
            if value > 7 * 86_400 {
                return wrong(name, "expected 0 to 604800 (a week)");
            }
        }
        for (name, minutes) in [
            ("signing.two_step_minutes", signing.two_step_minutes),
            ("signing.desktop_minutes", signing.desktop_minutes),
        ] {
            if !(1..=10_080).contains(&minutes) {
                return wrong(name, "expected 1 to 10080 (a week)");
            }
        }
        if self.keys.pkcs11_modules.iter().any(|module| !module.is_absolute()) {
            return wrong("keys.pkcs11_modules", "expected absolute paths");
        }
        if self.keys.csc_services.iter().any(|address| !crate::pki::csc::is_base(address)) {
            let expected = "expected addresses that end with /csc/v1 or /csc/v2";
            return wrong("keys.csc_services", expected);
        }
        if self.log.name.is_empty() || self.log.name.contains([' ', '+']) {
            return wrong("log.name", "expected a name without spaces and plus signs");
        }
        Ok(())
    }

    /// Where the database is.
    #[must_use]
    pub fn location(&self) -> Location {
        Location::parse(&self.storage.database)
            .unwrap_or_else(|| Location::Sqlite(self.storage.data.join("chancery.db")))
    }

    /// The folder of trusted certificates.
    #[must_use]
    pub fn trust_folder(&self) -> PathBuf {
        if self.law.trust.as_os_str().is_empty() {
            self.storage.data.join("trust")
        } else {
            self.law.trust.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::load(None, pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn the_environment_goes_over_the_defaults() {
        let config =
            load(&[("CHANCERY__SERVER__LISTEN", "127.0.0.1:9999"), ("CHANCERY__STORAGE__CONNECTIONS", "3")])
                .unwrap();
        assert_eq!((config.server.listen.port(), config.storage.connections), (9999, 3));
    }

    #[test]
    fn a_wrong_setting_is_refused_by_its_name() {
        assert_eq!(
            load(&[("CHANCERY__STORAGE__DATABASE", "mysql://x")]).unwrap_err().name,
            "storage.database"
        );
        assert!(load(&[("CHANCERY__SERVER__PORT", "1")]).unwrap_err().why.contains("port"));
        assert_eq!(load(&[("CHANCERY__LAW__TIME_ZONE", "Mars/Base")]).unwrap_err().name, "law.time_zone");
        assert_eq!(load(&[("CHANCERY__SERVER__LISTEN", "somewhere")]).unwrap_err().name, "server.listen");
        for (key, value, name) in [
            ("CHANCERY__SIGNING__AGENCY_LEVEL", "B-T", "signing.tsa"),
            ("CHANCERY__SIGNING__AGENCY_LEVEL", "B-X", "signing.agency_level"),
            ("CHANCERY__SIGNING__TSA", "ftp://tsa", "signing.tsa"),
            ("CHANCERY__SIGNING__SECONDS", "0", "signing.seconds"),
            ("CHANCERY__SIGNING__TWO_STEP_MINUTES", "0", "signing.two_step_minutes"),
            ("CHANCERY__KEYS__PKCS11_MODULES", "[\"softhsm.so\"]", "keys.pkcs11_modules"),
            ("CHANCERY__KEYS__CSC_SERVICES", "[\"https://sign.example/csc/v3\"]", "keys.csc_services"),
            ("CHANCERY__SIGNING__REVOCATION_MAX_AGE_SECONDS", "604801", "signing.revocation_max_age_seconds"),
        ] {
            assert_eq!(load(&[(key, value)]).unwrap_err().name, name);
        }
        let offline = [
            ("CHANCERY__SIGNING__PERSONAL_LEVEL", "B-LT"),
            ("CHANCERY__SIGNING__TSA", "http://tsa.example/"),
            ("CHANCERY__SIGNING__NETWORK", "false"),
        ];
        assert_eq!(load(&offline).unwrap_err().name, "signing.network");
    }

    #[test]
    fn hosts_and_levels_come_from_the_environment_too() {
        let config = load(&[
            ("CHANCERY__SIGNING__ALLOWED_HOSTS", "[\"10.0.0.1:80\"]"),
            ("CHANCERY__SIGNING__AGENCY_LEVEL", "B-LTA"),
            ("CHANCERY__SIGNING__TSA", "http://tsa.example/"),
        ])
        .unwrap();
        assert_eq!(config.signing.allowed_hosts, ["10.0.0.1:80"]);
        assert_eq!(
            (config.signing.personal_level, config.signing.agency_level),
            (Level::Basic, Level::Archival)
        );
    }
}
