//! What clients of other crates see, over real sockets.

mod client;
mod order;
mod record;
mod streams;
mod wire;
