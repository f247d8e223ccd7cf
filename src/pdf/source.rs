//! Where the bytes of a PDF are read from: a slice in memory or a file, never loaded whole.

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

    /// The bytes `offset..offset + length`, cut at the end of the source.
    ///
    /// # Errors
    /// When the medium fails.
    fn bytes(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let available = usize::try_from(self.len().saturating_sub(offset)).unwrap_or(usize::MAX);
        let mut buffer = vec![0_u8; length.min(available)];
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            let at = offset.saturating_add(u64::try_from(filled).unwrap_or(u64::MAX));
            match self.read_at(at, rest)? {
                0 => break,
                read => filled += read,
            }
        }
        buffer.truncate(filled);
        Ok(buffer)
    }

    /// Gives `start..end` to `sink` in pieces, in order: how ranges are hashed and copied.
    ///
    /// # Errors
    /// When the medium fails or ends early.
    fn for_each_piece(&self, start: u64, end: u64, sink: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        let mut buffer = vec![0_u8; 256 * 1024];
        let mut at = start;
        while at < end {
            let want = usize::try_from(end - at).unwrap_or(usize::MAX).min(buffer.len());
            let Some(part) = buffer.get_mut(..want) else { break };
            let read = self.read_at(at, part)?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            sink(part.get(..read).unwrap_or_default());
            at += u64::try_from(read).unwrap_or(0);
        }
        Ok(())
    }
}

impl Source for [u8] {
    fn len(&self) -> u64 {
        u64::try_from(<[u8]>::len(self)).unwrap_or(u64::MAX)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let rest = self.get(start..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        Ok(count)
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
}

impl Source for Vec<u8> {
    fn len(&self) -> u64 {
        Source::len(self.as_slice())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.as_slice().read_at(offset, buffer)
    }
}

/// An open file, with its length as it was when opened.
#[derive(Debug)]
pub struct FileSource {
    file: File,
    length: u64,
}

impl FileSource {
    /// Takes an open file.
    ///
    /// # Errors
    /// When its length can't be read.
    pub fn new(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self { file, length })
    }
}

impl Source for FileSource {
    fn len(&self) -> u64 {
        self.length
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
