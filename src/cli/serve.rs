//! `chancery serve`, `migrate`, `admin`, `openapi`: running and looking after the service.

use super::{FAULT, GOOD, NOT_GOOD, UNREACHABLE, USAGE, fail};
use crate::config::Config;
use crate::ports::{Rng, SystemClock, SystemRng};
use crate::server::{self, StartError};
use crate::store::{self, Database, migrate};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Where settings and data are.
#[derive(Debug, Clone, clap::Args)]
pub struct Place {
    /// Settings (TOML)
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// The data folder
    #[arg(long)]
    pub data: Option<PathBuf>,
}

/// Arguments of `serve`.
#[derive(Debug, clap::Args)]
pub struct ServeArgs {
    #[command(flatten)]
    place: Place,
    /// Address to listen on
    #[arg(long)]
    listen: Option<std::net::SocketAddr>,
}

/// Arguments of `admin`.
#[derive(Debug, clap::Args)]
pub struct AdminArgs {
    #[command(subcommand)]
    action: AdminAction,
}

#[derive(Debug, clap::Subcommand)]
enum AdminAction {
    /// Give an account a password for one use
    ResetPassword {
        /// Its name
        user: String,
        #[command(flatten)]
        place: Place,
    },
}

/// Settings for a place.
///
/// # Errors
/// The exit code, after the reason was printed.
pub fn settings(place: &Place) -> Result<Config, ExitCode> {
    let loaded = Config::load(place.config.as_deref(), std::env::vars());
    let mut config = loaded
        .map_err(|error| fail(false, USAGE, "config_wrong", &[("name", &error.name), ("why", &error.why)]))?;
    if let Some(data) = &place.data {
        config.storage.data.clone_from(data);
    }
    Ok(config)
}

/// The database of these settings, for reading: a running service may have it open as well.
///
/// # Errors
/// The exit code, after the reason was printed.
pub fn database(config: &Config, json: bool) -> Result<Database, ExitCode> {
    let location = config.location();
    migrate::check_or_create(&location)
        .and_then(|()| Database::open(&location, 2, Arc::new(SystemClock), Arc::new(SystemRng)))
        .map_err(|error| store_failed(json, &error))
}

/// Why the store can't be used, as an exit code.
#[must_use]
pub fn store_failed(json: bool, error: &store::Error) -> ExitCode {
    let why = error.to_string();
    match error {
        store::Error::Connection(_) => fail(json, UNREACHABLE, "database_unreachable", &[("why", &why)]),
        store::Error::InUse(_) => fail(json, NOT_GOOD, "data_in_use", &[("why", &why)]),
        store::Error::Schema(_) => fail(json, NOT_GOOD, "schema_not_current", &[("why", &why)]),
        _ => fail(json, FAULT, "store_failed", &[("why", &why)]),
    }
}

/// Why the service doesn't start, as an exit code.
#[must_use]
pub fn start_failed(error: &StartError) -> ExitCode {
    match error {
        StartError::Store(inner) => store_failed(false, inner),
        other => fail(false, NOT_GOOD, "start_failed", &[("why", &other.to_string())]),
    }
}

/// Logging to standard error: lines for people at a terminal, JSON otherwise.
pub fn log_to_stderr(default: &str) {
    use std::io::IsTerminal;
    let filter = tracing_subscriber::EnvFilter::try_from_env("CHANCERY_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(default));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Set already in tests that start several services: the first one's stays.
    let _ = if std::io::stderr().is_terminal() { builder.try_init() } else { builder.json().try_init() };
}

/// Runs `serve`.
#[must_use]
pub fn serve(args: &ServeArgs) -> ExitCode {
    log_to_stderr("info");
    let mut config = match settings(&args.place) {
        Ok(config) => config,
        Err(code) => return code,
    };
    if let Some(listen) = args.listen {
        config.server.listen = listen;
    }
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
    else {
        return fail(false, FAULT, "internal_error", &[]);
    };
    let opened = match server::open(&config, Arc::new(SystemClock), Arc::new(SystemRng)) {
        Ok(opened) => opened,
        Err(error) => return start_failed(&error),
    };
    runtime.block_on(async {
        let running = match server::start(opened, &config) {
            Ok(running) => running,
            Err(error) => return start_failed(&error),
        };
        out!(
            "{} (API), {}/docs (try it), {} (health, metrics)",
            running.base_url,
            running.base_url,
            running.management_url
        );
        if let Some(password) = &running.first_password {
            out!("administrator: admin / {password} (one use: change it at first login)");
        }
        wait_for_signal().await;
        running.stop().await;
        ExitCode::from(GOOD)
    })
}

async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

/// Runs `migrate`.
#[must_use]
pub fn migrate(place: &Place) -> ExitCode {
    let config = match settings(place) {
        Ok(config) => config,
        Err(code) => return code,
    };
    if let Err(error) = std::fs::create_dir_all(&config.storage.data) {
        return fail(false, FAULT, "store_failed", &[("why", &error.to_string())]);
    }
    match migrate::migrate(&config.location()) {
        Ok(done) => {
            out!("{} migration(s) applied", done.len());
            ExitCode::from(GOOD)
        }
        Err(error) => store_failed(false, &error),
    }
}

/// Runs `admin`.
#[must_use]
pub fn admin(args: &AdminArgs) -> ExitCode {
    use crate::identity::rows::Account;
    use crate::identity::schema::accounts;
    use crate::identity::{password, people};
    use diesel::prelude::*;
    let AdminAction::ResetPassword { user, place } = &args.action;
    let config = match settings(place) {
        Ok(config) => config,
        Err(code) => return code,
    };
    let rng: Arc<dyn Rng> = Arc::new(SystemRng);
    let opened = match server::open(&config, Arc::new(SystemClock), Arc::clone(&rng)) {
        Ok(opened) => opened,
        Err(error) => return start_failed(&error),
    };
    let secret = password::one_time(rng.as_ref()).ok();
    let hash = secret.as_deref().and_then(|secret| password::hash(secret, rng.as_ref()));
    let (Some(secret), Some(hash)) = (secret, hash) else { return fail(false, FAULT, "internal_error", &[]) };
    let login = user.clone();
    let outcome = opened.service.desk.database.write_blocking(move |unit| {
        let account: Option<Account> = accounts::table
            .filter(accounts::login.eq(&login))
            .select(Account::as_select())
            .first(unit.connection())
            .optional()?;
        let Some(account) = account else { return Ok(false) };
        people::set_password(unit, &crate::audit::Actor::System, &account, &hash, true, None)?;
        Ok::<_, store::Error>(true)
    });
    match outcome {
        Ok(true) => {
            out!("{user} / {secret} (one use)");
            ExitCode::from(GOOD)
        }
        Ok(false) => fail(false, NOT_GOOD, "not_found", &[("what", user)]),
        Err(error) => store_failed(false, &error),
    }
}

/// Runs `openapi`.
#[must_use]
pub fn openapi() -> ExitCode {
    super::print_json(&crate::api::routes::openapi());
    ExitCode::from(GOOD)
}
