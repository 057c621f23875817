//! Building images.

#[allow(dead_code, reason = "contexts are about to be packed")]
mod ignore;
mod trace;

pub use trace::{Trace, Vertex, VertexLog, VertexState, VertexStatus, VertexWarning};
