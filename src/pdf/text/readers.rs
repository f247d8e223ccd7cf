//! The threads that read pages, used again for the next file: making one, and the memory it works in, costs as much as
//! reading a short document.
//!
//! Threads of their own, because the interpreter is another's code fed with strangers' bytes, and nested content may
//! need more stack than a caller has left.

use super::{Limits, Page, Pages, TextError, read_pages};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

/// Fifty levels of nested content, the interpreter's own bound, fit several times.
const STACK: usize = 32 << 20;
/// Threads that wait for the next file; those beyond end.
const KEPT: usize = 4;

/// What a thread tells the caller.
enum Told {
    Page(usize, Page),
    Done(Result<Pages, TextError>),
}

/// A file to be read.
struct Work {
    bytes: Vec<u8>,
    limits: Limits,
    only: Option<usize>,
    tell: SyncSender<Told>,
}

/// The ways to the threads that wait.
static WAITING: Mutex<Vec<Sender<Work>>> = Mutex::new(Vec::new());

/// Reads `bytes` and hands each page over as it is done.
pub(super) fn read(
    bytes: Vec<u8>,
    limits: &Limits,
    only: Option<usize>,
    visitor: &mut (dyn FnMut(usize, Page) + Send),
) -> Result<Pages, TextError> {
    // With room for none: no page is made before the last one was taken.
    let (tell, told) = sync_channel(0);
    let work = Work { bytes, limits: *limits, only, tell };
    let waiting = WAITING.lock().ok().and_then(|mut waiting| waiting.pop());
    let thread = match waiting {
        Some(thread) => thread,
        None => begin().ok_or(TextError::Unreadable)?,
    };
    thread.send(work).map_err(|_| TextError::Unreadable)?;
    while let Ok(news) = told.recv() {
        match news {
            Told::Page(number, page) => visitor(number, page),
            Told::Done(outcome) => return outcome,
        }
    }
    Err(TextError::Unreadable)
}

fn begin() -> Option<Sender<Work>> {
    let (sender, receiver) = channel();
    let myself = sender.clone();
    let thread = std::thread::Builder::new().name("page-text".to_owned()).stack_size(STACK);
    thread.spawn(move || serve(&receiver, &myself)).ok()?;
    Some(sender)
}

fn serve(works: &Receiver<Work>, myself: &Sender<Work>) {
    while let Ok(Work { bytes, limits, only, tell }) = works.recv() {
        // A caller who went away wants no further page.
        let mut hand_over = |number, page| tell.send(Told::Page(number, page)).is_ok();
        let outcome = catch_unwind(AssertUnwindSafe(|| read_pages(bytes, &limits, only, &mut hand_over)));
        let stays = WAITING.lock().is_ok_and(|mut waiting| {
            let room = waiting.len() < KEPT;
            if room {
                waiting.push(myself.clone());
            }
            room
        });
        let _ = tell.send(Told::Done(outcome.unwrap_or(Err(TextError::Unreadable))));
        if !stays {
            return;
        }
    }
}
