//! What rules read in a page of Markdown: its links, its headings, and what is set as code.

use std::collections::BTreeMap;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::tree::line_of;

/// A page, each thing with its line.
#[derive(Debug, Default)]
pub struct Page {
    /// Where the links lead.
    pub links: Vec<(usize, String)>,
    /// The names by which links reach the headings.
    pub anchors: Vec<String>,
    /// What is set as code within a line.
    pub spans: Vec<(usize, String)>,
    /// The lines of blocks of code, each with the language of its block.
    pub code: Vec<(usize, String, String)>,
}

impl Page {
    pub fn parse(text: &str) -> Self {
        let mut page = Self::default();
        let mut heading = None;
        let mut language = None;
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
        for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
            let line = line_of(text, range.start);
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push((line, dest_url.into_string()));
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => page.anchors.extend(heading.take()),
                Event::Start(Tag::CodeBlock(kind)) => {
                    language = Some(match kind {
                        CodeBlockKind::Fenced(language) => language.into_string(),
                        CodeBlockKind::Indented => String::new(),
                    });
                }
                Event::End(TagEnd::CodeBlock) => language = None,
                Event::Code(code) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&code);
                    }
                    page.spans.push((line, code.into_string()));
                }
                Event::Text(code) if language.is_some() => {
                    let language = language.clone().unwrap_or_default();
                    let lines = code.lines().enumerate();
                    page.code.extend(
                        lines.map(|(at, code)| (line + at, language.clone(), code.to_owned())),
                    );
                }
                Event::Text(part) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&part);
                    }
                }
                _ => {}
            }
        }
        page.anchors = slugs(&page.anchors);
        page
    }

    /// Whether a link may end in `#anchor`.
    pub fn has_anchor(&self, anchor: &str) -> bool {
        self.anchors.iter().any(|known| known == anchor)
    }
}

/// What GitHub makes of headings: small letters, digits, `-` and `_`; a number after what was before.
fn slugs(headings: &[String]) -> Vec<String> {
    let mut before: BTreeMap<String, usize> = BTreeMap::new();
    let slugs = headings.iter().map(|heading| {
        let kept = heading
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        let slug: String = kept.collect::<String>().to_lowercase().replace(' ', "-");
        let times = before.entry(slug.clone()).or_default();
        *times += 1;
        match *times {
            1 => slug,
            times => format!("{slug}-{}", times - 1),
        }
    });
    slugs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_has_its_line() {
        let page = Page::parse(
            "# Copy `a` out, or in\n\n[there](b.md#c) is `d/`\n\n```sh\nf\ng\n```\n\n    h\n\n# Copy a out or in",
        );
        assert_eq!(page.anchors, ["copy-a-out-or-in", "copy-a-out-or-in-1"]);
        assert!(page.has_anchor("copy-a-out-or-in-1") && !page.has_anchor("copy"));
        assert_eq!(page.links, [(3, "b.md#c".to_owned())]);
        assert_eq!(page.spans[1], (3, "d/".to_owned()));
        let code: Vec<(usize, &str, &str)> = page
            .code
            .iter()
            .map(|(l, a, b)| (*l, a.as_str(), b.as_str()))
            .collect();
        assert_eq!(code, [(6, "sh", "f"), (7, "sh", "g"), (10, "", "h")]);
    }
}
