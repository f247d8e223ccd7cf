//! Every route, as a contents page; and the OpenAPI document made from the same handlers.

use super::problem::{Problem, language_of, page, set_language};
use super::{
    Service, accounts, clients, documents, dossiers, format_checks, keys, people, registers, reports,
    sessions, signing_sessions, trail, transfers,
};
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use utoipa::OpenApi;

/// The OpenAPI document.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Chancery",
        description = "Official documents: taken in, checked, signed, numbered, filed, handed over, proven.",
        license(name = "MIT OR Apache-2.0")
    ),
    components(schemas(crate::registry::state::State, super::format_checks::OverlayEncoding)),
    paths(
        sessions::create,
        sessions::show,
        sessions::delete,
        sessions::change_password,
        people::create_agency,
        people::show_agency,
        people::create_unit,
        people::list_units,
        people::create_person,
        people::list_people,
        accounts::create,
        accounts::list,
        accounts::disable,
        people::create_appointment,
        people::list_appointments,
        people::end_appointment,
        clients::create,
        clients::list,
        clients::disable,
        keys::create_key,
        keys::list_keys,
        documents::create,
        documents::list,
        documents::show,
        documents::revise,
        documents::attach,
        documents::component_content,
        documents::received_verdicts,
        documents::format_check,
        format_checks::show,
        format_checks::create,
        documents::prepare,
        documents::sign,
        documents::number,
        documents::seal,
        documents::issue,
        documents::void,
        documents::augment,
        documents::signatures,
        documents::evidence,
        documents::content,
        documents::events,
        signing_sessions::create,
        signing_sessions::show,
        signing_sessions::cancel,
        signing_sessions::complete,
        signing_sessions::fetch,
        signing_sessions::bring,
        registers::create,
        registers::list,
        registers::entries,
        registers::gaps,
        dossiers::add_entry,
        dossiers::entries,
        dossiers::create,
        dossiers::list,
        dossiers::show,
        dossiers::file,
        dossiers::close,
        transfers::create,
        transfers::list,
        transfers::show,
        transfers::accept,
        transfers::reject,
        reports::format,
        trail::checkpoint,
        trail::proof,
    )
)]
pub struct ApiDoc;

/// The OpenAPI document with its ways to authenticate.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    use utoipa::openapi::security::{
        ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
    };
    let mut document = ApiDoc::openapi();
    let components = document.components.get_or_insert_with(Default::default);
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(super::caller::COOKIE)));
    components.add_security_scheme("session", cookie);
    components.add_security_scheme(
        "key",
        SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()),
    );
    let none: [&str; 0] = [];
    document.security =
        Some(vec![SecurityRequirement::new("session", none), SecurityRequirement::new("key", none)]);
    document
}

/// Registers every route.
pub fn configure(config: &mut ServiceConfig) {
    let api = web::scope("/api/v1")
        .route("/openapi.json", web::get().to(openapi_json))
        .service(web::resource("/sessions").route(web::post().to(sessions::create)))
        .service(
            web::resource("/sessions/current")
                .route(web::get().to(sessions::show))
                .route(web::delete().to(sessions::delete)),
        )
        .service(web::resource("/sessions/password").route(web::post().to(sessions::change_password)))
        .service(web::resource("/agencies").route(web::post().to(people::create_agency)))
        .service(web::resource("/agencies/current").route(web::get().to(people::show_agency)))
        .service(
            web::resource("/units")
                .route(web::post().to(people::create_unit))
                .route(web::get().to(people::list_units)),
        )
        .service(
            web::resource("/people")
                .route(web::post().to(people::create_person))
                .route(web::get().to(people::list_people)),
        )
        .service(
            web::resource("/accounts")
                .route(web::post().to(accounts::create))
                .route(web::get().to(accounts::list)),
        )
        .service(web::resource("/accounts/{id}/disable").route(web::post().to(accounts::disable)))
        .service(
            web::resource("/appointments")
                .route(web::post().to(people::create_appointment))
                .route(web::get().to(people::list_appointments)),
        )
        .service(web::resource("/appointments/{id}/end").route(web::post().to(people::end_appointment)))
        .service(
            web::resource("/clients")
                .route(web::post().to(clients::create))
                .route(web::get().to(clients::list)),
        )
        .service(web::resource("/clients/{id}/disable").route(web::post().to(clients::disable)))
        .service(
            web::resource("/keys")
                .route(web::post().to(keys::create_key))
                .route(web::get().to(keys::list_keys)),
        )
        .service(
            web::resource("/documents")
                .route(web::post().to(documents::create))
                .route(web::get().to(documents::list)),
        )
        .service(web::resource("/documents/{id}").route(web::get().to(documents::show)))
        .service(web::resource("/documents/{id}/versions").route(web::post().to(documents::revise)))
        .service(web::resource("/documents/{id}/components").route(web::post().to(documents::attach)))
        .service(
            web::resource("/documents/{id}/components/{component}/content")
                .route(web::get().to(documents::component_content))
                .route(web::head().to(documents::component_content)),
        )
        .service(
            web::resource("/documents/{id}/received-verdicts")
                .route(web::get().to(documents::received_verdicts)),
        )
        .service(web::resource("/documents/{id}/format-check").route(web::get().to(documents::format_check)))
        .service(
            web::resource("/documents/{id}/format-check/overlay").route(web::get().to(format_checks::show)),
        )
        .service(web::resource("/format-checks").route(web::post().to(format_checks::create)))
        .service(web::resource("/documents/{id}/prepare").route(web::post().to(documents::prepare)))
        .service(web::resource("/documents/{id}/sign").route(web::post().to(documents::sign)))
        .service(web::resource("/documents/{id}/number").route(web::post().to(documents::number)))
        .service(web::resource("/documents/{id}/seal").route(web::post().to(documents::seal)))
        .service(web::resource("/documents/{id}/issue").route(web::post().to(documents::issue)))
        .service(web::resource("/documents/{id}/void").route(web::post().to(documents::void)))
        .service(web::resource("/documents/{id}/augment").route(web::post().to(documents::augment)))
        .service(web::resource("/documents/{id}/signatures").route(web::get().to(documents::signatures)))
        .service(
            web::resource("/documents/{id}/signatures/evidence").route(web::get().to(documents::evidence)),
        )
        .service(
            web::resource("/documents/{id}/content")
                .route(web::get().to(documents::content))
                .route(web::head().to(documents::content)),
        )
        .service(web::resource("/documents/{id}/events").route(web::get().to(documents::events)))
        .service(web::resource("/signing-sessions").route(web::post().to(signing_sessions::create)))
        .service(
            web::resource("/signing-sessions/{id}")
                .route(web::get().to(signing_sessions::show))
                .route(web::delete().to(signing_sessions::cancel)),
        )
        .service(
            web::resource("/signing-sessions/{id}/signature")
                .route(web::post().to(signing_sessions::complete)),
        )
        .service(
            web::resource("/signing-sessions/{id}/file/{token}")
                .route(web::get().to(signing_sessions::fetch))
                .route(web::post().to(signing_sessions::bring)),
        )
        .service(
            web::resource("/registers")
                .route(web::post().to(registers::create))
                .route(web::get().to(registers::list)),
        )
        .service(web::resource("/registers/{id}/entries").route(web::get().to(registers::entries)))
        .service(web::resource("/registers/{id}/gaps").route(web::get().to(registers::gaps)))
        .service(
            web::resource("/file-plan")
                .route(web::post().to(dossiers::add_entry))
                .route(web::get().to(dossiers::entries)),
        )
        .service(
            web::resource("/dossiers")
                .route(web::post().to(dossiers::create))
                .route(web::get().to(dossiers::list)),
        )
        .service(web::resource("/dossiers/{id}").route(web::get().to(dossiers::show)))
        .service(web::resource("/dossiers/{id}/documents/{document}").route(web::put().to(dossiers::file)))
        .service(web::resource("/dossiers/{id}/close").route(web::post().to(dossiers::close)))
        .service(
            web::resource("/transfers")
                .route(web::post().to(transfers::create))
                .route(web::get().to(transfers::list)),
        )
        .service(web::resource("/transfers/{id}").route(web::get().to(transfers::show)))
        .service(web::resource("/transfers/{id}/accept").route(web::post().to(transfers::accept)))
        .service(web::resource("/transfers/{id}/reject").route(web::post().to(transfers::reject)))
        .service(web::resource("/reports/format").route(web::get().to(reports::format)))
        .service(web::resource("/audit/checkpoint").route(web::get().to(trail::checkpoint)))
        .service(web::resource("/audit/proof").route(web::get().to(trail::proof)));
    config
        .app_data(web::QueryConfig::default().error_handler(|_, request| {
            set_language(request.headers());
            Problem::field("/", "query_invalid").into()
        }))
        .service(api)
        .service(utoipa_swagger_ui::SwaggerUi::new("/docs/{_:.*}").url("/api/v1/openapi.json", openapi()))
        .route(
            "/docs",
            web::get().to(|| async { HttpResponse::Found().insert_header(("location", "/docs/")).finish() }),
        )
        .route("/problems/{code}", web::get().to(explain))
        .configure(health)
        .default_service(web::to(nowhere));
}

async fn openapi_json() -> HttpResponse {
    HttpResponse::Ok().json(openapi())
}

async fn explain(request: HttpRequest, path: Path<String>) -> Result<HttpResponse, Problem> {
    set_language(request.headers());
    let _ = language_of(request.headers());
    let text =
        page(&path).ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "not_found").arg("what", "page"))?;
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(text))
}

async fn nowhere(request: HttpRequest) -> Result<HttpResponse, Problem> {
    set_language(request.headers());
    Err(Problem::new(StatusCode::NOT_FOUND, "route_unknown"))
}

/// Whether the process lives and its database answers: on both addresses, since load balancers ask where they send.
fn health(config: &mut ServiceConfig) {
    config
        .route("/livez", web::get().to(|| async { HttpResponse::Ok().body("ok") }))
        .route("/readyz", web::get().to(ready));
}

/// Routes of the management address: health and metrics.
pub fn manage(config: &mut ServiceConfig) {
    config.configure(health).route("/metrics", web::get().to(metrics));
}

async fn ready(service: Data<Service>) -> HttpResponse {
    let desk = service.desk.clone();
    match tokio::task::spawn_blocking(move || desk.database.check()).await {
        Ok(Ok(())) => HttpResponse::Ok().body("ready"),
        _ => HttpResponse::ServiceUnavailable().body("not ready"),
    }
}

async fn metrics(service: Data<Service>) -> HttpResponse {
    use prometheus::{Encoder, TextEncoder};
    let now = service.desk.now().naive_utc();
    if let Ok((waiting, oldest)) =
        service.desk.database.read(move |c| crate::store::jobs::backlog(c, now)).await
    {
        crate::server::gauge("chancery_jobs_waiting", "Jobs that wait", waiting);
        crate::server::gauge("chancery_jobs_oldest_seconds", "Age of the oldest waiting job", oldest);
    }
    if let Ok(size) = service.desk.database.read(crate::audit::log::size).await {
        crate::server::gauge(
            "chancery_log_size",
            "Entries of the audit log",
            i64::try_from(size).unwrap_or(0),
        );
    }
    let mut text = Vec::new();
    let _ = TextEncoder::new().encode(&prometheus::gather(), &mut text);
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text)
}
