//! Running the operations of the raw crate, and making their errors ours.

use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use crate::answer::Result;
use crate::docker::Docker;
use crate::error::{Call, Error, ErrorKind};
use crate::exchange::TakenOver;
use crate::raw::types::ErrorResponse;
use crate::raw::{self, Error as RawError, ResponseValue};
use crate::stream::hijack::Connection;
use crate::stream::json;
use crate::transport;

type RawResult<T> = std::result::Result<ResponseValue<T>, RawError<ErrorResponse>>;

/// The one JSON value that an operation answers with.
pub(crate) async fn document<T: DeserializeOwned>(
    call: &Call,
    request: impl Future<Output = RawResult<T>>,
) -> Result<T> {
    match request.await {
        Ok(response) => Ok(response.into_inner()),
        Err(RawError::InvalidResponsePayload(body, plain)) => {
            // Parsed again, to know where in the answer it failed.
            let error = json::parse::<T>(&body).err();
            Err(error.unwrap_or_else(|| malformed(plain)).during(call))
        }
        Err(error) => Err(translated(call, error).await),
    }
}

/// The answer to an operation that does not answer with one JSON value.
pub(crate) async fn answered<T>(
    call: &Call,
    request: impl Future<Output = RawResult<T>>,
) -> Result<ResponseValue<T>> {
    match request.await {
        Ok(response) => Ok(response),
        Err(error) => Err(translated(call, error).await),
    }
}

/// The headers of the answer, and the connection that an operation leaves to its client.
pub(crate) async fn taken_over<F>(
    docker: &Docker,
    call: &Call,
    request: impl FnOnce(raw::Client) -> F,
) -> Result<(HeaderMap, Connection)>
where
    F: Future<Output = RawResult<reqwest::Upgraded>>,
{
    let handover = docker.transport().handover();
    let raw = docker.raw().clone().with_exchange(handover.clone());
    let response = answered(call, request(raw)).await?;
    let headers = response.headers().clone();
    let connection = TakenOver::new(response.into_inner(), handover.take());
    Ok((headers, Box::new(connection)))
}

/// Whether an operation changed anything, or found done what was asked.
pub(crate) async fn changed(
    call: &Call,
    request: impl Future<Output = RawResult<()>>,
) -> Result<bool> {
    let response = answered(call, request).await?;
    Ok(response.status() != reqwest::StatusCode::NOT_MODIFIED)
}

async fn translated(call: &Call, error: RawError<ErrorResponse>) -> Error {
    let error = match error {
        RawError::ErrorResponse(response) => {
            let status = response.status().as_u16();
            let refusal = response.into_inner();
            // Podman refuses a push in the words of a stream.
            let detail = refusal.error_detail.and_then(|detail| detail.message);
            let message = refusal.message.or(detail).or(refusal.error);
            Error::engine(Some(status), message.unwrap_or_default())
        }
        RawError::CommunicationError(source) => transport::not_sent(source),
        RawError::ResponseBodyError(source) => transport::cut_off(source),
        RawError::InvalidUpgrade(source) => Error::new(
            ErrorKind::Interrupted,
            "the connection could not be taken over",
        )
        .because(source.without_url()),
        RawError::InvalidResponsePayload(_, source) => malformed(source),
        RawError::UnexpectedResponse(response) if response.status().is_success() => {
            // A 200 where a 101 should be, for one.
            let status = response.status();
            Error::decode(format!(
                "the engine answered {status}, which is not how this is answered"
            ))
        }
        RawError::UnexpectedResponse(response) => transport::refused(call, response).await,
        RawError::InvalidRequest(reason) => Error::invalid(reason),
        // The raw crate's one reason of its own: an answer longer than it reads.
        RawError::Custom(reason) => Error::new(ErrorKind::TooLarge, reason),
    };
    error.during(call)
}

fn malformed(source: serde_json::Error) -> Error {
    Error::decode("the engine sent malformed JSON").because(source)
}
