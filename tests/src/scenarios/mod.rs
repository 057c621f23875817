//! All scenarios, by what they are about.
//!
//! Where engines differ, the scenario says how, and holds each to what it does.

mod attach;
mod build;
mod containers;
mod cookbook;
mod copies;
mod dropped;
mod events;
mod examples;
mod exec;
mod health;
mod images;
mod lifecycle;
mod logins;
mod logs;
mod networks;
mod plugin;
mod plugins;
mod registry;
mod run;
mod settings;
mod stats;
mod streams;
mod swarm;
mod system;
mod versions;
mod volumes;

use bytes::Bytes;
use dockwright::{Chunk, Result};
use futures_util::{Stream, TryStreamExt};

use crate::scenario::{Kind, Scenario, missing_output};

/// Names each scenario after its function. With a number, it is recorded in every version from there on, the minor
/// one, that an engine speaks: in older ones the engine or its gates refuse it.
macro_rules! scenarios {
    ($($kind:ident $(($since:literal))? $module:ident::$name:ident;)*) => {
        /// Every scenario. Recordings are named after them.
        pub const SCENARIOS: &[Scenario] = &[
            $(Scenario {
                name: stringify!($name),
                kind: Kind::$kind,
                since: [$($since,)?].first().copied(),
                play: |engine| Box::pin($module::$name(engine)),
            },)*
        ];
    };
}

scenarios! {
    Live system::by_context;
    Recorded(25) system::system;
    Long system::every_api_version;
    Recorded(25) system::disk_usage;
    Registry(25) system::check_credentials;

    Recorded(25) run::run_output;
    Recorded(25) run::run_input;
    Recorded run::run_detached;
    Recorded(30) run::run_auto_remove;
    Live run::run_terminal;
    Recorded run::run_missing_image;
    Recorded run::run_failed_start;
    Live run::run_is_seen_live;

    Recorded containers::list_by_filter;
    Recorded(25) containers::inspect;
    Recorded(25) containers::name_taken;
    Recorded(25) containers::start_and_stop_twice;
    Recorded(30) containers::kill;
    Long containers::short_lives;
    Recorded containers::removed_meanwhile;
    Recorded containers::remove_a_running_one;

    Live copies::copy_files_to;
    Live copies::copy_folders_to;
    Live copies::copy_over_another_kind;
    Live copies::copy_with_owners;
    Live copies::copy_from_a_container;
    Live copies::copy_of_climbing_links;
    Recorded copies::stat_of_paths;
    Recorded(25) copies::copy_in_and_out;
    Live copies::copy_is_refused_early;

    Live attach::attach_to_a_running_one;
    Live attach::run_in_a_terminal;
    Live attach::attach_to_a_terminal;
    Live attach::attach_detach_keys;
    Live attach::attach_websocket;
    Live dropped::dropped_streams_free_their_connections;

    Recorded(25) exec::exec_output;
    Recorded(35) exec::exec_settings;
    Live exec::exec_detached;
    Recorded(25) exec::exec_missing_binary;
    Recorded exec::exec_unknown_user;
    Recorded exec::exec_where_nothing_runs;
    Live exec::exec_10_mib;
    Live exec::exec_early_exit;
    Live exec::exec_is_seen_live;
    Live exec::exec_dropped;
    Live exec::exec_terminal;
    Live exec::exec_shell;
    Live exec::exec_detach_keys;

    Recorded(25) settings::settings_of_the_process;
    Recorded settings::settings_of_isolation;
    Recorded(25) settings::settings_of_limits;
    Recorded settings::settings_of_health;
    Recorded(25) settings::mounts;
    Live settings::published_ports;
    Recorded(25) settings::networks_at_creation;

    Recorded lifecycle::restart_and_pause;
    Recorded(25) lifecycle::rename;
    Recorded(25) lifecycle::prune_containers;
    Recorded(25) lifecycle::top;
    Recorded(25) lifecycle::diff_and_commit;
    Live lifecycle::export;
    Recorded(25) lifecycle::export_of_little;
    Recorded(25) lifecycle::resize;
    Recorded lifecycle::checkpoints;
    Recorded lifecycle::replace;
    Recorded lifecycle::replace_by_what_is_refused;
    Live lifecycle::replace_in_a_network;
    Long lifecycle::replace_at_once;
    Live lifecycle::run_errors_know_the_container;
    Recorded lifecycle::pull_policies;
    Recorded lifecycle::typed_filters;

    Long lifecycle::fast_exits;

    Long versions::settings_of_newer_versions;
    Long versions::verbs_in_old_versions;
    Long versions::hardware_address_in_old_versions;

    Live health::becomes_healthy;
    Live health::becomes_unhealthy;
    Live health::never_healthy;

    Live streams::cat_10_mib;
    Recorded streams::logs_apart;
    Recorded streams::logs_of_a_terminal;
    Live streams::logs_are_seen_live;
    Recorded logs::log_lines;
    Recorded(25) logs::log_lines_of_a_terminal;
    Live logs::log_lines_that_are_long;
    Long logs::logs_of_a_span;
    Live logs::logs_followed_to_the_end;

    Live events::events_of_a_container;
    Recorded(25) events::events_of_the_past;
    Long events::events_end_in_time;

    Recorded(25) stats::stats;
    Recorded stats::stats_of_a_stopped_one;
    Live stats::stats_as_a_stream;

    Recorded(25) images::image_from_a_tar;
    Recorded images::image_in_use;
    Recorded images::pull_from_nowhere;
    Recorded(25) images::image_names;
    Recorded(25) images::image_history;
    Recorded(25) images::prune_images;
    Recorded images::pull_by_policy;
    Live images::save_and_load;
    Recorded(25) images::load_and_save_little;
    Live images::save_and_load_by_id;
    Recorded(25) images::save_and_load_nothing;
    Recorded(25) images::search_nowhere;

    Recorded(25) networks::network;
    Recorded(25) networks::network_in_use;
    Recorded networks::network_name_taken;
    Recorded(31) networks::network_of_settings;
    Recorded networks::network_of_one_family;
    Recorded(25) networks::network_prune;

    Recorded(25) volumes::volume;
    Recorded volumes::volume_of_a_driver;
    Recorded volumes::volume_in_use;
    Recorded(25) volumes::volume_prune;
    Recorded volumes::volume_of_a_swarm;

    Long examples::example_run;
    Long examples::example_run_detached;
    Long examples::example_list_and_stop_all;
    Long examples::example_logs;
    Long examples::example_exec_tty;
    Long examples::example_list_images;
    Long examples::example_commit;
    Long examples::example_build;
    Long examples::example_cp;
    Recorded(25) build::build_from_a_tar;
    Recorded(38) build::build_by_buildkit;
    Recorded build::build_failures;
    Live build::build_from_a_directory;
    Live build::build_by_another_dockerfile;
    Live build::build_dropped;
    Live build::build_cancelled;
    Recorded(39) build::prune_build_cache;
    Long build::build_of_512_mib;
    Registry build::build_from_a_url;
    Long examples::example_events;
    Long examples::example_stats;
    Long examples::example_service_on_a_swarm;
    Long cookbook::cookbook_of_runs;
    Long cookbook::cookbook_of_servers;
    Long cookbook::cookbook_of_labels;
    Long cookbook::cookbook_inside;
    Long cookbook::cookbook_of_logs;
    Long cookbook::cookbook_of_files;
    Long cookbook::cookbook_of_images;
    Long cookbook::cookbook_of_the_engine;
    Long cookbook::cookbook_of_a_swarm;
    Registry cookbook::cookbook_of_registries;
    Recorded(25) swarm::swarm_of_one;
    Recorded(25) swarm::swarm_of_a_service;
    Recorded(29) swarm::swarm_of_a_task;
    Recorded(26) swarm::swarm_secrets_and_configs;
    Recorded swarm::swarm_service_spec;
    Long swarm::swarm_service_runs;
    Long swarm::swarm_jobs;
    Long swarm::swarm_failing_update;
    Long swarm::swarm_of_old_versions;

    Recorded(28) plugins::plugin;
    Live plugins::plugin_of_a_folder;
    Registry plugins::plugin_by_a_registry;
    Registry(26) plugins::plugin_there_and_back;
    Registry plugins::plugin_with_credentials;

    Registry registry::run_pulls_a_missing_image;
    Registry registry::pull_with_credentials;
    Registry logins::credentials_of_the_file;
    Registry logins::credentials_of_a_helper;
    Registry logins::credentials_of_pass;
    Registry logins::login_and_logout;
    Registry logins::build_with_configured_credentials;
    Live logins::proxies_of_containers;
    Registry registry::push_and_pull;
    Registry(25) registry::push_then_pull;
    Registry registry::push_with_credentials;
    Registry registry::all_tags;
    Registry registry::what_a_registry_has;
    Registry registry::import_from_a_url;
    Registry registry::example_pull;
    Registry registry::example_pull_progress;
}

/// Text that comes in chunks, up to where it ends with `end`.
async fn read_to(end: &str, chunks: &mut (impl Stream<Item = Result<Chunk>> + Unpin)) -> String {
    let mut text = String::new();
    while !text.ends_with(end) {
        match chunks.try_next().await.unwrap() {
            Some(chunk) => text.push_str(&chunk.to_string()),
            None => missing_output(format!("it ended after {text:?}, without {end:?}")),
        }
    }
    text
}

/// What comes of a prune, once the engine is through with that of another run: it does one at a time.
async fn pruned<T>(prune: impl IntoFuture<Output = Result<T>> + Clone) -> T {
    loop {
        match prune.clone().await {
            Err(error) if error.is_conflict() => {}
            outcome => return outcome.unwrap(),
        }
    }
}

/// No two lines are alike, so that what is lost or swapped shows.
fn lines_of_10_mib() -> Bytes {
    let lines = (0..10 << 20 >> 4).map(|line: u32| format!("{line:015}\n"));
    let lines = Bytes::from(lines.collect::<String>());
    assert_eq!(lines.len(), 10 << 20);
    lines
}

/// Compares what came of a container's output with what it wrote.
#[track_caller]
fn assert_output(came: impl AsRef<[u8]>, wrote: impl AsRef<[u8]>) {
    let (came, wrote) = (came.as_ref(), wrote.as_ref());
    if came == wrote {
        return;
    }
    let reason = format!("it wrote {}, but {} came", shown(wrote), shown(came));
    match wrote.starts_with(came) {
        true => missing_output(reason),
        false => panic!("{reason}"),
    }
}

/// The end of an output, and how long it is.
fn shown(output: &[u8]) -> String {
    let (_, end) = output.split_at(output.len().saturating_sub(80));
    format!("{} bytes …{:?}", output.len(), String::from_utf8_lossy(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Failure;

    /// How the comparison with `"one\ntwo\n"` fails.
    fn failure(came: &'static str) -> Option<Failure> {
        let panic = std::panic::catch_unwind(|| assert_output(came, "one\ntwo\n")).err()?;
        let failure = panic.downcast_ref::<Failure>().cloned();
        Some(failure.unwrap_or_else(|| Failure::Other(String::new())))
    }

    #[test]
    fn only_a_missing_end_is_missing_output() {
        assert_eq!(failure("one\ntwo\n"), None);
        for came in ["", "one\n"] {
            let failure = failure(came);
            assert!(
                matches!(failure, Some(Failure::MissingOutput(_))),
                "{came:?}"
            );
        }
        for came in ["two\n", "one\nTwo\n", "one\ntwo\nthree\n"] {
            assert!(matches!(failure(came), Some(Failure::Other(_))), "{came:?}");
        }
    }
}
