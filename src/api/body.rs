//! Reading request bodies: JSON with unknown fields refused by name, and uploads that are hashed and
//! limited while they arrive.

use super::Service;
use super::problem::Problem;
use crate::format::Kind;
use crate::registry::journey::TakenFile;
use crate::store;
use crate::store::objects::Staged;
use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use futures_util::TryStreamExt;
use serde::de::DeserializeOwned;
use std::io::Read;

/// Longest file name kept, in characters.
const NAME_LIMIT: usize = 120;

/// Reads a JSON body.
///
/// # Errors
/// With a pointer to what is wrong.
pub fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // A structure may be read from a list of its fields in order; nobody means that.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(Problem::field_because("/", "field_invalid", "{ … }".to_owned()));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let pointer = if path == "." { String::new() } else { format!("/{}", path.replace('.', "/")) };
        wrong(pointer, error.inner())
    })?;
    reader.end().map_err(|error| wrong(String::new(), &error))?;
    Ok(value)
}

/// What the reader says of a body, as a problem that names the field and what was expected there. Its sentences are
/// the only way it tells an unknown field from a missing one.
fn wrong(pointer: String, error: &serde_json::Error) -> Problem {
    if !error.is_data() {
        let place = format!("{}:{}", error.line(), error.column());
        return Problem::field_because("/", "json_malformed", place);
    }
    let said = error.to_string();
    let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
    let quoted = |text: &str| text.split('`').nth(1).unwrap_or_default().to_owned();
    let choices = |text: &str| {
        let names: Vec<&str> = text.split('`').skip(3).step_by(2).collect();
        names.join(", ")
    };
    if said.starts_with("missing field") {
        return Problem::field_because(
            &format!("{pointer}/{}", quoted(said)),
            "field_missing",
            String::new(),
        );
    }
    let place = if pointer.is_empty() { "/" } else { &pointer };
    if said.starts_with("unknown field") {
        return Problem::field_because(place, "field_unknown", choices(said));
    }
    if said.starts_with("unknown variant") {
        return Problem::field_because(place, "value_not_among", choices(said));
    }
    Problem::field_because(place, "field_invalid", said.to_owned())
}

/// Characters that turn the direction of reading, or aren't seen: they make a text show what it doesn't say.
fn turns(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A text of a request: on one line, trimmed, NFC, without control and direction characters, not empty, within its
/// length.
///
/// # Errors
/// With a pointer to the field.
pub fn text(pointer: &str, value: &str, limit: usize) -> Result<String, Problem> {
    let line: String = value
        .chars()
        .filter(|character| !turns(*character))
        .map(|character| if matches!(character, '\r' | '\n' | '\t') { ' ' } else { character })
        .collect();
    crate::package::model::field("", &line, limit, true).map_err(|_| Problem::field(pointer, "text_invalid"))
}

/// Metadata and file of an upload.
#[derive(Debug)]
pub struct Upload {
    /// The metadata part.
    pub metadata: Vec<u8>,
    /// The file, not yet kept.
    pub file: Received,
}

/// A file that arrived whole and can be read. Dropped, it leaves nothing behind.
#[derive(Debug)]
pub struct Received {
    staged: Staged,
    kind: Kind,
    name: String,
}

impl Received {
    /// SHA-256 of its bytes.
    #[must_use]
    pub fn sha256(&self) -> String {
        self.staged.sha256()
    }

    /// Where its bytes are until it is kept or dropped.
    #[must_use]
    pub fn path(&self) -> &std::path::Path {
        self.staged.path()
    }

    /// Keeps it: to be called when nothing but the store can refuse it any more.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn keep(self, service: &Service) -> Result<TakenFile, Problem> {
        let Self { staged, kind, name } = self;
        let kept = service.work(move |desk| desk.objects.keep(staged)).await?;
        Ok(TakenFile { kept, kind, name })
    }
}

/// Reads an upload: `metadata` (JSON, optional when `file` suffices) and `file`. What breaks leaves
/// nothing behind.
///
/// # Errors
/// When a part is missing, unknown, too large, or of no accepted type.
pub async fn upload(service: &Service, mut parts: Multipart) -> Result<Upload, Problem> {
    let malformed = |_| Problem::new(StatusCode::BAD_REQUEST, "upload_malformed");
    let mut metadata: Option<Vec<u8>> = None;
    let mut file: Option<Received> = None;
    while let Some(mut part) = parts.try_next().await.map_err(malformed)? {
        let disposition = part.content_disposition().cloned();
        let name = disposition.as_ref().and_then(|d| d.get_name()).unwrap_or_default().to_owned();
        match name.as_str() {
            "metadata" if metadata.is_none() => {
                let mut bytes = Vec::new();
                while let Some(chunk) = part.try_next().await.map_err(malformed)? {
                    if bytes.len() + chunk.len() > service.json_bytes {
                        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"));
                    }
                    bytes.extend_from_slice(&chunk);
                }
                metadata = Some(bytes);
            }
            "file" if file.is_none() => {
                let given =
                    disposition.as_ref().and_then(|d| d.get_filename()).unwrap_or("document").to_owned();
                file = Some(receive(service, &mut part, &given).await?);
            }
            _ => return Err(Problem::new(StatusCode::BAD_REQUEST, "upload_part_unknown")),
        }
    }
    let file = file.ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "upload_file_missing"))?;
    Ok(Upload { metadata: metadata.unwrap_or_default(), file })
}

/// Reads an upload of one file alone, in a part of any of these names. What breaks leaves nothing behind.
///
/// # Errors
/// When the part is missing, unknown, too large, or of no accepted type.
pub async fn upload_file(
    service: &Service,
    mut parts: Multipart,
    names: &[&str],
) -> Result<Received, Problem> {
    let malformed = |_| Problem::new(StatusCode::BAD_REQUEST, "upload_malformed");
    let mut file: Option<Received> = None;
    while let Some(mut part) = parts.try_next().await.map_err(malformed)? {
        let disposition = part.content_disposition().cloned();
        let name = disposition.as_ref().and_then(|d| d.get_name()).unwrap_or_default();
        if file.is_some() || !names.contains(&name) {
            return Err(Problem::new(StatusCode::BAD_REQUEST, "upload_part_unknown"));
        }
        let given = disposition.as_ref().and_then(|d| d.get_filename()).unwrap_or("document").to_owned();
        file = Some(receive(service, &mut part, &given).await?);
    }
    file.ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "upload_file_missing"))
}

/// Reads small named parts into memory.
///
/// # Errors
/// When a part is unknown, stands twice or is too large.
pub async fn upload_parts(
    mut parts: Multipart,
    known: &[&str],
    limit: usize,
) -> Result<std::collections::HashMap<String, Vec<u8>>, Problem> {
    let malformed = |_| Problem::new(StatusCode::BAD_REQUEST, "upload_malformed");
    let mut found = std::collections::HashMap::new();
    while let Some(mut part) = parts.try_next().await.map_err(malformed)? {
        let name = part.content_disposition().and_then(|d| d.get_name()).unwrap_or_default().to_owned();
        if !known.contains(&name.as_str()) || found.contains_key(&name) {
            return Err(Problem::new(StatusCode::BAD_REQUEST, "upload_part_unknown"));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = part.try_next().await.map_err(malformed)? {
            if bytes.len() + chunk.len() > limit {
                return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"));
            }
            bytes.extend_from_slice(&chunk);
        }
        found.insert(name, bytes);
    }
    Ok(found)
}

/// Streams a part to staging while it is hashed, in pieces written off the event loop.
async fn receive(
    service: &Service,
    part: &mut actix_multipart::Field,
    given: &str,
) -> Result<Received, Problem> {
    /// Bytes gathered before they are written.
    const PIECE: usize = 1 << 20;
    let malformed = |_| Problem::new(StatusCode::BAD_REQUEST, "upload_malformed");
    let rng = std::sync::Arc::clone(service.desk.database.rng());
    let mut staged = service.work(move |desk| desk.objects.stage(rng.as_ref())).await?;
    let mut piece: Vec<u8> = Vec::new();
    let mut received = 0_u64;
    loop {
        let chunk = part.try_next().await.map_err(malformed)?;
        let ended = chunk.is_none();
        if let Some(chunk) = chunk {
            received += u64::try_from(chunk.len()).unwrap_or(0);
            if received > service.upload_bytes {
                return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large"));
            }
            piece.extend_from_slice(&chunk);
        }
        if piece.len() >= PIECE || ended {
            let bytes = std::mem::take(&mut piece);
            staged = service
                .work(move |_| {
                    let mut staged = staged;
                    staged.write(&bytes)?;
                    Ok::<_, crate::store::Error>(staged)
                })
                .await?;
        }
        if ended {
            break;
        }
    }
    if received == 0 {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "file_empty"));
    }
    let name = harmless_name(given);
    service
        .work(move |_| {
            let kind = readable(staged.path())?;
            Ok::<_, Problem>(Received { staged, kind, name })
        })
        .await
}

/// What a staged file is, by its own bytes; refused when it can't be read as that.
fn readable(path: &std::path::Path) -> Result<Kind, Problem> {
    let failed = |source| Problem::from(store::Error::Io { what: "reading a staged file", source });
    let refused = |code: &'static str, why: String| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code).arg("why", why)
    };
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let mut head = Vec::new();
    (&mut file).take(2048).read_to_end(&mut head).map_err(failed)?;
    let kind = Kind::of(&head);
    match kind {
        Kind::OldDoc => return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "format_old_doc")),
        Kind::Unknown => return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "format_unknown_file")),
        Kind::Pdf => {
            let source = crate::pdf::FileSource::new(file).map_err(failed)?;
            let pdf = crate::pdf::Pdf::open(&source);
            let pdf = pdf.map_err(|error| refused(error.code(), error.to_string()))?;
            let active = pdf.active_content().map_err(|error| refused(error.code(), error.to_string()))?;
            if let Some(what) = active {
                return Err(refused("pdf_active_content", what));
            }
        }
        // Archives and XML are where bombs and outside entities are: read whole, within the reader's limits.
        Kind::Docx => {
            crate::format::docx::read(std::io::BufReader::new(file)).map_err(|error| {
                let error = crate::format::FormatError::from(error);
                refused(error.code(), error.to_string())
            })?;
        }
    }
    Ok(kind)
}

/// A file name as it is kept: the last part, without control, direction and path characters.
#[must_use]
pub fn harmless_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let odd = |c: &char| {
        c.is_control() || turns(*c) || matches!(c, '"' | '\'' | '<' | '>' | '|' | '?' | '*' | ':' | ';')
    };
    let clean: String = last.chars().filter(|c| !odd(c)).take(NAME_LIMIT).collect();
    let clean = clean.trim_matches(['.', ' ']).to_owned();
    if clean.is_empty() { "document".to_owned() } else { clean }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_body_is_told_where_and_what_was_expected() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        #[expect(dead_code, reason = "read only to be refused")]
        struct Body {
            count: u8,
            #[serde(default)]
            kind: Option<Kind>,
        }
        #[derive(Debug, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Kind {
            Main,
            Annex,
        }
        let told = |body: &str| {
            let problem = json::<Body>(body.as_bytes()).unwrap_err();
            problem
                .first_field()
                .map(|(pointer, code, why)| (pointer.to_owned(), code, why.to_owned()))
                .unwrap()
        };
        assert_eq!(
            told(r#"{"count": 1, "colour": 2}"#),
            ("/colour".into(), "field_unknown", "count, kind".into())
        );
        assert_eq!(told("{}"), ("/count".into(), "field_missing", String::new()));
        assert_eq!(
            told(r#"{"count": 1, "kind": "x"}"#),
            ("/kind".into(), "value_not_among", "main, annex".into())
        );
        assert_eq!(told("[1, null]").1, "field_invalid");
        assert_eq!(told(r#"{"count": "#).1, "json_malformed");
        assert_eq!(told(r#"{"count": 1} x"#).1, "json_malformed");
        let (pointer, code, why) = told(r#"{"count": 300}"#);
        assert_eq!((pointer.as_str(), code), ("/count", "field_invalid"));
        assert!(why.contains("300"), "{why}");
    }

    #[test]
    fn names_from_outside_lose_what_could_hurt() {
        assert_eq!(harmless_name("../../etc/passwd"), "passwd");
        assert_eq!(harmless_name("..\\..\\boot.ini"), "boot.ini");
        assert_eq!(harmless_name("a\r\nSet-Cookie: x\u{202e}fdp.pdf"), "aSet-Cookie xfdp.pdf");
        assert_eq!(harmless_name("...."), "document");
        assert_eq!(harmless_name("Quyết định số 5.pdf"), "Quyết định số 5.pdf");
    }
}
