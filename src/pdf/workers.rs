//! The threads that interpret and paint pages, used again for the next file: making one, and the memory it works in,
//! costs as much as reading a short document.
//!
//! Threads of their own, because the interpreter is another's code fed with strangers' bytes, and nested content may
//! need more stack than a caller has left.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};

/// Fifty levels of nested content, the interpreter's own bound, fit several times.
const STACK: usize = 32 << 20;
/// Threads that wait for the next file; those beyond end.
const KEPT: usize = 4;

/// What is to be done; what it returns is called when the thread can take the next.
type Work = Box<dyn FnOnce() -> Box<dyn FnOnce()> + Send>;

/// The ways to the threads that wait.
static WAITING: Mutex<Vec<Sender<Work>>> = Mutex::new(Vec::new());

/// Begins work on a thread of its own. What it gives can be received once; nothing when it panicked. None when there
/// is no thread to be had.
pub(super) fn begin<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<Receiver<T>> {
    let (tell, told) = sync_channel(1);
    let work: Work = Box::new(move || {
        let outcome = catch_unwind(AssertUnwindSafe(work)).ok();
        Box::new(move || outcome.into_iter().for_each(|outcome| drop(tell.send(outcome))))
    });
    let waiting = WAITING.lock().ok().and_then(|mut waiting| waiting.pop());
    let thread = match waiting {
        Some(thread) => thread,
        None => spawn()?,
    };
    thread.send(work).ok()?;
    Some(told)
}

fn spawn() -> Option<Sender<Work>> {
    let (sender, receiver) = channel();
    let myself = sender.clone();
    let thread = std::thread::Builder::new().name("page".to_owned()).stack_size(STACK);
    thread.spawn(move || serve(&receiver, &myself)).ok()?;
    Some(sender)
}

fn serve(works: &Receiver<Work>, myself: &Sender<Work>) {
    while let Ok(work) = works.recv() {
        let tell = work();
        // Waiting before it tells: who is told may have the next file at once.
        let stays = WAITING.lock().is_ok_and(|mut waiting| {
            let room = waiting.len() < KEPT;
            if room {
                waiting.push(myself.clone());
            }
            room
        });
        tell();
        if !stays {
            return;
        }
    }
}
