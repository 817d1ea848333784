//! A form with a file (`multipart/form-data`, RFC 7578): its small fields are read, the file is handed
//! on piece by piece as the browser sends it, so that none is ever held as a whole.

use axum::body::Body;
use axum::extract::Request;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::header;
use latchkey_web::limits::{MAX_BYTES, MAX_PARAMETERS, Params, Refusal};
use multer::{Constraints, Field, Multipart, SizeLimit};

/// A form with a file, as far as it was read.
pub(crate) struct Upload {
    /// The fields before the file.
    pub(crate) fields: Params,
    /// The file; nothing when none was chosen.
    pub(crate) file: Option<File>,
}

/// A file that still comes.
pub(crate) struct File {
    first: Bytes,
    rest: Field<'static>,
}

impl File {
    /// What is left of it to come, all of it.
    pub(crate) fn into_body(self) -> Body {
        let first = stream::once(async move { Ok(self.first) });
        Body::from_stream(first.chain(self.rest))
    }
}

/// Reads a form up to its file, whose field is named `file` and comes last.
///
/// # Errors
/// When it is no such form, or longer than `most` bytes.
pub(crate) async fn read(request: Request, file: &str, most: u64) -> Result<Upload, Refusal> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).ok_or(Refusal::ContentType)?;
    let boundary = multer::parse_boundary(kind).map_err(|_| Refusal::ContentType)?;
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > most) {
        return Err(Refusal::TooLarge);
    }
    let limits = SizeLimit::new().whole_stream(most).per_field(MAX_BYTES as u64);
    let limits = Constraints::new().size_limit(limits.for_field(file, most));
    let body = request.into_body().into_data_stream();
    let mut form = Multipart::with_constraints(body, boundary, limits);
    let mut pairs: Vec<(String, String)> = Vec::new();
    while let Some(mut field) = form.next_field().await.map_err(|error| refused(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == file {
            let first = loop {
                match field.chunk().await.map_err(|error| refused(&error))? {
                    Some(nothing) if nothing.is_empty() => {}
                    first => break first,
                }
            };
            let file = first.map(|first| File { first, rest: field });
            return Ok(Upload { fields: fields(&pairs)?, file });
        }
        if pairs.len() == MAX_PARAMETERS {
            return Err(Refusal::TooLarge);
        }
        let value = field.bytes().await.map_err(|error| refused(&error))?;
        let value = std::str::from_utf8(&value).map_err(|_| Refusal::Malformed)?;
        pairs.push((name, value.to_owned()));
    }
    Ok(Upload { fields: fields(&pairs)?, file: None })
}

/// Fields as any other form has them, by the same rules.
fn fields(pairs: &[(String, String)]) -> Result<Params, Refusal> {
    let text = serde_urlencoded::to_string(pairs).map_err(|_| Refusal::Malformed)?;
    Params::parse(text.as_bytes())
}

fn refused(error: &multer::Error) -> Refusal {
    match error {
        multer::Error::FieldSizeExceeded { .. } | multer::Error::StreamSizeExceeded { .. } => {
            Refusal::TooLarge
        }
        multer::Error::StreamReadFailed(_)
        | multer::Error::IncompleteStream
        | multer::Error::IncompleteHeaders
        | multer::Error::IncompleteFieldData { .. } => Refusal::Broken,
        _ => Refusal::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sent(kind: &str, body: &str) -> Result<Upload, Refusal> {
        let request = Request::post("/").header(header::CONTENT_TYPE, kind);
        let request = request.body(Body::from(body.to_owned())).expect("a request");
        read(request, "table", 200_000).await
    }

    fn part(name: &str, more: &str, value: &str) -> String {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{value}\r\n")
    }

    const KIND: &str = "multipart/form-data; boundary=b";

    #[tokio::test]
    async fn fields_are_read_and_the_file_is_handed_on_whole() {
        let table = "username,name\r\n".repeat(8000);
        let file = part("table", "; filename=\"a.csv\"\r\nContent-Type: text/csv", &table);
        let body = format!("{}{file}--b--\r\n", part("organisation", "", "a&b=c"));
        let upload = sent(KIND, &body).await.expect("a form");
        assert_eq!(upload.fields.one("organisation"), Ok(Some("a&b=c")));
        let body = upload.file.expect("a file").into_body();
        let read = axum::body::to_bytes(body, 200_000).await.expect("all of it");
        assert_eq!(read, table.as_bytes());
    }

    #[tokio::test]
    async fn without_a_file_there_is_none() {
        let empty = part("table", "; filename=\"\"\r\nContent-Type: text/csv", "");
        let upload = sent(KIND, &format!("{empty}--b--\r\n")).await.expect("a form");
        assert!(upload.file.is_none());
        let none = sent(KIND, &format!("{}--b--\r\n", part("a", "", "b"))).await.expect("a form");
        assert!(none.file.is_none());
    }

    #[tokio::test]
    async fn what_is_no_such_form_cut_off_or_too_large_is_refused() {
        let field = part("a", "", "b");
        for (kind, body, refusal) in [
            ("text/plain", field.clone(), Refusal::ContentType),
            ("multipart/form-data", field.clone(), Refusal::ContentType),
            (KIND, "a=b".to_owned(), Refusal::Broken),
            (KIND, field.trim_end().to_owned(), Refusal::Broken),
            (KIND, format!("{}--b--\r\n", part("a", "", &"x".repeat(70_000))), Refusal::TooLarge),
            (KIND, "x".repeat(200_001), Refusal::TooLarge),
            (KIND, format!("{}--b--\r\n", part("a", "", "\0")), Refusal::Malformed),
        ] {
            assert_eq!(sent(kind, &body).await.err(), Some(refusal), "{kind} {:.40}", body);
        }
    }
}
