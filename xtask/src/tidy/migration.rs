//! What the tables of `docs/coming-from-*.md` call is there: methods, on what really has them.

use anyhow::Result;
use syn::Expr;

use super::api::Api;
use super::tree::{Finding, Tree};

pub fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let api = Api::read(tree)?;
    let pages = tree
        .pages()
        .filter(|(path, _)| path.starts_with("docs/coming-from-"));
    let mut findings = Vec::new();
    for (path, text) in pages {
        for (at, line) in text.lines().enumerate() {
            for call in calls(line) {
                if let Err(problem) = Calls(&api).check(call) {
                    findings.push(Finding::new(
                        path,
                        at + 1,
                        call,
                        format!("`{call}`: {problem}"),
                    ));
                }
            }
        }
    }
    Ok(findings)
}

/// What is set as code in the second column of a line of a table.
fn calls(line: &str) -> Vec<&str> {
    let mut cells = line.strip_prefix("| ").unwrap_or_default().split(" | ");
    let ours = cells.nth(1).unwrap_or_default();
    ours.split('`').skip(1).step_by(2).collect()
}

struct Calls<'a>(&'a Api);

/// The name of a type, if it is known.
type Known = Option<String>;

impl Calls<'_> {
    fn check(&self, call: &str) -> Result<Known, String> {
        let call: Expr =
            syn::parse_str(call).map_err(|error| format!("this is no Rust: {error}"))?;
        self.of(&call)
    }

    fn of(&self, expr: &Expr) -> Result<Known, String> {
        match expr {
            Expr::Path(path) => {
                let names: Vec<String> = path
                    .path
                    .segments
                    .iter()
                    .map(|s| s.ident.to_string())
                    .collect();
                match &names[..] {
                    [name] => Ok(self.variable(name)),
                    [.., owner, name] if self.0.exported.contains(owner) => {
                        self.method(owner, name).map(Some)
                    }
                    _ => Ok(None),
                }
            }
            Expr::MethodCall(call) => {
                for argument in &call.args {
                    self.of(argument)?;
                }
                let name = call.method.to_string();
                match self.of(&call.receiver)? {
                    Some(owner) if self.0.exported.contains(&owner) => {
                        self.method(&owner, &name).map(Some)
                    }
                    _ if self.0.methods.iter().any(|method| method.item.name == name) => Ok(None),
                    _ => Err(format!("nothing has a method `{name}`")),
                }
            }
            Expr::Call(call) => {
                for argument in &call.args {
                    self.of(argument)?;
                }
                self.of(&call.func)
            }
            Expr::Await(inner) => {
                let asked = self.of(&inner.base)?;
                Ok(asked.map(|name| self.0.awaited.get(&name).cloned().unwrap_or(name)))
            }
            Expr::Try(inner) => self.of(&inner.expr),
            Expr::Reference(inner) => self.of(&inner.expr),
            Expr::Field(field) => self.of(&field.base).map(|_| None),
            _ => Ok(None),
        }
    }

    /// `docker`, and what is called as the method of it that gives it: `container` is a `Container`.
    fn variable(&self, name: &str) -> Known {
        match name {
            "docker" => Some("Docker".to_owned()),
            name => Some(self.0.method("Docker", name)?.gives.clone()),
        }
    }

    fn method(&self, owner: &str, name: &str) -> Result<String, String> {
        if let Some(method) = self.0.method(owner, name) {
            return Ok(method.gives.clone());
        }
        // What a raw crate has is known to exist only by its name.
        let raw = !self.0.types.iter().any(|item| item.name == owner);
        match raw || self.0.spread.contains(name) {
            true => Ok(owner.to_owned()),
            false => Err(format!("{owner} has no `{name}`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(row: &str) -> Vec<String> {
        let text = "
            pub use things::{Docker, Thing, Run, List};
            pub struct Docker;
            pub struct Thing;
            impl Docker { pub fn thing(&self, name: &str) -> Thing {} pub fn list(&self) -> List {} }
            impl Thing { pub fn run(&self) -> Run {} }
            awaited!(Run => Thing);
            macro_rules! settings { () => { impl Run { pub fn name(mut self) -> Self { self } } } }
        ";
        let tree = Tree::of([
            ("ergonomic/src/lib.rs", text),
            ("docs/coming-from-x.md", row),
        ]);
        check(&tree)
            .unwrap()
            .iter()
            .map(Finding::to_string)
            .collect()
    }

    #[test]
    fn calls_are_followed_from_type_to_type() {
        for fine in [
            "| `x.y()` | `docker.thing(\"a\").run().name(\"b\").await?.run()` | `docker.gone()` |",
            "| `x.y()` | `thing.run()`, `docker.list()` | |",
            "| `x.y()` | none | `docker.gone()` |",
        ] {
            assert_eq!(found(fine), [""; 0], "{fine}");
        }
    }

    #[test]
    fn what_is_not_there_is_named() {
        assert!(
            found("| `x` | `docker.thing(\"a\").list()` | |")[0].contains("Thing has no `list`")
        );
        assert!(found("| `x` | `docker.run().gone()` | |")[0].contains("Docker has no `run`"));
        assert!(found("| `x` | `Thing::gone(a)` | |")[0].contains("Thing has no `gone`"));
        assert!(found("| `x` | `docker.thing(…)` | |")[0].contains("this is no Rust"));
    }
}
