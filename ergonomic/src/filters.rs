//! Filters of lists, in the form in which every engine takes them.

use std::collections::BTreeMap;

/// For each key, the values of which one must hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filters(BTreeMap<String, BTreeMap<String, bool>>);

impl Filters {
    pub(crate) fn add(&mut self, key: String, value: String) {
        self.0.entry(key).or_default().insert(value, true);
    }

    /// The value of the `filters` parameter, if there is any filter.
    pub(crate) fn to_param(&self) -> Option<String> {
        // A map of maps of strings is always JSON.
        (!self.0.is_empty()).then(|| serde_json::json!(self.0).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_one_key_are_alternatives() {
        let mut filters = Filters::default();
        assert_eq!(filters.to_param(), None);
        for (key, value) in [("label", "b=\"2\""), ("label", "a"), ("status", "running")] {
            filters.add(key.to_owned(), value.to_owned());
        }
        assert_eq!(
            filters.to_param().unwrap(),
            r#"{"label":{"a":true,"b=\"2\"":true},"status":{"running":true}}"#
        );
    }
}
