//! Peers that are not, or not quite, engines: each answers byte by byte as a test says.

#![cfg(unix)]

mod build;
mod connect;
mod copies;
mod dial;
mod disk_usage;
mod dropped;
mod environment;
mod events;
mod exec;
mod follow;
mod headers;
mod hijack;
mod http;
mod images;
mod logs;
mod names;
mod peer;
mod progress;
mod replace;
mod restarts;
mod runtimes;
mod secrets;
mod services;
mod spans;
mod timeouts;
mod updates;
mod uploads;
mod waits;
