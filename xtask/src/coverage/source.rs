//! The functions of a crate and who calls whom, as far as names tell.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use dockwright_generator::lift::Operation;
use heck::ToSnakeCase;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{
    Attribute, ImplItemFn, ItemConst, ItemFn, ItemImpl, ItemMacro, ItemMod, Signature, Type,
    Visibility,
};

/// What is known of a crate.
#[derive(Default)]
pub struct Source {
    functions: Vec<Function>,
    constants: Vec<Constant>,
    /// The types that are awaited.
    builders: BTreeSet<String>,
}

/// A function, or a method of a type.
struct Function {
    owner: Option<String>,
    name: String,
    file: PathBuf,
    reach: Reach,
    /// The types in what it returns.
    returns: BTreeSet<String>,
    /// The names in its body.
    names: BTreeSet<String>,
    /// Those after a dot or a colon, as methods have it and variables have not.
    members: BTreeSet<String>,
    /// The paths in its strings, with `{}` for each variable.
    paths: BTreeSet<String>,
}

/// A constant of a file.
struct Constant {
    name: String,
    file: PathBuf,
    /// The paths in its strings.
    paths: BTreeSet<String>,
}

/// From where a function can be called.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    File,
    Crate,
    Everyone,
}

impl Reach {
    fn of(visibility: &Visibility) -> Self {
        match visibility {
            Visibility::Public(_) => Self::Everyone,
            Visibility::Restricted(_) => Self::Crate,
            Visibility::Inherited => Self::File,
        }
    }
}

impl Source {
    /// Reads all files of a folder but those of tests.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut source = Self::default();
        source.read_folder(folder)?;
        Ok(source)
    }

    fn read_folder(&mut self, folder: &Path) -> Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() {
                self.read_folder(&path)?;
            } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
                let text = fs::read_to_string(&path)?;
                self.add(&path, &text)
                    .with_context(|| path.display().to_string())?;
            }
        }
        Ok(())
    }

    fn add(&mut self, path: &Path, text: &str) -> Result<()> {
        let file = syn::parse_file(text)?;
        let mut reader = Reader {
            source: self,
            file: path,
            owner: None,
        };
        reader.visit_file(&file);
        Ok(())
    }

    /// The public methods that lead to an operation, by as few calls as any.
    pub fn methods_of(&self, operation: &Operation) -> BTreeSet<String> {
        let method = operation.id.to_snake_case();
        let plain = format!("{method}_output");
        let path = normalized(&operation.path);
        let verb = operation.method.to_lowercase();
        let direct = self.functions.iter().filter(|function| {
            let by_hand = || {
                let verbs = [&verb, &operation.method];
                self.has_path(function, &path)
                    && verbs.into_iter().any(|v| function.names.contains(v))
            };
            function.members.contains(&method) || function.members.contains(&plain) || by_hand()
        });
        let mut reached: Vec<&Function> = direct.collect();
        let mut seen: BTreeSet<*const Function> = BTreeSet::new();
        loop {
            let entries = reached.iter().filter(|function| self.is_entry(function));
            let entries: BTreeSet<String> = entries.map(|function| function.path()).collect();
            if !entries.is_empty() || reached.is_empty() {
                return entries;
            }
            let steps = reached.iter().flat_map(|function| self.above(function));
            let steps: Vec<_> = steps
                .filter(|step| seen.insert(&raw const **step))
                .collect();
            reached = steps;
        }
    }

    /// Whether a path is in the strings of a function, or in those of a constant that it names.
    fn has_path(&self, function: &Function, path: &str) -> bool {
        let named = |constant: &&Constant| {
            constant.file == function.file && function.names.contains(&constant.name)
        };
        let mut named = self.constants.iter().filter(named);
        function.paths.contains(path) || named.any(|constant| constant.paths.contains(path))
    }

    /// Whether a user begins here: with a public method of something that is not itself awaited.
    fn is_entry(&self, function: &Function) -> bool {
        function.reach == Reach::Everyone
            && function.owner.is_some()
            && !self.is_of_builder(function)
    }

    fn is_of_builder(&self, function: &Function) -> bool {
        let owner = function.owner.as_ref();
        owner.is_some_and(|owner| self.builders.contains(owner))
    }

    /// From where one comes to a function: its callers, or what gives the builder that it ends.
    fn above(&self, function: &Function) -> Vec<&Function> {
        let ends = function.reach == Reach::Everyone || function.name == "send";
        if ends && self.is_of_builder(function) {
            let gives = |other: &&Function| {
                let given = function
                    .owner
                    .as_ref()
                    .is_some_and(|owner| other.returns.contains(owner));
                given && other.owner != function.owner
            };
            return self.functions.iter().filter(gives).collect();
        }
        let calls = |other: &&Function| {
            let within = match (function.reach, &function.owner) {
                (Reach::File, _) => is_within(&other.file, &function.file),
                // Methods of one name are many; those that go together lie together.
                (_, Some(_)) => are_near(&function.file, &other.file),
                (_, None) => true,
            };
            within && other.names.contains(&function.name)
        };
        self.functions.iter().filter(calls).collect()
    }
}

impl Function {
    fn path(&self) -> String {
        match &self.owner {
            Some(owner) => format!("{owner}::{}", self.name),
            None => self.name.clone(),
        }
    }
}

/// Whether a file is that of a module, or of a module in it.
fn is_within(file: &Path, module: &Path) -> bool {
    let folder = module.parent().filter(|_| module.ends_with("mod.rs"));
    file == module || folder.is_some_and(|folder| file.starts_with(folder))
}

/// Whether one of two files lies in the folder of the other, or below it.
fn are_near(one: &Path, other: &Path) -> bool {
    let holds = |folder: Option<&Path>, file: &Path| folder.is_some_and(|f| file.starts_with(f));
    holds(one.parent(), other) || holds(other.parent(), one)
}

/// Fills a source from a file.
struct Reader<'a> {
    source: &'a mut Source,
    file: &'a Path,
    owner: Option<String>,
}

impl Reader<'_> {
    fn function(&mut self, signature: &Signature, reach: Reach, block: &syn::Block) {
        let mut names = Names::default();
        names.read(block.to_token_stream());
        let mut returned = Names::default();
        returned.read(signature.output.to_token_stream());
        self.source.functions.push(Function {
            owner: self.owner.clone(),
            name: signature.ident.to_string(),
            file: self.file.to_owned(),
            reach,
            returns: returned.names,
            names: names.names,
            members: names.members,
            paths: names.paths,
        });
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if !module.attrs.iter().any(is_test) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_const(&mut self, item: &'ast ItemConst) {
        let mut value = Names::default();
        value.read(item.expr.to_token_stream());
        self.source.constants.push(Constant {
            name: item.ident.to_string(),
            file: self.file.to_owned(),
            paths: value.paths,
        });
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let owner = type_name(&item.self_ty);
        let of = item
            .trait_
            .as_ref()
            .and_then(|(path, _)| path.segments.last());
        if of.is_some_and(|name| name.ident == "IntoFuture") {
            self.source.builders.extend(owner.clone());
        }
        self.owner = owner;
        visit::visit_item_impl(self, item);
        self.owner = None;
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.function(&function.sig, Reach::of(&function.vis), &function.block);
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.function(&function.sig, Reach::of(&function.vis), &function.block);
    }

    /// `awaited!(Builder => Output)`
    fn visit_item_macro(&mut self, item: &'ast ItemMacro) {
        if item.mac.path.is_ident("awaited")
            && let Some(TokenTree::Ident(builder)) = item.mac.tokens.clone().into_iter().next()
        {
            self.source.builders.insert(builder.to_string());
        }
    }
}

fn is_test(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg") && attribute.to_token_stream().to_string().contains("test")
}

fn type_name(typ: &Type) -> Option<String> {
    match typ {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}

/// The names and the paths of URLs in source code, also inside of macros.
#[derive(Default)]
struct Names {
    names: BTreeSet<String>,
    members: BTreeSet<String>,
    paths: BTreeSet<String>,
}

impl Names {
    fn read(&mut self, tokens: TokenStream) {
        let mut follows = false;
        for token in tokens {
            let is_member = follows;
            follows = matches!(&token, TokenTree::Punct(p) if matches!(p.as_char(), '.' | ':'));
            match token {
                TokenTree::Ident(name) => {
                    let name = name.to_string();
                    if is_member {
                        self.members.insert(name.clone());
                    }
                    self.names.insert(name);
                }
                TokenTree::Literal(literal) => {
                    if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                        self.paths.insert(normalized(&text.value()));
                    }
                }
                TokenTree::Group(group) => self.read(group.stream()),
                TokenTree::Punct(_) => {}
            }
        }
    }
}

/// A path without the names of its variables, and without what stands before its first slash.
fn normalized(path: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in path.chars() {
        match c {
            '{' => (inside, text) = (true, text + "{"),
            '}' => (inside, text) = (false, text + "}"),
            _ if inside => {}
            _ => text.push(c),
        }
    }
    text.strip_prefix("{}").map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dockwright_generator::lift::Answer;

    const CRATE: &str = r#"
        impl Things {
            pub fn list(&self) -> List { List { docker: self.docker.clone() } }
            pub fn wait(&self) -> Waiting { todo() }
            pub fn count(&self) -> usize { let thing_prune = 1; thing_prune }
        }
        impl List {
            pub fn all(mut self) -> Self { self }
            async fn send(self) -> Result<Vec<Thing>> { self.docker.raw().thing_list(&self.params).await }
        }
        awaited!(List => Vec<Thing>);
        impl Waiting {
            async fn begin(self) { client.post(format!("{}/things/{name}/wait", base)) }
            async fn send(self) { self.begin().await }
        }
        awaited!(Waiting => ());
        const PING: Operation = Operation::new("Ping", "/_ping");
        impl Client { pub fn ping(&self) { self.send(PING, Method::HEAD) } }
        #[cfg(test)]
        mod tests { fn f() { raw.thing_delete(); } }
    "#;

    fn methods(id: &str, method: &str, path: &str) -> Vec<String> {
        let mut source = Source::default();
        source.add(Path::new("things.rs"), CRATE).unwrap();
        let operation = Operation {
            id: id.to_owned(),
            published: None,
            method: method.to_owned(),
            path: path.to_owned(),
            tag: String::new(),
            parameters: Vec::new(),
            answer: Answer::Empty,
            headers: Vec::new(),
            body: Vec::new(),
            answered: Vec::new(),
            item: None,
            upgrade: String::new(),
            plain_too: false,
        };
        source.methods_of(&operation).into_iter().collect()
    }

    #[test]
    fn a_builder_is_reached_by_what_gives_it() {
        assert_eq!(methods("ThingList", "GET", "/things"), ["Things::list"]);
        assert_eq!(
            methods("ThingWait", "POST", "/things/{id}/wait"),
            ["Things::wait"]
        );
        assert_eq!(methods("ThingWait", "GET", "/things/{id}/wait"), [""; 0]);
        assert_eq!(methods("Ping", "HEAD", "/_ping"), ["Client::ping"]);
    }

    #[test]
    fn what_only_a_test_calls_or_a_variable_is_called_is_not_reached() {
        assert_eq!(methods("ThingPrune", "POST", "/things/prune"), [""; 0]);
        assert_eq!(methods("ThingDelete", "DELETE", "/things/{id}"), [""; 0]);
    }
}
