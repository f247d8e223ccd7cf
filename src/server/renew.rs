//! Archive time-stamps are renewed before they end, by schedule.

use crate::api::Service;
use crate::dossier::renew_due;
use chrono::TimeDelta;
use std::sync::Arc;
use std::time::Duration;

/// Time between two looks: what ends in weeks needn't be seen by the minute.
const EVERY: Duration = Duration::from_secs(6 * 3600);

/// Renews what ends within `days`, again and again; an authority that gives nothing is asked again the next time.
pub(super) async fn often(service: Service, days: u16, stop: Arc<tokio::sync::Notify>) {
    loop {
        tokio::select! {
            () = stop.notified() => return stop.notify_one(),
            () = tokio::time::sleep(EVERY) => {}
        }
        let desk = service.desk.clone();
        if days == 0 || desk.signing.authority.is_none() || desk.signing.network.is_none() {
            continue;
        }
        match tokio::task::spawn_blocking(move || renew_due(&desk, TimeDelta::days(i64::from(days)))).await {
            Ok(Ok(0)) => {}
            Ok(Ok(renewed)) => {
                tracing::info!(renewed, "archive time-stamps renewed");
                service.wake.notify_one();
            }
            Ok(Err(error)) => tracing::error!(%error, "archive time-stamps could not be renewed"),
            Err(error) => tracing::error!(%error, "the renewal panicked"),
        }
    }
}
