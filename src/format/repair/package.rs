//! The package with some of its parts replaced; every other part keeps its compressed bytes.

use super::RepairError;
use crate::format::docx::DocxError;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// The folder of signatures over a package (ISO/IEC 29500-2, 10.5).
const SIGNATURES: &str = "_xmlsignatures/";

/// Whether the package is signed: a changed one would not be any more.
pub(super) fn is_signed(package: &ZipArchive<Cursor<&[u8]>>) -> bool {
    package.file_names_raw().any(|name| {
        name.strip_prefix(b"/").unwrap_or(name).to_ascii_lowercase().starts_with(SIGNATURES.as_bytes())
    })
}

/// A copy with other texts in the parts named.
pub(super) fn copy(
    package: &mut ZipArchive<Cursor<&[u8]>>,
    replaced: &[(&str, &str)],
) -> Result<Vec<u8>, RepairError> {
    let unwritable = |_| RepairError::Docx(DocxError::Unreadable("a package that can't be copied"));
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.set_raw_comment(package.comment().into()).map_err(unwritable)?;
    for at in 0..package.len() {
        let entry = package.by_index_raw(at).map_err(unwritable)?;
        if entry.encrypted() {
            return Err(RepairError::Docx(DocxError::Unreadable("a part under a password")));
        }
        let here = replaced.iter().find(|(name, _)| entry.name_raw() == name.as_bytes());
        let Some((name, text)) = here else {
            writer.raw_copy_file(entry).map_err(unwritable)?;
            continue;
        };
        let mut options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        if let Some(time) = entry.last_modified() {
            options = options.last_modified_time(time);
        }
        drop(entry);
        writer.start_file(*name, options).map_err(unwritable)?;
        writer
            .write_all(text.as_bytes())
            .map_err(|_| RepairError::Docx(DocxError::Limit("size of a part")))?;
    }
    Ok(writer.finish().map_err(unwritable)?.into_inner())
}
