//! The running service: opened from a configuration, listening, working, stopped gracefully.

mod renew;
mod signing;
mod sweep;

pub use sweep::sweep;

use crate::api::caller::tell_of_refusal;
use crate::api::edge::{Pace, caught, explained, keep_pace};
use crate::api::{Service, problem, routes};
use crate::audit::log;
use crate::config::Config;
use crate::desk::Desk;
use crate::identity::keys::{self, NewKey};
use crate::identity::people::{self, NewAgency, NewAppointment};
use crate::identity::rows::{Key, Role};
use crate::identity::vault::Vault;
use crate::identity::{KeyId, password};
use crate::merkle::NoteSigner;
use crate::pki::TrustStore;
use crate::ports::{Clock, Rng};
use crate::profile::Profile;
use crate::registry;
use crate::registry::journey::check_one_format;
use crate::store::{Database, Error, Location, Objects, migrate};
use actix_web::dev::{ServerHandle, Service as _};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{App, HttpMessage, HttpServer, web};
use base64::Engine;
use std::collections::HashMap;
use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

/// Why the service doesn't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store can't be opened.
    #[error(transparent)]
    Store(#[from] Error),
    /// Something in the data folder or configuration can't be used.
    #[error("{what}: {why}")]
    Unusable {
        /// Which.
        what: &'static str,
        /// Why.
        why: String,
    },
    /// It can't listen.
    #[error("listening on {0}: {1}")]
    Listen(String, std::io::Error),
}

fn unusable(what: &'static str) -> impl Fn(String) -> StartError {
    move |why| StartError::Unusable { what, why }
}

/// An opened data folder.
pub struct Opened {
    /// What handlers are given.
    pub service: Service,
    /// Password of the administrator made at first start, shown once.
    pub first_password: Option<String>,
    _lock: Option<File>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opened(..)")
    }
}

/// Opens the data folder: makes what is missing, refuses what can't be used.
///
/// # Errors
/// [`StartError`].
pub fn open(config: &Config, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Result<Opened, StartError> {
    let data = &config.storage.data;
    // Documents and their people: nobody else on the machine has business here.
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data)
        .map_err(|error| unusable("data folder")(error.to_string()))?;
    let location = config.location();
    let lock = match &location {
        Location::Sqlite(_) => Some(lock(data)?),
        Location::Postgres(_) => None,
    };
    migrate::check_or_create(&location)?;
    let database = Database::open(&location, config.storage.connections, clock, Arc::clone(&rng))?;
    let objects = Objects::open(data)?;
    let vault = Arc::new(open_vault(config, rng.as_ref())?);
    let profile = profile(config)?;
    let zone = config.law.time_zone.parse().map_err(|_| unusable("law.time_zone")("unknown".to_owned()))?;
    let (trust, signing) = (Arc::new(trust(&config.trust_folder())?), signing::of(config)?);
    let (signing, elsewhere) = signing;
    let desk = Desk { database, objects, vault, elsewhere, trust, profile, zone, signing };
    sweep::sweep(&desk, sweep::AGE)?;
    let signer = Arc::new(open_log(&desk, &config.log.name)?);
    let first_password = first_start(&desk, &config.agency)?;
    let service = Service {
        desk,
        signer,
        upload_bytes: config.limits.upload_bytes,
        json_bytes: config.limits.json_bytes,
        https: config.server.https,
        session_hours: config.server.session_hours,
        running: Arc::default(),
        failures: Arc::new(Mutex::new(HashMap::new())),
        wake: Arc::default(),
    };
    Ok(Opened { service, first_password, _lock: lock })
}

/// One process at a time writes a SQLite folder.
fn lock(data: &Path) -> Result<File, StartError> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(data.join("chancery.lock"))
        .map_err(|error| unusable("lock file")(error.to_string()))?;
    match fs4::FileExt::try_lock(&file) {
        Ok(()) => Ok(file),
        Err(_) => Err(Error::InUse(data.display().to_string()).into()),
    }
}

fn open_vault(config: &Config, rng: &dyn Rng) -> Result<Vault, StartError> {
    let broken = unusable("master key");
    let path = &config.storage.master_key_file;
    if let Ok(text) = std::env::var("CHANCERY_MASTER_KEY") {
        return Vault::from_hex(&text).map_err(|error| broken(error.to_string()));
    }
    let own = path.as_os_str().is_empty();
    let path = if own { config.storage.data.join("master.key") } else { path.clone() };
    if own && !path.exists() {
        let text = password::token(rng).map_err(|error| broken(error.to_string()))?;
        use std::io::Write;
        use std::os::unix::fs::OpenOptionsExt;
        let made = File::options().create_new(true).write(true).mode(0o600).open(&path);
        made.and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
            .map_err(|error| broken(error.to_string()))?;
    }
    let text =
        std::fs::read_to_string(&path).map_err(|error| broken(format!("{}: {error}", path.display())))?;
    Vault::from_hex(&text).map_err(|error| broken(error.to_string()))
}

fn profile(config: &Config) -> Result<Arc<Profile>, StartError> {
    let all = if config.law.profiles.as_os_str().is_empty() {
        vec![Arc::clone(Profile::builtin())]
    } else {
        Profile::load_folder(&config.law.profiles)
            .map_err(|error| unusable("law.profiles")(error.to_string()))?
    };
    let wanted = all.into_iter().rev().find(|profile| profile.id == config.law.profile);
    wanted.ok_or_else(|| unusable("law.profile")(format!("there is no profile {}", config.law.profile)))
}

fn trust(folder: &Path) -> Result<TrustStore, StartError> {
    if !folder.exists() {
        return Ok(TrustStore::default());
    }
    TrustStore::read(&[folder.to_path_buf()])
        .map_err(|error| unusable("trusted certificates")(error.to_string()))
}

/// The log's signer: its key is made at first start and kept sealed.
fn open_log(desk: &Desk, name: &str) -> Result<NoteSigner, StartError> {
    let broken = unusable("the log's key");
    let known =
        desk.database.read_blocking(|c| Ok::<_, Error>((Key::active(c, "", "log")?, log::origin_of(c)?)))?;
    let origin = known.1.unwrap_or_else(|| format!("{name}/{}", desk.today().format("%Y")));
    if let Some(key) = known.0 {
        let sealed = base64::engine::general_purpose::STANDARD
            .decode(&key.secret)
            .map_err(|error| broken(error.to_string()))?;
        let secret = desk.vault.open(key.id.as_str(), &sealed).map_err(|error| broken(error.to_string()))?;
        return NoteSigner::new(&origin, &secret).map_err(|error| broken(error.to_string()));
    }
    let pkcs8 = aws_lc_rs::signature::Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new())
        .map_err(|_| broken("no randomness".to_owned()))?;
    let rng = desk.database.rng().as_ref();
    let id = KeyId::fresh(desk.now(), rng).map_err(Error::from)?;
    let sealed =
        desk.vault.seal(id.as_str(), pkcs8.as_ref(), rng).map_err(|error| broken(error.to_string()))?;
    let make = || NoteSigner::new(&origin, pkcs8.as_ref()).map_err(|error| broken(error.to_string()));
    // One for the first checkpoint, on the writer's thread, and one to keep.
    let (opener, signer) = (make()?, make()?);
    let new = NewKey {
        id,
        agency: String::new(),
        purpose: "log",
        person: None,
        name: origin.clone(),
        provider: "sealed",
        sealed,
        location: None,
        certificate: None,
        chain: Vec::new(),
        image_sha256: None,
    };
    desk.database.write_blocking(move |unit| {
        keys::add(unit, &crate::audit::Actor::System, &new)?;
        log::open(unit, &opener, &origin)?;
        Ok::<_, Error>(())
    })?;
    Ok(signer)
}

/// At first start: an agency to begin with, and its administrator with a password for one use.
fn first_start(desk: &Desk, first: &crate::config::Agency) -> Result<Option<String>, StartError> {
    use diesel::prelude::*;
    let agencies: i64 = desk.database.read_blocking(|c| {
        crate::identity::schema::agencies::table.count().get_result(c).map_err(Error::from)
    })?;
    if agencies > 0 {
        return Ok(None);
    }
    let rng = desk.database.rng().as_ref();
    let secret = password::one_time(rng).map_err(Error::from)?;
    let hash =
        password::hash(&secret, rng).ok_or_else(|| unusable("password")("hashing failed".to_owned()))?;
    let today = desk.today();
    let agency = NewAgency {
        parent: None,
        code: first.code.clone(),
        old_code: None,
        name: first.name.clone(),
        abbreviation: first.abbreviation.clone(),
        place: first.place.clone(),
    };
    desk.database
        .write_blocking(move |unit| {
            let system = crate::audit::Actor::System;
            let agency = people::add_agency(unit, &system, &agency)?;
            let person = people::add_person(unit, &agency.id, &system, "Quản trị viên")?;
            people::add_account(unit, &agency.id, &system, &person.id, "admin", &hash, true)?;
            let appointment = NewAppointment {
                person: person.id,
                unit: None,
                title: "Quản trị viên".to_owned(),
                authority: None,
                roles: vec![Role::Administrator],
                from: today,
                to: None,
                basis: None,
            };
            people::appoint(unit, &agency.id, &system, &appointment)?;
            Ok::<_, registry::Error>(())
        })
        .map_err(|error| unusable("first start")(error.to_string()))?;
    Ok(Some(secret))
}

/// A listening service.
pub struct Running {
    /// Base URL of the API.
    pub base_url: String,
    /// Base URL of health and metrics.
    pub management_url: String,
    /// What handlers are given.
    pub service: Service,
    /// Password of the administrator made at first start.
    pub first_password: Option<String>,
    handles: [ServerHandle; 2],
    stop: Arc<tokio::sync::Notify>,
    workers: Vec<tokio::task::JoinHandle<()>>,
    _opened: Option<File>,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// Connections of one of the two workers; beyond it they wait in the system's queue. Idle ones are closed after seconds.
const CONNECTIONS: usize = 8_000;

/// Starts listening and working.
///
/// # Errors
/// When an address can't be had.
pub fn start(opened: Opened, config: &Config) -> Result<Running, StartError> {
    let service = opened.service;
    let data = web::Data::new(service.clone());
    let pace = Pace {
        grace: Duration::from_secs(config.limits.body_grace_seconds),
        bytes_per_second: config.limits.body_bytes_per_second,
    };
    let app = move || {
        let service = data.clone();
        App::new()
            .app_data(data.clone())
            .app_data(web::PayloadConfig::new(data.json_bytes))
            .wrap_fn(move |mut request, next| {
                keep_pace(&mut request, pace);
                problem::set_language(request.headers());
                let headers = request.headers().clone();
                let id = request_id(&request);
                request.extensions_mut().insert(id.clone());
                let started = std::time::Instant::now();
                let service = service.clone();
                let (method, path) = (request.method().clone(), request.match_pattern().unwrap_or_default());
                let answered = caught(next.call(request));
                async move {
                    let response = answered.await?;
                    tell_of_refusal(&service, &response).await;
                    problem::set_language(&headers);
                    let mut response = explained(response);
                    let status = response.status();
                    tracing::info!(request = %id, %method, route = %path, status = status.as_u16(), micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX), "answered");
                    observe(status.as_u16(), started.elapsed());
                    let sent = response.headers_mut();
                    if let Ok(value) = HeaderValue::from_str(&id) {
                        sent.insert(HeaderName::from_static("x-request-id"), value);
                    }
                    for (name, value) in [
                        ("x-content-type-options", "nosniff"),
                        ("referrer-policy", "no-referrer"),
                        ("x-frame-options", "DENY"),
                    ] {
                        sent.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
                    }
                    let docs = path.starts_with("/docs");
                    let policy = if docs { "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:" } else { "default-src 'none'; frame-ancestors 'none'; sandbox" };
                    sent.insert(HeaderName::from_static("content-security-policy"), HeaderValue::from_static(policy));
                    if !docs {
                        sent.insert(HeaderName::from_static("cache-control"), HeaderValue::from_static("no-store"));
                    }
                    Ok(response)
                }
            })
            .configure(routes::configure)
    };
    let listen = |error| StartError::Listen(config.server.listen.to_string(), error);
    let server = HttpServer::new(app)
        .workers(2)
        .max_connections(CONNECTIONS)
        .client_request_timeout(Duration::from_secs(10))
        .client_disconnect_timeout(Duration::from_secs(5))
        .shutdown_timeout(30)
        .disable_signals()
        .bind(config.server.listen)
        .map_err(listen)?;
    let base_url = server.addrs().first().map_or_else(String::new, |address| format!("http://{address}"));
    let data = web::Data::new(service.clone());
    let management = HttpServer::new(move || App::new().app_data(data.clone()).configure(routes::manage))
        .workers(1)
        .disable_signals()
        .listen(management_listener(config.server.management)?)
        .map_err(|error| StartError::Listen("management".to_owned(), error))?;
    let management_url =
        management.addrs().first().map_or_else(String::new, |address| format!("http://{address}"));
    let (server, management) = (server.run(), management.run());
    let handles = [server.handle(), management.handle()];
    let stop = Arc::new(tokio::sync::Notify::new());
    let workers = vec![
        tokio::spawn(async move {
            let _ = server.await;
        }),
        tokio::spawn(async move {
            let _ = management.await;
        }),
        tokio::spawn(work(service.clone(), Arc::clone(&stop))),
        tokio::spawn(sweep::often(service.clone(), Arc::clone(&stop))),
        tokio::spawn(renew::often(service.clone(), config.signing.renew_before_days, Arc::clone(&stop))),
    ];
    Ok(Running {
        base_url,
        management_url,
        service,
        first_password: opened.first_password,
        handles,
        stop,
        workers,
        _opened: opened._lock,
    })
}

/// The listener of health and metrics. Only an address somebody chose is insisted on: a second service on a machine
/// shouldn't fail for a port nobody asked for.
fn management_listener(chosen: Option<SocketAddr>) -> Result<TcpListener, StartError> {
    let bind = |address: SocketAddr| {
        TcpListener::bind(address).map_err(|error| StartError::Listen(address.to_string(), error))
    };
    let local = |port| SocketAddr::from(([127, 0, 0, 1], port));
    match chosen {
        Some(address) => bind(address),
        None => bind(local(8081)).or_else(|_| bind(local(0))),
    }
}

/// An identifier for a request: the caller's, if it is plain, else a fresh one.
fn request_id(request: &actix_web::dev::ServiceRequest) -> String {
    let given = problem::header_text(request.headers(), "x-request-id");
    let plain = |text: &&str| {
        !text.is_empty() && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    given.filter(plain).map_or_else(|| uuid::Uuid::now_v7().to_string(), str::to_owned)
}

impl Running {
    /// Stops: lets requests end, gives what waits its place in the log.
    pub async fn stop(self) {
        for handle in &self.handles {
            handle.stop(true).await;
        }
        // Each worker tells the next.
        self.stop.notify_one();
        for worker in self.workers {
            let _ = worker.await;
        }
        let service = self.service;
        let _ = tokio::task::spawn_blocking(move || settle(&service)).await;
    }
}

/// Does everything that waits: format checks, places in the log, the signed head.
///
/// # Errors
/// When the store fails.
pub fn settle(service: &Service) -> Result<(), Error> {
    while check_one_format(&service.desk)? {}
    log::advance(&service.desk.database, &service.signer)?;
    Ok(())
}

/// How long the worker rests after its work: what is caused meanwhile gets its place in the log, and its head, together.
const GATHERING: Duration = Duration::from_millis(25);

/// The worker: wakes when something was caused, and once a second in any case.
async fn work(service: Service, stop: Arc<tokio::sync::Notify>) {
    // A crash, or a database that went away, may have left places without a signature over them.
    let mut may_lag = true;
    loop {
        tokio::select! {
            () = stop.notified() => return stop.notify_one(),
            () = service.wake.notified() => {}
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
        }
        let busy = service.clone();
        let done = tokio::task::spawn_blocking(move || {
            if may_lag {
                log::resume(&busy.desk.database, &busy.signer)?;
            }
            settle(&busy)
        });
        let done = done.await;
        may_lag = !matches!(done, Ok(Ok(())));
        match done {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the worker could not finish"),
            Err(error) => tracing::error!(%error, "the worker panicked"),
        }
        tokio::select! {
            () = stop.notified() => return stop.notify_one(),
            () = tokio::time::sleep(GATHERING) => {}
        }
    }
}

/// Sets a gauge of the metrics.
pub fn gauge(name: &'static str, help: &'static str, value: i64) {
    static GAUGES: OnceLock<Mutex<HashMap<&'static str, prometheus::IntGauge>>> = OnceLock::new();
    let Ok(mut gauges) = GAUGES.get_or_init(Mutex::default).lock() else { return };
    if !gauges.contains_key(name)
        && let Ok(gauge) = prometheus::register_int_gauge!(name, help)
    {
        gauges.insert(name, gauge);
    }
    if let Some(gauge) = gauges.get(name) {
        gauge.set(value);
    }
}

/// Counts an answered request.
fn observe(status: u16, took: Duration) {
    static TIMES: OnceLock<Option<prometheus::HistogramVec>> = OnceLock::new();
    let times = TIMES.get_or_init(|| {
        prometheus::register_histogram_vec!("chancery_request_seconds", "Time requests took", &["class"]).ok()
    });
    if let Some(times) = times {
        times.with_label_values(&[&format!("{}xx", status / 100)]).observe(took.as_secs_f64());
    }
}
