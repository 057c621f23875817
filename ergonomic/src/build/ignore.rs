//! `.dockerignore`: which files of a directory are no part of a build's context.

use std::iter::Peekable;
use std::str::Chars;

use regex::{RegexSet, RegexSetBuilder};

use crate::answer::Result;
use crate::error::{Error, printable};

/// Far more than the patterns of any project take when they are compiled.
const COMPILED: usize = 64 * 1024 * 1024;

/// The rules of a `.dockerignore`: of those that match a path, or a directory above it, the last
/// one decides.
#[derive(Debug)]
pub(crate) struct Ignore {
    rules: Vec<Rule>,
    /// The expressions of the rules, in their order.
    expressions: RegexSet,
}

#[derive(Debug)]
struct Rule {
    /// Begins with `!`: what it matches belongs to the context after all.
    exception: bool,
    /// What every path begins with that this matches.
    prefix: String,
    /// There is nothing but the prefix.
    literal: bool,
}

impl Ignore {
    /// The rules in the content of a `.dockerignore`, which never ignore the `kept` paths.
    pub(crate) fn new(content: &[u8], kept: &[&str]) -> Result<Self> {
        let content = String::from_utf8_lossy(content);
        let content = content.strip_prefix('\u{feff}').unwrap_or(&content);
        let mut rules = Vec::new();
        let mut expressions = Vec::new();
        let mut add = |exception, pattern: &str| {
            let pattern = Pattern::parse(pattern)?;
            expressions.push(pattern.expression());
            rules.push(Rule {
                exception,
                prefix: pattern.prefix,
                literal: pattern.literal,
            });
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
        let expressions = RegexSetBuilder::new(&expressions)
            .dot_matches_new_line(true)
            .size_limit(COMPILED)
            .build()
            .map_err(|source| Error::invalid("there are too many patterns").because(source))?;
        Ok(Self { rules, expressions })
    }

    /// Whether the path, which is relative to the context and has slashes, is no part of it.
    pub(crate) fn ignores(&self, path: &str) -> bool {
        let last = self.expressions.matches(path).iter().next_back();
        last.is_some_and(|rule| !self.rules[rule].exception)
    }

    /// Whether nothing beneath an ignored directory can be part of the context, so that there is no
    /// need to look.
    pub(crate) fn ignores_all_beneath(&self, directory: &str) -> bool {
        let beneath = format!("{directory}/");
        !self.rules.iter().any(|rule| {
            let longer = !rule.literal && beneath.starts_with(&rule.prefix);
            rule.exception && (longer || rule.prefix.starts_with(&beneath))
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

/// A pattern on its way to a regular expression.
#[derive(Debug, Default)]
struct Pattern {
    matcher: String,
    prefix: String,
    literal: bool,
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let mut pattern = Self {
            literal: true,
            ..Self::default()
        };
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '*' if chars.next_if_eq(&'*').is_some() => {
                    let slash = chars.next_if_eq(&'/').is_some();
                    pattern.any_depth(slash, chars.clone());
                }
                '*' => pattern.wild("[^/]*"),
                '?' => pattern.wild("[^/]"),
                '[' => pattern.wild(&class(&mut chars)?),
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
        let is_last = rest.peek().is_none();
        // Plain text right after a leading `**` is what a path ends with.
        let is_ending = self.matcher.is_empty() && !slash && !rest.any(is_special);
        match is_last || is_ending {
            true => self.wild(".*"),
            false => self.wild("(?:.*/)?"),
        }
    }

    fn wild(&mut self, matcher: &str) {
        self.matcher.push_str(matcher);
        self.literal = false;
    }

    fn plain(&mut self, c: char) {
        self.matcher
            .push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
        if self.literal {
            self.prefix.push(c);
        }
    }

    /// Matches what the pattern matches, and all beneath it.
    fn expression(&self) -> String {
        format!("^(?:{})(?:/.*)?$", self.matcher)
    }
}

fn is_special(c: char) -> bool {
    matches!(c, '*' | '?' | '[' | ']' | '\\')
}

/// The rest of a `[…]`, as a class of a regular expression.
fn class(chars: &mut Peekable<Chars<'_>>) -> Result<String, &'static str> {
    const OPEN: &str = "a `[` is not closed";
    let mut class = String::from("[");
    if chars.next_if_eq(&'^').is_some() {
        class.push('^');
    }
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
        let (first, last) = (u32::from(first), u32::from(last));
        class.push_str(&format!(r"\x{{{first:x}}}-\x{{{last:x}}}"));
        if chars.next_if_eq(&']').is_some() {
            class.push(']');
            return Ok(class);
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
