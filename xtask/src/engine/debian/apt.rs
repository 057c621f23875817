//! Debian packages of any release, fetched by this machine's apt and unpacked instead of installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use xshell::{Shell, cmd};

use super::home::{EngineDir, Home};
use super::machine::KEYRING;
use crate::engine::catalog::Engine;

const NO_MIRROR: &str = "engines need a Debian machine: apt has no Debian archive in its sources";

/// A Debian release, with package lists that share nothing with the machine's own.
pub struct Suite {
    options: Vec<String>,
}

impl Suite {
    /// Sets apt up for it and fetches the newest package lists.
    pub fn open(home: &Home, suite: &str) -> Result<Suite> {
        let mirror = own_mirror()?.context(NO_MIRROR)?;
        let dir = home.path().join("apt").join(suite);
        for folder in ["lists/partial", "state", "cache/archives/partial", "none"] {
            fs::create_dir_all(dir.join(folder))?;
        }
        fs::write(dir.join("status"), "")?;
        fs::write(
            dir.join("sources.list"),
            format!("deb [signed-by={KEYRING}] {mirror} {suite} main\n"),
        )?;
        let suite = Suite {
            options: options(&dir),
        };
        suite.apt_get(&["update"])?;
        Ok(suite)
    }

    /// Runs apt-get, which tells itself what goes wrong.
    fn apt_get(&self, args: &[&str]) -> Result<()> {
        // It ends when we are killed, or else it would keep its locks from the next run.
        let status = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "apt-get", "-qq"])
            .args(&self.options)
            .args(args)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .context("cannot run setpriv")?;
        ensure!(
            status.success(),
            "`apt-get {}` failed: {status}",
            args.join(" ")
        );
        Ok(())
    }

    /// Makes the root folder of `engine`: its packages and all that they depend on.
    pub fn unpack(&self, engine: Engine, dir: &EngineDir) -> Result<()> {
        let sh = Shell::new()?;
        let (archives, partial) = (dir.path().join("debs"), dir.path().join("root.partial"));
        for folder in [&archives, &partial] {
            sh.remove_path(folder)?;
        }
        fs::create_dir_all(archives.join("partial"))?;
        fs::create_dir(&partial)?;

        let archives_option = format!("Dir::Cache::Archives={}", archives.display());
        let mut install = vec!["install", "-y", "-o", &archives_option];
        install.extend(["--no-install-recommends", "--download-only"]);
        install.extend(engine.packages());
        self.apt_get(&install)?;
        for deb in debs(&archives)? {
            cmd!(sh, "dpkg-deb --extract {deb} {partial}")
                .quiet()
                .run()?;
        }
        sh.remove_path(&archives)?;
        // Last, so that a root folder is always whole.
        fs::rename(&partial, dir.root())?;
        Ok(())
    }
}

/// Makes apt know this machine's archive; on a fresh machine it has not looked yet.
pub fn prepare() -> Result<()> {
    if own_mirror()?.is_none() {
        eprintln!("fetching this machine's package lists");
        let sh = Shell::new()?;
        cmd!(sh, "apt-get -qq update").quiet().run()?;
        ensure!(own_mirror()?.is_some(), NO_MIRROR);
    }
    Ok(())
}

/// The archive that this machine takes its own Debian packages from.
fn own_mirror() -> Result<Option<String>> {
    let sh = Shell::new()?;
    let format = "$(REPO_URI)|$(RELEASE)";
    let targets = cmd!(sh, "apt-get indextargets --format {format}")
        .arg("Created-By: Packages")
        .quiet()
        .read()?;
    Ok(mirror(&targets).map(str::to_owned))
}

fn debs(archives: &Path) -> Result<Vec<PathBuf>> {
    let mut debs = Vec::new();
    for entry in fs::read_dir(archives)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            debs.push(path);
        }
    }
    Ok(debs)
}

/// The archive with a whole Debian release, out of lines `URI|RELEASE`.
fn mirror(targets: &str) -> Option<&str> {
    targets.lines().find_map(|line| {
        let (uri, release) = line.split_once('|')?;
        // Not `bookworm-updates`, nor the security archive, which hold no whole release.
        let whole = !release.contains(['-', '/']);
        (whole && uri.trim_end_matches('/').ends_with("/debian")).then_some(uri)
    })
}

/// Options that keep apt inside `dir`. The machine's apt configuration still counts, for it may name a proxy.
fn options(dir: &Path) -> Vec<String> {
    let dir = dir.display();
    [
        format!("Dir::Etc::SourceList={dir}/sources.list"),
        format!("Dir::Etc::SourceParts={dir}/none"),
        format!("Dir::Etc::Preferences={dir}/none/preferences"),
        format!("Dir::Etc::PreferencesParts={dir}/none"),
        format!("Dir::State={dir}/state"),
        format!("Dir::State::Lists={dir}/lists"),
        // An empty list of what is installed: apt then names all that a package needs.
        format!("Dir::State::Status={dir}/status"),
        format!("Dir::Cache={dir}/cache"),
        format!("Dir::Log={dir}"),
        "APT::Sandbox::User=root".to_owned(),
        "APT::Update::Error-Mode=any".to_owned(),
        "Acquire::Languages=none".to_owned(),
        "Acquire::Retries=3".to_owned(),
        // The rolling release is signed for a week only, and a machine's clock may differ.
        "Acquire::Check-Valid-Until=false".to_owned(),
    ]
    .into_iter()
    .flat_map(|option| ["-o".to_owned(), option])
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mirror_is_that_of_the_whole_release() {
        let targets = "http://mirror.test/debian-security/|bookworm-security\n\
                       http://mirror.test/debian/|bookworm-updates\n\
                       http://other.test/tools/|stable\n\
                       http://mirror.test/debian/|bookworm\n";
        assert_eq!(mirror(targets), Some("http://mirror.test/debian/"));
    }

    #[test]
    fn another_distribution_has_no_mirror() {
        assert_eq!(mirror("http://mirror.test/ubuntu/|noble\n"), None);
        assert_eq!(mirror(""), None);
    }

    #[test]
    fn every_folder_that_apt_writes_to_is_inside() {
        let options = options(Path::new("/home/me/apt/sid"));
        let folders: Vec<&str> = options
            .iter()
            .filter_map(|option| option.strip_prefix("Dir::")?.split_once('='))
            .map(|(_, folder)| folder)
            .collect();
        assert_eq!(folders.len(), 9);
        assert!(
            folders
                .iter()
                .all(|folder| folder.starts_with("/home/me/apt/sid"))
        );
    }
}
