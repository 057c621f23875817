//! `docker exec`: commands in containers that run already.

mod command;
mod instance;
mod process;

pub use command::Exec;
pub use instance::ExecInstance;
pub use process::Process;
