//! All scenarios, by what they are about.
//!
//! Where engines differ, the scenario says how, and holds each to what it does.

mod containers;
mod images;
mod run;
mod streams;
mod system;

use dockwright::{Chunk, Result};
use futures_util::{Stream, TryStreamExt};

use crate::scenario::{Kind, Scenario};

/// Names each scenario after its function.
macro_rules! scenarios {
    ($($kind:ident $module:ident::$name:ident;)*) => {
        /// Every scenario. Recordings are named after them.
        pub const SCENARIOS: &[Scenario] = &[
            $(Scenario {
                name: stringify!($name),
                kind: Kind::$kind,
                play: |engine| Box::pin($module::$name(engine)),
            },)*
        ];
    };
}

scenarios! {
    Recorded system::system;
    Long system::every_api_version;

    Recorded run::run_output;
    Recorded run::run_input;
    Recorded run::run_detached;
    Recorded run::run_auto_remove;
    Recorded run::run_terminal;
    Recorded run::run_missing_image;
    Recorded run::run_failed_start;
    Live run::run_is_seen_live;

    Recorded containers::list_by_filter;
    Recorded containers::inspect;
    Recorded containers::name_taken;
    Recorded containers::start_and_stop_twice;
    Recorded containers::kill;
    Long containers::short_lives;
    Recorded containers::removed_meanwhile;
    Recorded containers::remove_a_running_one;

    Live streams::cat_10_mib;
    Live streams::attach_to_a_running_one;
    Recorded streams::logs_apart;
    Recorded streams::logs_of_a_terminal;
    Live streams::logs_are_seen_live;

    Recorded images::image_from_a_tar;
    Recorded images::image_in_use;
    Recorded images::pull_from_nowhere;
}

/// Text that comes in chunks, up to where it ends with `end`.
async fn read_to(end: &str, chunks: &mut (impl Stream<Item = Result<Chunk>> + Unpin)) -> String {
    let mut text = String::new();
    while !text.ends_with(end) {
        match chunks.try_next().await.unwrap() {
            Some(chunk) => text.push_str(&chunk.to_string()),
            None => panic!("the output ended after {text:?}, without {end:?}"),
        }
    }
    text
}
