//! Documents through `/v1/knowledge`.

use super::Client;
use crate::cli::backend::FileResult;
use crate::exit::CommandError;
use council_agent::knowledge::Asked;
use reqwest::Method;

/// Entries of a list that are asked for at once.
const PAGE: usize = 500;

impl Client {
    /// Sends a document. One that the server refuses, such as for its size, is a failure of that document.
    pub(in crate::cli) async fn remember_document(
        &self,
        source: String,
        bytes: Vec<u8>,
        asked: Asked,
        project: Option<&str>,
    ) -> Result<FileResult, CommandError> {
        let boundary = format!("council-{}", uuid::Uuid::now_v7().simple());
        let mut fields = vec![("name", source.as_str())];
        fields.extend(project.map(|project| ("project", project)));
        if asked == Asked::WithDirectory {
            fields.push(("skip_binary", "true"));
        }
        let kind = format!("multipart/form-data; boundary={boundary}");
        let content = (kind.as_str(), form(&boundary, &fields, &bytes).into());
        let response = self.asked(Method::POST, "/v1/knowledge", Some(content)).await;
        let response = response.map_err(|error| self.unreachable(&error))?;
        let too_large = response.status().as_u16() == 413;
        let response = match self.checked(response).await {
            Ok(response) => response,
            Err(error) if too_large => return Ok(FileResult::failed(source, error.message)),
            Err(error) => return Err(error),
        };
        let report = self.json(response).await?;
        let file = &report["files"][0];
        let number = |key: &str| file[key].as_u64().unwrap_or_default();
        Ok(FileResult {
            source,
            outcome: file["outcome"].as_str().unwrap_or_default().to_owned(),
            reason: file["reason"].as_str().map(str::to_owned),
            chunks: number("chunks"),
            waiting: number("waiting"),
        })
    }

    /// The documents that are remembered: name, type, parts.
    pub(in crate::cli) async fn documents(&self) -> Result<Vec<(String, String, u64)>, CommandError> {
        let mut found = Vec::new();
        loop {
            let path = format!("/v1/knowledge?limit={PAGE}&offset={}", found.len());
            let page = self.json(self.send(Method::GET, &path, None).await?).await?;
            let entries = page["data"].as_array().cloned().unwrap_or_default();
            found.extend(entries.iter().map(|entry| {
                let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
                (
                    text("source"),
                    text("media_type"),
                    entry["chunks"].as_u64().unwrap_or_default(),
                )
            }));
            if page["has_more"] != true || entries.is_empty() {
                return Ok(found);
            }
        }
    }

    /// Forgets a document; returns how many parts it had.
    pub(in crate::cli) async fn forget_document(&self, source: &str) -> Result<u64, CommandError> {
        let url =
            reqwest::Url::parse_with_params(&format!("{}/v1/knowledge", self.url), [("source", source)]);
        let url = url.map_err(|error| CommandError::usage(format!("`{}` is no URL: {error}", self.url)))?;
        let path = format!("/v1/knowledge?{}", url.query().unwrap_or_default());
        let response = self.asked(Method::DELETE, &path, None).await;
        let response = response.map_err(|error| self.unreachable(&error))?;
        if response.status().as_u16() == 404 {
            return Ok(0);
        }
        let gone = self.json(self.checked(response).await?).await?;
        Ok(gone["chunks"].as_u64().unwrap_or_default())
    }
}

/// `multipart/form-data` (RFC 7578) of text fields and one file, whose name is a field of its own: names of files can
/// have any characters, headers cannot.
fn form(boundary: &str, fields: &[(&str, &str)], file: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(file.len() + 1024);
    for (name, value) in fields {
        let field =
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(field.as_bytes());
    }
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"document\"\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(file);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    body
}
