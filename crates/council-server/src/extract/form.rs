//! A body that is a JSON object, or a form with files.

use super::body::read;
use super::json::FromBody;
use crate::error::{ApiError, Code};
use crate::state::{App, Limits};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use multer::Multipart;
use std::convert::Infallible;

/// What an upload has beside its files: names, types, and what separates them.
const AROUND_FILES: usize = 1 << 20;

/// Most fields of a form.
const MAX_FIELDS: usize = 1000;

/// A field of a form.
#[derive(Debug, PartialEq)]
pub(crate) struct FormField {
    pub(crate) name: String,
    /// The file's name, where it is one.
    pub(crate) file: Option<String>,
    pub(crate) media_type: Option<String>,
    pub(crate) bytes: Bytes,
}

/// What was sent.
#[derive(Debug, PartialEq)]
pub(crate) enum Sent<T> {
    Json(T),
    Form(Vec<FormField>),
}

/// A JSON object, or `multipart/form-data`; as large as a document may be.
pub(crate) struct JsonOrForm<T>(pub(crate) Sent<T>);

impl<T: FromBody + Send> FromRequest<App> for JsonOrForm<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let document = usize::try_from(app.knowledge.limits().file_bytes).unwrap_or(usize::MAX);
        let limits = Limits {
            body_bytes: app.limits.body_bytes.max(document.saturating_add(AROUND_FILES)),
            ..app.limits
        };
        let content_type = request.headers().get(header::CONTENT_TYPE);
        let content_type = content_type
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if !content_type.to_ascii_lowercase().starts_with("multipart/") {
            super::body::check_content_type(request.headers())?;
            let body = read(request, &limits).await?;
            return T::from_body(&body).map(|body| Self(Sent::Json(body)));
        }
        let content_type = content_type.to_owned();
        let body = read(request, &limits).await?;
        fields(&content_type, body)
            .await
            .map(|fields| Self(Sent::Form(fields)))
    }
}

/// The fields of a form.
pub(crate) async fn fields(content_type: &str, body: Bytes) -> Result<Vec<FormField>, ApiError> {
    let boundary = multer::parse_boundary(content_type).map_err(|error| malformed(&error))?;
    let whole = futures::stream::once(async { Ok::<_, Infallible>(body) });
    let mut form = Multipart::new(whole, boundary);
    let mut fields = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|error| malformed(&error))? {
        if fields.len() == MAX_FIELDS {
            let message = format!("the form has more than {MAX_FIELDS} fields; send several forms");
            return Err(ApiError::new(Code::InvalidRequest, message));
        }
        fields.push(FormField {
            name: field.name().unwrap_or_default().to_owned(),
            file: field.file_name().map(str::to_owned),
            media_type: field.content_type().map(ToString::to_string),
            bytes: field.bytes().await.map_err(|error| malformed(&error))?,
        });
    }
    Ok(fields)
}

fn malformed(error: &multer::Error) -> ApiError {
    let message = format!("the body is not valid multipart/form-data: {error}");
    ApiError::new(Code::InvalidRequest, message)
}
