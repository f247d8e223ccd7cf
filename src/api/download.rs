//! Downloads: as attachments, with their digest, in ranges.

use super::Service;
use super::problem::{Problem, header_text};
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_RANGE, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
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
    let tag = format!("\"{sha256}\"");
    // Of another representation than the caller has, a part is of no use (RFC 9110, 13.1.5).
    let is_same = header_text(request.headers(), "if-range").is_none_or(|known| known.trim() == tag);
    let asked = header_text(request.headers(), "range").filter(|_| is_same);
    let range = match asked.map_or(Asked::Whole, |text| asked_for(text, length)) {
        Asked::Whole => None,
        Asked::Part(start, end) => Some((start, end)),
        Asked::Nothing => {
            let problem = Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, "range_not_satisfiable");
            let mut response = problem.error_response();
            if let Ok(value) = HeaderValue::from_str(&format!("bytes */{length}")) {
                response.headers_mut().insert(CONTENT_RANGE, value);
            }
            return Ok(response);
        }
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
        .insert_header(("etag", tag))
        .content_type(media_type);
    if let Some((start, end)) = range {
        response.insert_header(("content-range", format!("bytes {start}-{}/{length}", end - 1)));
    }
    Ok(response.body(actix_web::body::SizedStream::new(end - start, Box::pin(body))))
}

/// What a `Range` header asks for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    /// Nothing we know of, or several parts, which nobody has to serve: everything is sent (RFC 9110, 14.2).
    Whole,
    /// The bytes from the first to before the second.
    Part(u64, u64),
    /// A part that isn't there.
    Nothing,
}

/// Reads a `Range` header (RFC 9110, 14.1.2).
fn asked_for(text: &str, length: u64) -> Asked {
    let Some((from, to)) = text.trim().strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Asked::Whole;
    };
    let (start, end) = match (from.trim(), from.trim().parse::<u64>(), to.trim(), to.trim().parse::<u64>()) {
        ("", _, _, Ok(suffix)) => (length.saturating_sub(suffix), length),
        (_, Ok(from), "", _) => (from, length),
        (_, Ok(from), _, Ok(to)) if from <= to => (from, to.saturating_add(1).min(length)),
        _ => return Asked::Whole,
    };
    if start < end { Asked::Part(start, end) } else { Asked::Nothing }
}

#[cfg(test)]
mod tests {
    use super::{Asked, asked_for};

    #[test]
    fn ranges_are_read_as_rfc_9110_says() {
        for (text, expected) in [
            ("bytes=0-499", Asked::Part(0, 500)),
            ("bytes=-500", Asked::Part(9_500, 10_000)),
            ("bytes=-20000", Asked::Part(0, 10_000)),
            ("bytes=9500-", Asked::Part(9_500, 10_000)),
            ("bytes=9999-20000", Asked::Part(9_999, 10_000)),
            ("bytes=10000-", Asked::Nothing),
            ("bytes=-0", Asked::Nothing),
            ("bytes=0-0,5-6", Asked::Whole),
            ("bytes=5-2", Asked::Whole),
            ("bytes=a-b", Asked::Whole),
            ("bytes=", Asked::Whole),
            ("lines=1-2", Asked::Whole),
        ] {
            assert_eq!(asked_for(text, 10_000), expected, "{text}");
        }
        assert_eq!(asked_for("bytes=0-", 0), Asked::Nothing);
    }
}
