//! What the machine must have.

use std::path::Path;

use anyhow::{Result, bail};
use xshell::{Shell, cmd};

const KEYRING_PACKAGE: &str = "debian-archive-keyring";

/// The keys that Debian's own package lists are signed with.
pub const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Where programs are looked for, here and in an engine's root.
pub const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The programs that are run, and the Debian packages that they come in.
const PROGRAMS: [(&str, &str); 10] = [
    ("ip", "iproute2"),
    ("nsenter", "util-linux"),
    ("unshare", "util-linux"),
    ("setsid", "util-linux"),
    ("setpriv", "util-linux"),
    ("pivot_root", "util-linux"),
    ("mount", "mount"),
    ("hostname", "hostname"),
    ("tar", "tar"),
    ("ssh-keygen", "openssh-client"),
];

/// Fails in one line where engines cannot run; on a Debian machine installs, and names, what is missing.
pub fn prepare() -> Result<()> {
    if !["apt-get", "dpkg-deb"].into_iter().all(is_installed) {
        bail!(
            "engines need a Debian machine (or virtual machine): apt-get and dpkg-deb are not here"
        );
    }
    if !rustix::process::geteuid().is_root() {
        bail!("engines need root, for namespaces and mounts: run this as root");
    }
    let missing = missing(is_installed, Path::new(KEYRING).exists());
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("installing {}", missing.join(" "));
    let sh = Shell::new()?;
    cmd!(sh, "apt-get -qq update").quiet().run()?;
    cmd!(
        sh,
        "apt-get -qq -y install --no-install-recommends {missing...}"
    )
    .env("DEBIAN_FRONTEND", "noninteractive")
    .quiet()
    .ignore_stdout()
    .run()?;
    Ok(())
}

fn missing(is_installed: impl Fn(&str) -> bool, has_keyring: bool) -> Vec<&'static str> {
    let mut packages: Vec<&str> = PROGRAMS
        .iter()
        .filter(|(program, _)| !is_installed(program))
        .map(|(_, package)| *package)
        .collect();
    if !has_keyring {
        packages.push(KEYRING_PACKAGE);
    }
    packages.dedup();
    packages
}

fn is_installed(program: &str) -> bool {
    PATH.split(':')
        .any(|dir| Path::new(dir).join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_once_by_package() {
        assert_eq!(missing(|_| true, true), Vec::<&str>::new());
        assert_eq!(missing(|program| program != "ip", true), ["iproute2"]);
        assert_eq!(
            missing(|program| !["unshare", "nsenter"].contains(&program), false),
            ["util-linux", "debian-archive-keyring"]
        );
    }
}
