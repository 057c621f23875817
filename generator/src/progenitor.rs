//! The one place that knows progenitor: an OpenAPI document in, Rust items out.

use anyhow::{Context, Result};
use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator, InterfaceStyle, TagStyle};
use serde_json::Value;

/// Generates the client and its types.
///
/// Positional: its builder style is three times the lines, and `passes::params` gives named
/// parameters. Maps are ordered, so that the same request is the same bytes every time.
pub fn generate(document: &Value) -> Result<syn::File> {
    let document: OpenAPI =
        serde_json::from_value(document.clone()).context("the lifted document is not OpenAPI")?;
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged)
        .with_map_type("::std::collections::BTreeMap");
    let tokens = Generator::new(&settings)
        .generate_tokens(&document)
        .context("progenitor refuses the lifted document")?;
    syn::parse2(tokens).context("progenitor's output is not Rust")
}
