//! What awaiting a request gives, and the three lines that make a builder awaitable.

use std::pin::Pin;

use crate::error::Error;

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The future of an awaited request.
///
/// # Dropping
///
/// Dropping it cancels the request. Whether the engine had carried it out by then is unknown.
pub type Answer<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

// What makes such a future is `#[inline]`, so that it is compiled where it is awaited, as the body of
// any async function is. Otherwise whoever uses this crate compiles all requests, and all that
// their answers are parsed into, whichever they make.

/// Makes a builder with `async fn send(self) -> Result<$output>` a request that can be awaited.
macro_rules! awaited {
    ($builder:ty => $output:ty) => {
        impl IntoFuture for $builder {
            type Output = $crate::Result<$output>;
            type IntoFuture = $crate::Answer<$output>;

            #[inline]
            fn into_future(self) -> Self::IntoFuture {
                Box::pin(self.send())
            }
        }
    };
}
pub(crate) use awaited;
