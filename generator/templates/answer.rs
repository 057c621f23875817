//! The ways to read an answer.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::time::Duration;

use bytes::Bytes;
use progenitor_client::{ByteStream, Error, ResponseValue};
use reqwest::{Request, Response, StatusCode};
use serde::de::{DeserializeOwned, DeserializeSeed};

use crate::support::Items;
use crate::types::ErrorResponse;
use crate::{Client, Operation};

type Answer<T> = Result<ResponseValue<T>, Error<ErrorResponse>>;

/// What is read of a JSON value at the most: ten times what any engine has been seen to send.
const LONGEST_JSON: usize = 256 * 1024 * 1024;

/// What is read of an error's body at the most.
const LONGEST_ERROR: usize = 1024 * 1024;

/// How long an error's body may take; it is read only for its words.
const ERROR_TIME: Duration = Duration::from_secs(5);

/// One JSON value.
pub(crate) async fn json<T: DeserializeOwned>(
    client: &Client,
    operation: Operation,
    request: Request,
) -> Answer<T> {
    value(client, operation, request, |_| PhantomData).await
}

/// A JSON list, where null is an empty one.
pub(crate) async fn list<T: DeserializeOwned>(
    client: &Client,
    operation: Operation,
    request: Request,
) -> Answer<Vec<T>> {
    // Names and values take twice the room of the items, or more.
    value(client, operation, request, |length| Items::within(length / 2)).await
}

/// A JSON value that is made by what is told how long the answer is.
async fn value<T, S: for<'de> DeserializeSeed<'de, Value = T>>(
    client: &Client,
    operation: Operation,
    request: Request,
    seed: impl FnOnce(usize) -> S,
) -> Answer<T> {
    let mut response = accepted(client, operation, request).await?;
    let mut pieces = Vec::new();
    let length = read(&mut response, &mut pieces, LONGEST_JSON).await;
    if length.map_err(Error::ResponseBodyError)? > LONGEST_JSON {
        return Err(Error::Custom(format!("the answer is longer than {LONGEST_JSON} bytes")));
    }
    let body = whole(pieces);
    match parsed(&body, seed(body.len())) {
        Ok(value) => Ok(ResponseValue::new(value, response.status(), response.headers().clone())),
        Err(error) => Err(Error::InvalidResponsePayload(body, error)),
    }
}

/// The value that a body is. What is not UTF-8 in it is replaced, as the reference client does.
fn parsed<T, S: for<'de> DeserializeSeed<'de, Value = T>>(
    body: &[u8],
    seed: S,
) -> serde_json::Result<T> {
    // Text that is known to be UTF-8 as a whole is not looked at again string by string.
    let text = match std::str::from_utf8(body) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(body),
    };
    let mut json = serde_json::Deserializer::from_str(&text);
    let value = seed.deserialize(&mut json)?;
    json.end()?;
    Ok(value)
}

/// A status alone.
pub(crate) async fn empty(
    client: &Client,
    operation: Operation,
    request: Request,
) -> Answer<()> {
    Ok(ResponseValue::empty(accepted(client, operation, request).await?))
}

/// Bytes as they come.
pub(crate) async fn stream(
    client: &Client,
    operation: Operation,
    request: Request,
) -> Answer<ByteStream> {
    Ok(ResponseValue::stream(accepted(client, operation, request).await?))
}

/// The connection itself.
pub(crate) async fn upgrade(
    client: &Client,
    operation: Operation,
    request: Request,
) -> Answer<reqwest::Upgraded> {
    ResponseValue::upgrade(accepted(client, operation, request).await?).await
}

/// The response of an engine that did what was asked, or found it done (304).
async fn accepted(
    client: &Client,
    operation: Operation,
    request: Request,
) -> Result<Response, Error<ErrorResponse>> {
    let response = client.send(operation, request).await?;
    match response.status() {
        StatusCode::SWITCHING_PROTOCOLS | StatusCode::NOT_MODIFIED => Ok(response),
        status if status.is_success() => Ok(response),
        status if status.is_client_error() || status.is_server_error() => Err(refused(response).await),
        _ => Err(Error::UnexpectedResponse(response)),
    }
}

/// The error that an engine answers with: JSON, or plain text from a proxy or an attach.
///
/// One that breaks off or stalls is told by its status and what came of it.
async fn refused(mut response: Response) -> Error<ErrorResponse> {
    let mut pieces = Vec::new();
    let reading = read(&mut response, &mut pieces, LONGEST_ERROR);
    let _ = tokio::time::timeout(ERROR_TIME, reading).await;
    let body = whole(pieces);
    let body = &body[..body.len().min(LONGEST_ERROR)];
    let error = serde_json::from_slice(body).unwrap_or_else(|_| ErrorResponse {
        message: Some(String::from_utf8_lossy(body).trim().to_owned()),
        ..ErrorResponse::default()
    });
    Error::ErrorResponse(ResponseValue::new(error, response.status(), response.headers().clone()))
}

/// Reads a body until it ends or is longer than `most`, and gives its length.
///
/// What is received stays where it is: a long answer would be moved each time it grows.
async fn read(
    response: &mut Response,
    pieces: &mut Vec<Bytes>,
    most: usize,
) -> reqwest::Result<usize> {
    let mut length = 0;
    while length <= most {
        let Some(piece) = response.chunk().await? else { break };
        // The least that it takes to hold a piece counts, too.
        length += piece.len().max(size_of::<Bytes>());
        pieces.push(piece);
    }
    Ok(length)
}

/// The pieces as one, which nearly all answers are from the start.
fn whole(mut pieces: Vec<Bytes>) -> Bytes {
    match pieces.len() {
        1 => pieces.remove(0),
        _ => pieces.concat().into(),
    }
}
