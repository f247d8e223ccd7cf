//! Where the bytes of a PDF are read from: a slice in memory or a file, never loaded whole.

use std::borrow::Cow;
use std::fs::File;
use std::io;

/// Random access to bytes that don't change while they are read.
pub trait Source {
    /// Length in bytes.
    fn len(&self) -> u64;

    /// Whether there are no bytes at all.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads up to `buffer.len()` bytes at `offset`; fewer only at the end.
    ///
    /// # Errors
    /// When the medium fails.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// The bytes `offset..offset + length`, cut at the end of the source; not copied when they are in memory.
    ///
    /// # Errors
    /// When the medium fails.
    fn bytes(&self, offset: u64, length: usize) -> io::Result<Cow<'_, [u8]>> {
        read_bytes(self, offset, length).map(Cow::Owned)
    }

    /// Gives `start..end` to `sink` in pieces, in order: how ranges are hashed and copied.
    ///
    /// # Errors
    /// When the medium fails or ends early.
    fn for_each_piece(&self, start: u64, end: u64, sink: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        read_pieces(self, start, end, sink)
    }
}

fn read_bytes<S: Source + ?Sized>(source: &S, offset: u64, length: usize) -> io::Result<Vec<u8>> {
    let available = usize::try_from(source.len().saturating_sub(offset)).unwrap_or(usize::MAX);
    let mut buffer = vec![0_u8; length.min(available)];
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        let at = offset.saturating_add(u64::try_from(filled).unwrap_or(u64::MAX));
        match source.read_at(at, rest)? {
            0 => break,
            read => filled += read,
        }
    }
    buffer.truncate(filled);
    Ok(buffer)
}

fn read_pieces<S: Source + ?Sized>(
    source: &S,
    start: u64,
    end: u64,
    sink: &mut dyn FnMut(&[u8]),
) -> io::Result<()> {
    let mut buffer = vec![0_u8; 256 * 1024];
    let mut at = start;
    while at < end {
        let want = usize::try_from(end - at).unwrap_or(usize::MAX).min(buffer.len());
        let Some(part) = buffer.get_mut(..want) else { break };
        let read = source.read_at(at, part)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        sink(part.get(..read).unwrap_or_default());
        at += u64::try_from(read).unwrap_or(0);
    }
    Ok(())
}

/// The part of a slice that `offset` and `length` name, cut at its end.
fn part(all: &[u8], offset: u64, length: usize) -> &[u8] {
    let rest = usize::try_from(offset).ok().and_then(|start| all.get(start..)).unwrap_or_default();
    rest.get(..length).unwrap_or(rest)
}

impl Source for [u8] {
    fn len(&self) -> u64 {
        u64::try_from(<[u8]>::len(self)).unwrap_or(u64::MAX)
    }

    fn bytes(&self, offset: u64, length: usize) -> io::Result<Cow<'_, [u8]>> {
        Ok(Cow::Borrowed(part(self, offset, length)))
    }

    fn for_each_piece(&self, start: u64, end: u64, sink: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        let Some(length) = end.checked_sub(start) else { return Ok(()) };
        let found = part(self, start, usize::try_from(length).unwrap_or(usize::MAX));
        if Source::len(found) < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        sink(found);
        Ok(())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let found = part(self, offset, buffer.len());
        if let Some(to) = buffer.get_mut(..found.len()) {
            to.copy_from_slice(found);
        }
        Ok(found.len())
    }
}

/// A borrowed slice is a source of its own, so that it can stand where a sized one is wanted.
impl Source for &[u8] {
    fn len(&self) -> u64 {
        Source::len(*self)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        (**self).read_at(offset, buffer)
    }

    fn bytes(&self, offset: u64, length: usize) -> io::Result<Cow<'_, [u8]>> {
        (**self).bytes(offset, length)
    }

    fn for_each_piece(&self, start: u64, end: u64, sink: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        (**self).for_each_piece(start, end, sink)
    }
}

impl Source for Vec<u8> {
    fn len(&self) -> u64 {
        Source::len(self.as_slice())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.as_slice().read_at(offset, buffer)
    }

    fn bytes(&self, offset: u64, length: usize) -> io::Result<Cow<'_, [u8]>> {
        self.as_slice().bytes(offset, length)
    }

    fn for_each_piece(&self, start: u64, end: u64, sink: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        self.as_slice().for_each_piece(start, end, sink)
    }
}

/// Bytes up to which a file is read at once: an ordinary document, whose objects are then looked at in place.
const AT_ONCE: u64 = 1 << 20;

/// An open file, with its length as it was when opened.
#[derive(Debug)]
pub struct FileSource {
    file: File,
    length: u64,
    /// All of it, when it is small.
    whole: Option<Vec<u8>>,
}

impl FileSource {
    /// Takes an open file.
    ///
    /// # Errors
    /// When its length can't be read, or it is small and can't be read.
    pub fn new(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        let mut source = Self { file, length, whole: None };
        if length <= AT_ONCE {
            let whole = source.bytes(0, usize::try_from(length).unwrap_or(0))?.into_owned();
            // Cut off meanwhile: the reads to come will find that out.
            source.whole = (Source::len(&whole) == length).then_some(whole);
        }
        Ok(source)
    }
}

impl Source for FileSource {
    fn len(&self) -> u64 {
        self.length
    }

    fn bytes(&self, offset: u64, length: usize) -> io::Result<Cow<'_, [u8]>> {
        match &self.whole {
            Some(whole) => whole.bytes(offset, length),
            None => read_bytes(self, offset, length).map(Cow::Owned),
        }
    }

    fn for_each_piece(&self, start: u64, end: u64, sink: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        match &self.whole {
            Some(whole) => whole.for_each_piece(start, end, sink),
            None => read_pieces(self, start, end, sink),
        }
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::os::unix::fs::FileExt::read_at(&self.file, buffer, offset) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                outcome => return outcome,
            }
        }
    }
}
