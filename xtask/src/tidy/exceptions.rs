//! What is not as the rules say, and stays so.

/// One thing that a rule finds and that is right nevertheless.
pub struct Exception {
    pub rule: &'static str,
    /// What is found, as the finding names it.
    pub what: &'static str,
    pub reason: &'static str,
}

const fn known(rule: &'static str, what: &'static str, reason: &'static str) -> Exception {
    Exception { rule, what, reason }
}

const TEMPLATE: &str = "the generator puts the line that names its origin first";
const ONE_TABLE: &str = "a table of cases, which is no shorter in parts";
const ONE_PLAY: &str = "one play, whose steps depend on one another";

pub const EXCEPTIONS: &[Exception] = &[
    known("module-docs", "generator/templates/client.rs", TEMPLATE),
    known(
        "module-names",
        "ergonomic/src/registry/helper.rs",
        "programs that keep credentials are called credential helpers",
    ),
    known(
        "module-docs",
        "generator/templates/decoders/lib.rs",
        TEMPLATE,
    ),
    known("module-docs", "generator/templates/lib.rs", TEMPLATE),
    known(
        "function-size",
        "ergonomic/src/build/ignore.rs::the_reference_client_ignores_the_same",
        ONE_TABLE,
    ),
    known(
        "function-size",
        "ergonomic/src/cli/table/rows/files.rs::tls_variables",
        ONE_TABLE,
    ),
    known(
        "function-size",
        "ergonomic/src/cli/table/rows/files.rs::config_files",
        ONE_TABLE,
    ),
    known(
        "function-size",
        "ergonomic/src/cli/table/rows/hosts.rs::precedence",
        ONE_TABLE,
    ),
    known(
        "function-size",
        "ergonomic/src/dial/tls/tests.rs::files_that_hold_something_else_are_named",
        ONE_TABLE,
    ),
    known(
        "function-size",
        "tests/tests/wire/secrets.rs::samples",
        ONE_TABLE,
    ),
    known(
        "function-size",
        "ergonomic/src/services/spec.rs::full",
        ONE_TABLE,
    ),
    known(
        "function-size",
        "generator/src/lift/operation.rs::lift",
        "one struct with many fields",
    ),
    known(
        "function-size",
        "generator/src/passes/docs.rs::an_item_has_our_words_and_then_the_facts",
        ONE_TABLE,
    ),
    known(
        "function-size",
        "generator/src/passes/params.rs::query_and_header_parameters_become_a_struct",
        ONE_TABLE,
    ),
    known(
        "function-size",
        "tests/src/scenarios/copies.rs::copy_folders_to",
        ONE_PLAY,
    ),
    known(
        "function-size",
        "tests/src/scenarios/plugins.rs::plugin_by_a_registry",
        ONE_PLAY,
    ),
    known(
        "function-size",
        "tests/src/scenarios/registry.rs::push_and_pull",
        ONE_PLAY,
    ),
    known(
        "function-size",
        "tests/src/scenarios/swarm.rs::swarm_service_spec",
        ONE_PLAY,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_reason() {
        assert!(
            EXCEPTIONS
                .iter()
                .all(|exception| !exception.reason.is_empty())
        );
    }
}
