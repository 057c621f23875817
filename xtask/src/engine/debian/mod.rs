//! The commands, on a machine that can carry them out.

mod api;
mod apt;
mod cgroups;
mod home;
mod image;
mod keys;
mod launch;
mod list;
mod machine;
mod net;
mod process;
mod root;

use std::fs;
use std::io::Write;
use std::thread::{self, ScopedJoinHandle};

use anyhow::{Result, bail};
use clap::ValueEnum;

use self::api::Api;
use self::apt::Suite;
use self::home::Home;
use self::list::Row;
use self::net::Subnet;
use self::process::Process;
use super::catalog::{Engine, Kind};

pub fn up(names: &[Engine]) -> Result<()> {
    let engines = match names {
        [] => &Engine::ENGINES[..],
        names => names,
    };
    let engines = distinct(engines);
    machine::prepare()?;
    let home = Home::find()?;
    let _lock = home.lock()?;
    if engines.iter().any(|e| !home.engine(*e).is_fetched()) {
        apt::prepare()?;
    }
    let subnet = Subnet::join(&home)?;

    // A thread a Debian release, since its package lists can be used by one apt at a time.
    let mut suites: Vec<&str> = engines.iter().map(|engine| engine.suite()).collect();
    suites.sort_unstable();
    suites.dedup();
    let failed = thread::scope(|scope| {
        let threads: Vec<_> = suites
            .into_iter()
            .map(|suite| {
                let of_suite = engines.iter().filter(move |e| e.suite() == suite);
                let home = &home;
                scope.spawn(move || up_from_suite(suite, of_suite.copied(), home, subnet))
            })
            .collect();
        threads
            .into_iter()
            .flat_map(joined)
            .collect::<Vec<Engine>>()
    });

    let mut stdout = std::io::stdout().lock();
    for engine in engines.iter().filter(|engine| !failed.contains(engine)) {
        let row = Row::of(*engine, &home, Some(subnet))?;
        match (row.docker_host, row.version, row.api_version) {
            (Some(host), Some(version), Some(api)) => writeln!(
                stdout,
                "export DOCKER_HOST={host}  # {} {version}, API {api}",
                row.name
            )?,
            _ => writeln!(
                stdout,
                "# {}: {}",
                row.name,
                row.tcp_host.unwrap_or_default()
            )?,
        }
    }
    match failed.len() {
        0 => Ok(()),
        failed => bail!("{failed} of {} did not start", engines.len()),
    }
}

/// Fetches and starts the engines of one release, one after the other; gives those that failed.
fn up_from_suite(
    suite: &str,
    engines: impl Iterator<Item = Engine>,
    home: &Home,
    subnet: Subnet,
) -> Vec<Engine> {
    let mut packages = None;
    let mut failed = Vec::new();
    for engine in engines {
        let name = engine.name();
        let result = (|| {
            let owner = engine.twin().unwrap_or(engine);
            let dir = home.engine(engine);
            if !dir.is_fetched() && !home.engine(owner).is_fetched() {
                eprintln!("{name}: fetching from {suite}");
                let packages = match &mut packages {
                    Some(packages) => packages,
                    none => none.insert(Suite::open(home, suite)?),
                };
                packages.unpack(owner, &home.engine(owner))?;
            }
            if !dir.is_fetched() {
                root::share(&home.engine(owner).root(), &dir)?;
            }
            up_fetched(engine, home, subnet)
        })();
        if let Err(error) = result {
            eprintln!("{name}: {error:#}");
            failed.push(engine);
        }
    }
    failed
}

fn up_fetched(engine: Engine, home: &Home, subnet: Subnet) -> Result<()> {
    let dir = home.engine(engine);
    let name = engine.name();
    if Process::recorded(&dir.stat())?.is_some() {
        launch::wait_until_ready(engine, &dir, subnet, None)?;
        eprintln!("{name}: is up already");
    } else {
        launch::tell_own_end(engine, &dir);
        subnet.plug(engine)?;
        launch::start(engine, &dir, subnet)?;
        eprintln!("{name}: is up");
    }
    if engine.kind() != Kind::Registry {
        let socket = dir.socket();
        image::import(&Api { socket: &socket }, &dir.root())?;
    }
    Ok(())
}

pub fn down(names: &[Engine]) -> Result<()> {
    machine::prepare()?;
    let home = Home::find()?;
    let _lock = home.lock()?;
    take_down(names, &home)
}

fn take_one_down(engine: Engine, home: &Home, subnet: Option<Subnet>) -> Result<()> {
    let dir = home.engine(engine);
    if let Some(process) = Process::recorded(&dir.stat())? {
        launch::stop(engine, process)?;
        eprintln!("{}: is down", engine.name());
    } else {
        launch::tell_own_end(engine, &dir);
    }
    if dir.run().exists() {
        fs::remove_dir_all(dir.run())?;
    }
    cgroups::remove(engine, &dir.root());
    match subnet {
        Some(subnet) => subnet.unplug(engine),
        None => Ok(()),
    }
}

/// Stops the named, or all; takes their network away, and the switch with the last.
fn take_down(names: &[Engine], home: &Home) -> Result<()> {
    let engines = match names {
        [] => Engine::value_variants(),
        names => names,
    };
    let subnet = Subnet::of(home)?;
    let results: Vec<Result<()>> = thread::scope(|scope| {
        let threads: Vec<_> = distinct(engines)
            .into_iter()
            .map(|engine| scope.spawn(move || take_one_down(engine, home, subnet)))
            .collect();
        threads.into_iter().map(joined).collect()
    });
    results.into_iter().collect::<Result<()>>()?;
    let mut running = false;
    for engine in Engine::value_variants() {
        running |= Process::recorded(&home.engine(*engine).stat())?.is_some();
    }
    match subnet {
        Some(subnet) if !running => subnet.leave(),
        _ => Ok(()),
    }
}

pub fn remove(names: &[Engine]) -> Result<()> {
    machine::prepare()?;
    let home = Home::find()?;
    let _lock = home.lock()?;
    take_down(names, &home)?;
    for engine in distinct(names) {
        let dir = home.engine(engine);
        if dir.path().exists() {
            fs::remove_dir_all(dir.path())?;
        }
        eprintln!("{}: is removed", engine.name());
    }
    Ok(())
}

pub fn list(json: bool) -> Result<()> {
    let home = Home::find()?;
    let running = Engine::value_variants()
        .iter()
        .any(|engine| home.engine(*engine).stat().exists());
    // Asked for only where something runs: a machine that never had engines may lack `ip`.
    let subnet = if running { Subnet::of(&home)? } else { None };
    let mut rows = Vec::new();
    for engine in Engine::value_variants() {
        rows.push(Row::of(*engine, &home, subnet)?);
    }
    let mut stdout = std::io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut stdout, &rows)?;
        writeln!(stdout)?;
    } else {
        for row in &rows {
            writeln!(stdout, "{}", row.line())?;
        }
    }
    Ok(())
}

fn joined<T>(thread: ScopedJoinHandle<T>) -> T {
    match thread.join() {
        Ok(value) => value,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

fn distinct(engines: &[Engine]) -> Vec<Engine> {
    let mut engines = engines.to_vec();
    engines.sort_unstable();
    engines.dedup();
    engines
}
