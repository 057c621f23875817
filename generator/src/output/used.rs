//! Which names items use, so that a file imports these and no others.

use std::collections::BTreeSet;

use syn::visit::{self, Visit};
use syn::{Item, Path};

/// Every name in every path of the items.
pub fn names<'a>(items: impl IntoIterator<Item = &'a Item>) -> BTreeSet<String> {
    let mut used = Used::default();
    items.into_iter().for_each(|item| used.visit_item(item));
    used.0
}

#[derive(Default)]
struct Used(BTreeSet<String>);

impl<'a> Visit<'a> for Used {
    fn visit_path(&mut self, path: &'a Path) {
        visit::visit_path(self, path);
        let segments = path.segments.iter();
        self.0
            .extend(segments.map(|segment| segment.ident.to_string()));
    }
}
