//! `cargo xtask bench build`: what it costs to have dockwright in a program, and to have bollard.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

/// A program that connects and pings, in the words of one of the clients.
struct Program {
    name: &'static str,
    dependency: String,
    main: &'static str,
    /// How many crates it may take, the program's own included.
    crates: Option<usize>,
}

const OURS: &str = r#"
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let docker = dockwright::Docker::connect().await?;
    println!("{}", docker.ping().await?.api_version);
    Ok(())
}
"#;

const BOLLARD: &str = r#"
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let docker = bollard::Docker::connect_with_defaults()?;
    println!("{}", docker.ping().await?);
    Ok(())
}
"#;

/// What building a program took.
struct Cost {
    /// Seconds of processor time.
    debug: f64,
    release: f64,
    crates: usize,
    /// Bytes, stripped.
    binary: u64,
}

pub fn run() -> Result<()> {
    println!(
        "{:<26} {:>10} {:>10} {:>8} {:>12}",
        "program", "debug s", "release s", "crates", "binary"
    );
    let programs = programs()?;
    let mut costs = Vec::new();
    for program in &programs {
        let cost = program.cost()?;
        println!(
            "{:<26} {:>10.1} {:>10.1} {:>8} {:>12}",
            program.name, cost.debug, cost.release, cost.crates, cost.binary
        );
        costs.push(cost);
    }
    let (peer, ours) = costs.split_last().context("no programs")?;
    let (mut rows, mut reached) = (0, 0);
    let mut verdict = |program: &str, what: &str, figure: f64, bound: f64| {
        let within = figure <= bound;
        (rows, reached) = (rows + 1, reached + usize::from(within));
        let verdict = if within { "at goal" } else { "missed" };
        println!("{program}: {what} {figure:.2}, to be ≤ {bound}: {verdict}");
    };
    for (program, cost) in programs.iter().zip(ours) {
        verdict(
            program.name,
            "debug × bollard",
            cost.debug / peer.debug,
            0.9,
        );
        verdict(
            program.name,
            "release × bollard",
            cost.release / peer.release,
            0.9,
        );
        let binary = cost.binary as f64 / peer.binary as f64;
        verdict(program.name, "binary × bollard", binary, 1.0);
        if let Some(most) = program.crates {
            verdict(program.name, "crates", cost.crates as f64, most as f64);
        }
    }
    println!("rows: {rows}, at goal: {reached}");
    Ok(())
}

/// Ours as it can be had, and bollard's last.
fn programs() -> Result<Vec<Program>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dockwright = here.parent().context("no folder above")?;
    let manifest = fs::read_to_string(dockwright.join("Cargo.toml"))?;
    let has_tls = manifest.lines().any(|line| line.starts_with("tls ="));
    let ours = |features: &str| {
        format!(
            "dockwright = {{ path = \"{}\"{features} }}",
            dockwright.display()
        )
    };
    let mut programs = vec![Program {
        name: "dockwright",
        dependency: ours(""),
        main: OURS,
        crates: Some(if has_tls { 90 } else { 80 }),
    }];
    if has_tls {
        programs.push(Program {
            name: "dockwright without TLS",
            dependency: ours(", default-features = false"),
            main: OURS,
            crates: Some(80),
        });
    }
    programs.push(Program {
        name: "bollard",
        dependency: "bollard = \"0.21.1\"".to_owned(),
        main: BOLLARD,
        crates: None,
    });
    Ok(programs)
}

impl Program {
    fn cost(&self) -> Result<Cost> {
        let folder = tempfile::tempdir()?;
        self.write(folder.path())?;
        let cargo = |arguments: &[&str]| {
            let mut cargo = Command::new("cargo");
            cargo.args(arguments).current_dir(folder.path());
            // Of what runs this, nothing is to count.
            cargo.env_remove("CARGO_TARGET_DIR").env_remove("RUSTFLAGS");
            // As crates from a registry are compiled; those at a path would not be.
            cargo.env("CARGO_INCREMENTAL", "0");
            cargo
        };
        ensure!(
            cargo(&["fetch", "--quiet"]).status()?.success(),
            "no crates"
        );
        let timed = |arguments: &[&str]| -> Result<f64> {
            let before = cpu_of_children()?;
            let built = cargo(arguments).status()?;
            ensure!(built.success(), "{} does not build", self.name);
            Ok(cpu_of_children()? - before)
        };
        let debug = timed(&["build", "--quiet", "--offline"])?;
        let release = timed(&["build", "--quiet", "--offline", "--release"])?;
        let tree = [
            "tree",
            "--offline",
            "--edges=normal,build",
            "--prefix=none",
            "--no-dedupe",
        ];
        let tree = cargo(&tree).output()?;
        let tree = String::from_utf8(tree.stdout)?;
        let crates = tree
            .lines()
            .map(|line| line.trim_end_matches(" (proc-macro)"));
        let binary: PathBuf = folder.path().join("target/release/hello-ping");
        Ok(Cost {
            debug,
            release,
            crates: crates.collect::<BTreeSet<_>>().len(),
            binary: fs::metadata(binary)?.len(),
        })
    }

    /// The versions of all crates are those of the workspace, so that nothing is looked up.
    fn write(&self, folder: &Path) -> Result<()> {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        fs::create_dir(folder.join("src"))?;
        fs::write(folder.join("src/main.rs"), self.main)?;
        let manifest = format!(
            "[package]\nname = \"hello-ping\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\n{}\ntokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n\n\
             [profile.release]\nstrip = true\n\n[workspace]\n",
            self.dependency
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        Ok(())
    }
}

fn cpu_of_children() -> Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = (usage.user_time() + usage.system_time()).num_microseconds();
    Ok(micros as f64 / 1e6)
}
