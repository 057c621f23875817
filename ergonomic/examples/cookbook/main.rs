//! The tasks of docs/cookbook.md: `cargo run --example cookbook -- TASK ARGUMENTS…` performs one of them.

use std::error::Error;
use std::process::ExitCode;

use dockwright::Docker;

mod back_up_a_volume;
mod build_and_show_progress;
mod build_from_memory;
mod call_what_has_no_word;
mod connect_two_containers;
mod copy_a_file_out;
mod copy_a_folder_in;
mod exec_in_a_container;
mod files_in_memory;
mod give_a_service_a_secret;
mod interactive_shell;
mod limit_resources;
mod list_containers;
mod mount_folders_and_volumes;
mod move_an_image;
mod one_frozen_api_version;
mod one_off_database;
mod prune_by_label;
mod publish_a_port;
mod pull_with_progress;
mod push_to_a_private_registry;
mod react_to_events;
mod read_logs;
mod replace_a_container;
mod run_and_get_output;
mod run_with_a_time_limit;
mod run_with_input;
mod show_output_live;
mod stop_all_with_a_label;
mod stream_logs_of_several;
mod tag_and_remove_images;
mod tell_errors_apart;
#[cfg(unix)]
mod test_without_docker;
mod update_a_service;
mod wait_until_healthy;
mod watch_resource_use;
mod what_takes_up_space;
mod which_engine;

/// Sections of tasks, each with the names of its arguments.
macro_rules! tasks {
    ($($section:literal { $($(#[$when:meta])? $name:ident($($argument:ident),*);)* })*) => {
        const USAGE: &str = concat!(
            "usage: cookbook TASK ARGUMENTS…\n",
            $("\n", $section, "\n", $("  ", stringify!($name), $(" <", stringify!($argument), ">",)* "\n",)*)*
        );

        async fn perform(docker: &Docker, name: &str, arguments: &[String]) -> Result<(), Box<dyn Error>> {
            match (name, arguments) {
                $($($(#[$when])? (stringify!($name), [$($argument),*]) => {
                    $name::$name(docker, $($argument),*).await?
                })*)*
                _ => return Err(USAGE.into()),
            }
            Ok(())
        }
    };
}

tasks! {
    "Run containers" {
        run_and_get_output();
        run_with_input();
        show_output_live();
        run_with_a_time_limit();
        publish_a_port();
        limit_resources();
        mount_folders_and_volumes(folder, volume);
        wait_until_healthy();
        one_off_database(image);
        replace_a_container(name);
        list_containers(label);
        stop_all_with_a_label(label);
    }
    "Look into containers" {
        exec_in_a_container(container);
        interactive_shell(container);
        read_logs(container);
        stream_logs_of_several(label);
        watch_resource_use(container);
        react_to_events(label);
    }
    "Copy files" {
        copy_a_file_out(container, from, to);
        copy_a_folder_in(folder, container, to);
        files_in_memory(container);
        back_up_a_volume(volume, file, restored);
    }
    "Images" {
        pull_with_progress(image);
        build_and_show_progress(folder, tag);
        build_from_memory(tag);
        push_to_a_private_registry(image, target, user, password);
        move_an_image(image, host);
        tag_and_remove_images(image, tag);
    }
    "Networks and disks" {
        connect_two_containers(network);
        prune_by_label(label);
        what_takes_up_space();
    }
    "Swarms" {
        update_a_service(name);
        give_a_service_a_secret(name);
    }
    "Engines, versions and errors" {
        which_engine();
        one_frozen_api_version();
        tell_errors_apart(container);
        call_what_has_no_word();
        #[cfg(unix)]
        test_without_docker();
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, arguments @ ..] = &arguments[..] else {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    };
    let performed = match Docker::connect().await {
        Ok(docker) => perform(&docker, name, arguments).await,
        Err(error) => Err(error.into()),
    };
    match performed {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
