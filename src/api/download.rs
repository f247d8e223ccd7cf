//! Downloads: as attachments, with their digest, in ranges.

use super::Service;
use super::problem::{Problem, header_text};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use futures_util::stream;
use std::io::{Read, Seek, SeekFrom};

/// Characters of a file name that need no escape in a header parameter (RFC 8187).
const PLAIN: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

/// Kept bytes as a response.
///
/// # Errors
/// When they are missing, or the range asked for isn't there (416).
pub fn respond(
    service: &Service,
    request: &HttpRequest,
    sha256: &str,
    media_type: &str,
    name: &str,
) -> Result<HttpResponse, Problem> {
    let mut file = service.objects().open_kept(sha256)?;
    let length = file.metadata().map_err(|_| Problem::internal())?.len();
    let digest = hex::decode(sha256).map_err(|_| Problem::internal())?;
    let digest = base64::engine::general_purpose::STANDARD.encode(digest);
    let range = match header_text(request.headers(), "range") {
        None => None,
        Some(text) => match one_range(text, length) {
            Some(range) => Some(range),
            None => {
                return Ok(HttpResponse::build(StatusCode::RANGE_NOT_SATISFIABLE)
                    .insert_header(("content-range", format!("bytes */{length}")))
                    .finish());
            }
        },
    };
    let (start, end) = range.unwrap_or((0, length));
    file.seek(SeekFrom::Start(start)).map_err(|_| Problem::internal())?;
    let body = stream::unfold((file, end - start), |(mut file, left)| async move {
        if left == 0 {
            return None;
        }
        let piece = actix_web::web::block(move || {
            let want = usize::try_from(left.min(256 * 1024)).unwrap_or(0);
            let mut buffer = vec![0_u8; want];
            let read = file.read(&mut buffer).inspect(|read| buffer.truncate(*read));
            (file, buffer, read)
        })
        .await;
        match piece {
            Ok((file, buffer, Ok(read))) if read > 0 => {
                let left = left.saturating_sub(u64::try_from(read).unwrap_or(left));
                Some((Ok::<_, actix_web::Error>(actix_web::web::Bytes::from(buffer)), (file, left)))
            }
            _ => None,
        }
    });
    let mut response =
        HttpResponse::build(if range.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK });
    let escaped = percent_encoding::utf8_percent_encode(name, PLAIN);
    response
        .insert_header(("content-disposition", format!("attachment; filename*=UTF-8''{escaped}")))
        .insert_header(("repr-digest", format!("sha-256=:{digest}:")))
        .insert_header(("accept-ranges", "bytes"))
        .insert_header(("etag", format!("\"{sha256}\"")))
        .content_type(media_type);
    if let Some((start, end)) = range {
        response.insert_header(("content-range", format!("bytes {start}-{}/{length}", end - 1)));
    }
    Ok(response.body(actix_web::body::SizedStream::new(end - start, Box::pin(body))))
}

/// One range of bytes (RFC 9110, 14.1.2); several at once are not served.
fn one_range(text: &str, length: u64) -> Option<(u64, u64)> {
    let (from, to) = text.trim().strip_prefix("bytes=")?.split_once('-')?;
    let range = match (from.trim(), to.trim()) {
        ("", suffix) => (length.saturating_sub(suffix.parse().ok()?), length),
        (from, "") => (from.parse().ok()?, length),
        (from, to) => (from.parse().ok()?, to.parse::<u64>().ok()?.saturating_add(1).min(length)),
    };
    (range.0 < range.1).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::one_range;

    #[test]
    fn ranges_are_read_as_rfc_9110_says() {
        assert_eq!(one_range("bytes=0-499", 10_000), Some((0, 500)));
        assert_eq!(one_range("bytes=-500", 10_000), Some((9_500, 10_000)));
        assert_eq!(one_range("bytes=9500-", 10_000), Some((9_500, 10_000)));
        assert_eq!(one_range("bytes=10000-", 10_000), None);
        assert_eq!(one_range("bytes=0-0,5-6", 10_000), None);
    }
}
