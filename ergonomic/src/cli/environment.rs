//! Where variables and folders come from: from this process, from nowhere, or made up by a test.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;

/// What surrounds a client. A [`Docker`](crate::Docker) keeps one, and what it leads to is read
/// when it is needed: a login in another terminal is seen by a process that has run for weeks.
#[derive(Clone)]
pub(crate) struct Environment {
    source: Source,
    /// Takes the place of what the variables say.
    config_dir: Option<PathBuf>,
    /// Whether containers are to get the proxies that are configured.
    gives_proxies: bool,
}

#[derive(Clone)]
enum Source {
    Process,
    Nothing,
    #[cfg(test)]
    MadeUp(std::sync::Arc<MadeUp>),
}

#[cfg(test)]
struct MadeUp {
    variables: std::collections::BTreeMap<String, OsString>,
    home: PathBuf,
}

impl Environment {
    /// That of this process.
    pub(crate) fn process() -> Self {
        Self {
            source: Source::Process,
            config_dir: None,
            gives_proxies: true,
        }
    }

    /// One without variables, and without a folder that the CLI could have written to.
    pub(crate) fn nothing() -> Self {
        Self {
            source: Source::Nothing,
            config_dir: None,
            gives_proxies: true,
        }
    }

    /// One with these variables only, and with this folder as the user's home and as the root of
    /// the file system.
    #[cfg(test)]
    pub(crate) fn made_up<V: Into<OsString>>(
        home: impl Into<PathBuf>,
        variables: impl IntoIterator<Item = (&'static str, V)>,
    ) -> Self {
        let variables = variables.into_iter();
        let made_up = MadeUp {
            variables: variables.map(|(k, v)| (k.into(), v.into())).collect(),
            home: home.into(),
        };
        Self {
            source: Source::MadeUp(made_up.into()),
            config_dir: None,
            gives_proxies: true,
        }
    }

    /// The same with another folder of the CLI.
    pub(crate) fn with_config_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.config_dir = Some(folder.into());
        self
    }

    /// The same, with proxies that are for containers, too, or are not.
    pub(crate) fn giving_proxies(mut self, give: bool) -> Self {
        self.gives_proxies = give;
        self
    }

    pub(crate) fn gives_proxies(&self) -> bool {
        self.gives_proxies
    }

    /// A variable without the blanks around it; one that is empty counts as unset.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if it is not UTF-8.
    pub(crate) fn variable(&self, name: &str) -> Result<Option<String>, Error> {
        let Some(value) = self.as_written(name) else {
            return Ok(None);
        };
        match value.into_string() {
            Ok(value) => Ok(Some(value.trim().to_owned()).filter(|value| !value.is_empty())),
            Err(_) => Err(Error::invalid("it is not valid UTF-8").in_variable(name)),
        }
    }

    /// A variable with all that is in it; one that is empty counts as unset.
    pub(crate) fn as_written(&self, name: &str) -> Option<OsString> {
        let value = match &self.source {
            Source::Process => std::env::var_os(name),
            Source::Nothing => None,
            #[cfg(test)]
            Source::MadeUp(made_up) => made_up.variables.get(name).cloned(),
        };
        value.filter(|value| !value.is_empty())
    }

    /// The home of the user, if there is one.
    pub(crate) fn home(&self) -> Option<PathBuf> {
        match &self.source {
            Source::Process => std::env::home_dir().filter(|home| !home.as_os_str().is_empty()),
            Source::Nothing => None,
            #[cfg(test)]
            Source::MadeUp(made_up) => Some(made_up.home.clone()),
        }
    }

    /// The folder of the CLI: `DOCKER_CONFIG`, or else `.docker` in the user's home.
    pub(crate) fn config_dir(&self) -> Option<PathBuf> {
        let said = || self.as_written("DOCKER_CONFIG").map(PathBuf::from);
        let usual = || self.home().map(|home| home.join(".docker"));
        self.config_dir.clone().or_else(said).or_else(usual)
    }

    /// Where in the file system a path leads that begins at its root.
    pub(crate) fn rooted(&self, path: &str) -> PathBuf {
        match &self.source {
            Source::Process | Source::Nothing => path.into(),
            #[cfg(test)]
            Source::MadeUp(made_up) => made_up.home.join(path.trim_start_matches('/')),
        }
    }

    /// The program of this name on the `PATH`; what is relative there does not count.
    pub(crate) fn program(&self, name: &str) -> Option<PathBuf> {
        let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        std::env::split_paths(&self.as_written("PATH")?)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(&file))
            .find(|program| is_executable(program))
    }

    /// Gives a process to be the variables of this environment.
    pub(crate) fn pass_on(&self, command: &mut Command) {
        match &self.source {
            Source::Process => {}
            Source::Nothing => {
                command.env_clear();
            }
            #[cfg(test)]
            Source::MadeUp(made_up) => {
                command.env_clear().envs(&made_up.variables);
            }
        }
    }
}

#[cfg(unix)]
fn is_executable(program: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let file = program.metadata();
    file.is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(program: &Path) -> bool {
    program.is_file()
}

/// Values of variables may be secrets.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Environment");
        shown.field("config_dir", &self.config_dir());
        shown.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_is_none() {
        let environment = Environment::made_up("/home/me", [("A", ""), ("B", " "), ("C", " c ")]);
        assert_eq!(environment.variable("A").unwrap(), None);
        assert_eq!(environment.variable("B").unwrap(), None);
        assert_eq!(environment.variable("C").unwrap().as_deref(), Some("c"));
        assert_eq!(environment.variable("D").unwrap(), None);
        assert_eq!(environment.as_written("B"), Some(" ".into()));
        assert_eq!(environment.as_written("A"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_not_text_is_an_error_that_names_it() {
        use std::os::unix::ffi::OsStringExt;
        let bytes = OsString::from_vec(vec![b'x', 0xff]);
        let error = Environment::made_up("/home/me", [("A", bytes)])
            .variable("A")
            .unwrap_err();
        assert!(error.is_invalid_input());
        assert!(error.to_string().starts_with("A: "), "{error}");
    }

    #[test]
    fn the_folder_of_the_cli_is_the_callers_then_the_variables_then_in_the_home() {
        let none: [(&str, &str); 0] = [];
        let environment = Environment::made_up("/home/me", none);
        assert_eq!(environment.config_dir(), Some("/home/me/.docker".into()));
        let environment = Environment::made_up("/home/me", [("DOCKER_CONFIG", "/etc/d")]);
        assert_eq!(environment.config_dir(), Some("/etc/d".into()));
        let environment = environment.with_config_dir("/mine");
        assert_eq!(environment.config_dir(), Some("/mine".into()));
        assert_eq!(Environment::nothing().config_dir(), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_program_is_found_on_the_path_and_runs_in_the_environment() {
        let path = "bin:/nowhere:/usr/bin:/bin";
        let environment = Environment::made_up("/home/me", [("PATH", path), ("A", "b")]);
        assert_eq!(environment.program("no-such-program"), None);
        let mut command = Command::new(environment.program("env").unwrap());
        environment.pass_on(&mut command);
        let output = String::from_utf8(command.output().unwrap().stdout).unwrap();
        assert_eq!(output, format!("A=b\nPATH={path}\n"));
        assert_eq!(Environment::nothing().program("env"), None);
    }

    #[test]
    fn values_do_not_show() {
        let environment = Environment::made_up("/home/me", [("DOCKER_AUTH_CONFIG", "s3cret")]);
        assert!(!format!("{environment:?}").contains("s3cret"));
    }
}
