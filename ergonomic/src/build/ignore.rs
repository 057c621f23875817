//! `.dockerignore`: which files of a directory are no part of a build's context.

use std::iter::Peekable;
use std::ops::RangeInclusive;
use std::str::Chars;

use crate::answer::Result;
use crate::error::{Error, printable};

/// The rules of a `.dockerignore`: of those that match a path, or a directory above it, the last
/// one decides.
#[derive(Debug)]
pub(crate) struct Ignore {
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    /// Begins with `!`: what it matches belongs to the context after all.
    exception: bool,
    pattern: Pattern,
}

/// Paths, as one is written with wildcards.
#[derive(Debug, Default)]
struct Pattern {
    /// What every path begins with that this matches.
    prefix: String,
    /// What follows the prefix, from the first wildcard on.
    parts: Vec<Part>,
    /// What follows the last wildcard: text that is somewhere in every path that this matches.
    ending: String,
}

#[derive(Debug)]
enum Part {
    Plain(char),
    /// `?`: a character that is no slash.
    One,
    /// `[…]`: a character in one of these ranges, or in none.
    Class {
        negated: bool,
        ranges: Vec<RangeInclusive<char>>,
    },
    /// `*`: characters that are no slashes.
    Name,
    /// `**/`: nothing, or whatever ends in a slash.
    Directories,
    /// `**` where nothing more is special: whatever.
    Anything,
}

impl Ignore {
    /// The rules in the content of a `.dockerignore`, which never ignore the `kept` paths.
    pub(crate) fn new(content: &[u8], kept: &[&str]) -> Result<Self> {
        let content = String::from_utf8_lossy(content);
        let content = content.strip_prefix('\u{feff}').unwrap_or(&content);
        let mut rules = Vec::new();
        let mut add = |exception, pattern: &str| {
            let pattern = Pattern::parse(pattern)?;
            rules.push(Rule { exception, pattern });
            Ok(())
        };
        for line in content.lines().filter(|line| !line.starts_with('#')) {
            let pattern = line.trim();
            let (exception, pattern) = match pattern.strip_prefix('!') {
                Some(pattern) => (true, pattern.trim()),
                None => (false, pattern),
            };
            let added = match (exception, pattern) {
                (false, "") => continue,
                (true, "") => Err("nothing follows the `!`"),
                _ => add(exception, &cleaned(pattern)),
            };
            added.map_err(|reason| refused(line, reason))?;
        }
        for path in kept {
            add(true, &escaped(path)).map_err(|reason| refused(path, reason))?;
        }
        Ok(Self { rules })
    }

    /// Whether the path, which is relative to the context and has slashes, is no part of it.
    pub(crate) fn ignores(&self, path: &str) -> bool {
        let last = self.rules.iter().rfind(|rule| rule.pattern.matches(path));
        last.is_some_and(|rule| !rule.exception)
    }

    /// Whether nothing beneath an ignored directory can be part of the context, so that there is no
    /// need to look.
    pub(crate) fn ignores_all_beneath(&self, directory: &str) -> bool {
        let beneath = format!("{directory}/");
        let mut exceptions = self.rules.iter().filter(|rule| rule.exception);
        !exceptions.any(|Rule { pattern, .. }| {
            let longer = !pattern.parts.is_empty() && beneath.starts_with(&pattern.prefix);
            longer || pattern.prefix.starts_with(&beneath)
        })
    }
}

fn refused(line: &str, reason: &str) -> Error {
    let line = printable(line);
    Error::invalid(format!("`{line}` in .dockerignore is no pattern: {reason}"))
}

/// The path without empty parts, `.` and `..`, as far as that can be told from it alone.
fn cleaned(path: &str) -> String {
    let path = match cfg!(windows) {
        true => path.replace('\\', "/"),
        false => path.to_owned(),
    };
    let rooted = path.starts_with('/');
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|&last| last != "..") => drop(parts.pop()),
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    match parts.is_empty() {
        true => ".".to_owned(),
        false => parts.join("/"),
    }
}

/// A pattern that matches this path alone.
fn escaped(path: &str) -> String {
    let special = |c| matches!(c, '*' | '?' | '[' | '\\');
    let mut pattern = String::new();
    for c in path.chars() {
        if special(c) {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let mut pattern = Self::default();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '*' if chars.next_if_eq(&'*').is_some() => {
                    let slash = chars.next_if_eq(&'/').is_some();
                    pattern.any_depth(slash, chars.clone());
                }
                '*' => pattern.wild(Part::Name),
                '?' => pattern.wild(Part::One),
                '[' => pattern.wild(class(&mut chars)?),
                '\\' => match chars.next() {
                    Some(c) => pattern.plain(c),
                    None => return Err("it ends in a backslash"),
                },
                c => pattern.plain(c),
            }
        }
        Ok(pattern)
    }

    /// `**`, which stands for any number of directories.
    fn any_depth(&mut self, slash: bool, mut rest: Peekable<Chars<'_>>) {
        let is_first = self.prefix.is_empty() && self.parts.is_empty();
        let is_last = rest.peek().is_none();
        // Plain text right after a leading `**` is what a path ends with.
        let is_ending = is_first && !slash && !rest.any(is_special);
        self.wild(match is_last || is_ending {
            true => Part::Anything,
            false => Part::Directories,
        });
    }

    fn wild(&mut self, part: Part) {
        self.parts.push(part);
        self.ending.clear();
    }

    fn plain(&mut self, c: char) {
        if self.parts.is_empty() {
            self.prefix.push(c);
        } else {
            self.parts.push(Part::Plain(c));
            self.ending.push(c);
        }
    }

    /// Whether it matches the path, or a directory above it. All that the parts may stand for is
    /// followed at once, so that no pattern takes long.
    fn matches(&self, path: &str) -> bool {
        let rest = path.strip_prefix(&self.prefix);
        let Some(rest) = rest.filter(|rest| rest.contains(&self.ending)) else {
            return false;
        };
        let mut reached = vec![false; self.parts.len() + 1];
        let mut next = reached.clone();
        self.reach(0, &mut reached);
        for c in rest.chars() {
            if c == '/' && reached[self.parts.len()] {
                return true;
            }
            for (at, part) in self.parts.iter().enumerate().filter(|&(at, _)| reached[at]) {
                match part {
                    Part::Name if c == '/' => {}
                    Part::Name | Part::Anything => self.reach(at, &mut next),
                    Part::Directories => {
                        next[at] = true;
                        if c == '/' {
                            self.reach(at + 1, &mut next);
                        }
                    }
                    part if part.is(c) => self.reach(at + 1, &mut next),
                    _ => {}
                }
            }
            if !next.contains(&true) {
                return false;
            }
            std::mem::swap(&mut reached, &mut next);
            next.fill(false);
        }
        reached[self.parts.len()]
    }

    /// Notes that the part is the next to match, and those behind it if it may match nothing.
    fn reach(&self, at: usize, reached: &mut [bool]) {
        let may_be_nothing =
            |part: &&Part| matches!(part, Part::Name | Part::Directories | Part::Anything);
        let skipped = self.parts[at..].iter().take_while(may_be_nothing).count();
        reached[at..=at + skipped].fill(true);
    }
}

impl Part {
    /// Whether it stands for this one character.
    fn is(&self, c: char) -> bool {
        match self {
            Self::Plain(plain) => *plain == c,
            Self::One => c != '/',
            Self::Class { negated, ranges } => {
                ranges.iter().any(|range| range.contains(&c)) != *negated
            }
            Self::Name | Self::Directories | Self::Anything => false,
        }
    }
}

fn is_special(c: char) -> bool {
    matches!(c, '*' | '?' | '[' | ']' | '\\')
}

/// The rest of a `[…]`.
fn class(chars: &mut Peekable<Chars<'_>>) -> Result<Part, &'static str> {
    const OPEN: &str = "a `[` is not closed";
    let negated = chars.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    let one = |chars: &mut Peekable<Chars<'_>>| match chars.next() {
        None => Err(OPEN),
        Some('\\') => chars.next().ok_or(OPEN),
        Some('-' | ']') => Err("a `-` or `]` in `[…]` has no backslash"),
        Some(c) => Ok(c),
    };
    loop {
        let first = one(chars)?;
        let last = match chars.next_if_eq(&'-') {
            Some(_) => one(chars)?,
            None => first,
        };
        if first > last {
            return Err("a range in `[…]` is upside down");
        }
        ranges.push(first..=last);
        if chars.next_if_eq(&']').is_some() {
            return Ok(Part::Class { negated, ranges });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &[&str] = &[
        ".git/config",
        ".hidden",
        "Dockerfile",
        "README.md",
        "a",
        "ab/ba",
        "ab/c/d",
        "b/a",
        "b/b/a",
        "b/b/c",
        "b].t",
        "c/ab",
        "d/[z]",
        "d/e/f/g",
        "d/e/y.md",
        "d/x.md",
        "e/*",
        "s+t",
        "s.t",
        "sxt",
        "x.md",
        "é/ü",
    ];

    /// What a walk finds of the tree.
    fn found(rules: &str) -> Vec<&'static str> {
        let ignore = Ignore::new(rules.as_bytes(), &["Dockerfile"]).unwrap();
        let reached = |path: &str| {
            let mut above = path.match_indices('/').map(|(end, _)| &path[..end]);
            !above.any(|above| ignore.ignores(above) && ignore.ignores_all_beneath(above))
        };
        let tree = TREE.iter().copied();
        tree.filter(|path| reached(path) && !ignore.ignores(path))
            .collect()
    }

    /// The second column is what the `docker` CLI left out of its archive.
    #[test]
    fn the_reference_client_ignores_the_same() {
        for (rules, ignored) in [
            ("a", "a"),
            ("/a", "a"),
            ("./a", "a"),
            ("b/../a", "a"),
            ("../a", ""),
            ("a/", "a"),
            (" a ", "a"),
            ("\u{feff}a", "a"),
            ("a\r\nx.md\r\n", "a x.md"),
            ("# a", ""),
            (" #a", ""),
            ("s\\.t", "s.t"),
            ("**/a", "a b/a b/b/a"),
            ("*/a", "b/a"),
            ("**a", "a ab/ba b/a b/b/a"),
            ("**/b", "b/a b/b/a b/b/c"),
            ("b/", "b/a b/b/a b/b/c"),
            ("b/**", "b/a b/b/a b/b/c"),
            ("b/**/a", "b/a b/b/a"),
            ("**/b/**", "b/a b/b/a b/b/c"),
            ("b**/c", "b/b/c"),
            ("a**b", "ab/ba ab/c/d"),
            ("a**", "a ab/ba ab/c/d"),
            ("**b/c", "ab/c/d b/b/c"),
            ("***/a", "b/a b/b/a"),
            (
                "?",
                "a b/a b/b/a b/b/c c/ab d/[z] d/e/f/g d/e/y.md d/x.md e/* é/ü",
            ),
            ("??", "ab/ba ab/c/d"),
            ("[a-c]", "a b/a b/b/a b/b/c c/ab"),
            ("[!a]b", "ab/ba ab/c/d"),
            ("d/[[]z]", "d/[z]"),
            ("d/\\[z\\]", "d/[z]"),
            ("e/\\*", "e/*"),
            ("b].t", "b].t"),
            ("s.t", "s.t"),
            ("s[^x]t", "s+t s.t"),
            ("s[.+]t", "s+t s.t"),
            ("é/?", "é/ü"),
            ("?/ü", "é/ü"),
            ("**/.*", ".git/config .hidden"),
            ("**/*.md\n!README.md", "d/e/y.md d/x.md x.md"),
            ("**/x.md\n!d/**", "x.md"),
            ("*.md\n!x.md\nx.md\n!x.md", "README.md"),
            ("**/c\n!b/b/c", "ab/c/d c/ab"),
            ("d\n!d/e", "d/[z] d/x.md"),
            ("!d/**\nd", "d/[z] d/e/f/g d/e/y.md d/x.md"),
            ("Dockerfile\n.dockerignore", ""),
            ("/", ""),
            (".", ""),
            ("..", ""),
            ("a/**/b", ""),
            ("*/*/*", "ab/c/d b/b/a b/b/c d/e/f/g d/e/y.md"),
        ] {
            let found = found(rules);
            let gone = TREE.iter().copied().filter(|path| !found.contains(path));
            assert_eq!(gone.collect::<Vec<_>>().join(" "), ignored, "{rules:?}");
        }
    }

    #[test]
    fn exceptions_are_found_in_ignored_directories() {
        for (rules, left) in [
            ("*", "Dockerfile"),
            ("**", "Dockerfile"),
            ("*\n!b/b\n! a", "Dockerfile a b/b/a b/b/c"),
            ("*\n!**/*.md", "Dockerfile README.md d/e/y.md d/x.md x.md"),
            ("*\n!*/a", "Dockerfile b/a"),
            ("*\n!d/**/g", "Dockerfile d/e/f/g"),
            // The last line decides, whatever was decided before.
            ("*\n!d/e\n*", "Dockerfile"),
            ("*\n!d/e\nd/e/f", "Dockerfile d/e/y.md"),
        ] {
            assert_eq!(found(rules).join(" "), left, "{rules:?}");
        }
    }

    #[test]
    fn a_directory_is_left_unread_where_no_exception_reaches() {
        for (rules, unread) in [
            ("d", true),
            ("d\n!e", true),
            ("d\n!d", true),
            ("d\n!dd/e", true),
            ("d\n!e/**/d/e", true),
            ("d\n!d/e", false),
            ("d\n!d/e/f", false),
            ("d\n!**/e", false),
            ("d\n!*", false),
            ("d\n!d/*", false),
            ("d\n![a-e]/x", false),
        ] {
            let ignore = Ignore::new(rules.as_bytes(), &[]).unwrap();
            assert_eq!(ignore.ignores_all_beneath("d"), unread, "{rules:?}");
        }
    }

    #[test]
    fn what_is_kept_is_no_pattern() {
        let ignore = Ignore::new(b"*", &["a/[*]\\?"]).unwrap();
        assert!(!ignore.ignores("a/[*]\\?"));
        assert!(ignore.ignores("a/x") && !ignore.ignores_all_beneath("a"));
    }

    #[test]
    fn what_is_no_pattern_is_refused_with_its_line() {
        for bad in [
            "!", "[", "a[", "[]", "[a", "[b-a]", "a\\", "[a-]", "[-a]", "[]a]", "[^]", "[a\\",
        ] {
            let error = Ignore::new(format!("ok\n{bad}\n").as_bytes(), &[]).unwrap_err();
            assert!(error.is_invalid_input());
            assert!(error.to_string().contains(&format!("`{bad}`")), "{error}");
        }
    }

    #[test]
    fn no_pattern_takes_long() {
        let rules = "*a*a*a*a*a*a*a*a*a*a*a*a*b\n".repeat(100) + "**/**/**/**/**/x\n";
        let ignore = Ignore::new(rules.as_bytes(), &[]).unwrap();
        assert!(!ignore.ignores(&"a".repeat(4096)));
        assert!(!ignore.ignores(&"a/".repeat(2048)));
    }
}
