//! What a crash or a failing database left in the data folder is removed: at start, and by schedule.

use crate::api::{Service, retry};
use crate::desk::Desk;
use crate::registry::journey::sessions::expire_due;
use crate::store::Error;
use std::sync::Arc;
use std::time::Duration;

/// What nobody finished for so long, nobody will: longer than any request or job may take.
pub(super) const AGE: Duration = Duration::from_secs(24 * 3600);
/// Time between two sweeps of a running service.
const EVERY: Duration = Duration::from_secs(3600);

/// Removes what was left in the data folder at least `age` ago: staged files, kept bytes and packages that no row
/// names. Safe while this or other processes work on the folder. Gives how many of each. Answers kept for retries are
/// forgotten here as well, when nobody asks again any more; and signing sessions whose time is over end.
///
/// # Errors
/// When the folder or the database can't be read.
pub fn sweep(desk: &Desk, age: Duration) -> Result<[usize; 3], Error> {
    let removed = [
        desk.objects.sweep(age)?,
        desk.objects.sweep_unrecorded(&desk.database, age)?,
        crate::archive::sweep(desk, age)?,
    ];
    if removed.iter().sum::<usize>() > 0 {
        let [staged, kept, packages] = removed;
        tracing::warn!(staged, kept, packages, "removed what a crash left behind");
    }
    desk.database.write_blocking(retry::forget_old)?;
    let expired = expire_due(desk)?;
    if expired > 0 {
        tracing::info!(expired, "signing sessions ended, their time was over");
    }
    Ok(removed)
}

/// Sweeps by schedule; a database that fails meanwhile is asked again the next time.
pub(super) async fn often(service: Service, stop: Arc<tokio::sync::Notify>) {
    loop {
        tokio::select! {
            () = stop.notified() => return stop.notify_one(),
            () = tokio::time::sleep(EVERY) => {}
        }
        let desk = service.desk.clone();
        match tokio::task::spawn_blocking(move || sweep(&desk, AGE)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::error!(%error, "the sweep could not finish"),
            Err(error) => tracing::error!(%error, "the sweep panicked"),
        }
    }
}
