//! A fixup that is missing shows in the report, by version, operation and path.

use std::path::Path;

use dockwright_conformance::check::Check;
use dockwright_conformance::fixtures::Recording;
use dockwright_conformance::shapes::Shapes;
use dockwright_generator::fixups::Fixups;
use dockwright_replay::{Answer, Exchange};

/// A container in which something runs by an exec.
fn recording() -> Recording {
    let answer = Answer {
        status: 200,
        headers: [("content-type".to_owned(), "application/json".to_owned())].into(),
        chunks: vec![r#"{"Id":"c1","ExecIDs":["e1"]}"#.into()],
    };
    let exchange = Exchange {
        request: "GET /v1.30/containers/c1/json".to_owned(),
        answer: Some(answer),
        ..Exchange::default()
    };
    Recording {
        engine: "docker 28.5.2".to_owned(),
        version: "1.30".to_owned(),
        scenario: "inspect".to_owned(),
        exchanges: vec![exchange],
    }
}

fn report(fixups: &Fixups) -> Vec<String> {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec");
    let mut check = Check::default();
    check.add(&recording(), &Shapes::load(&spec, fixups).unwrap());
    check.findings().map(ToString::to_string).collect()
}

#[test]
fn a_fixup_that_is_missing_is_named_by_what_it_would_mend() {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec");
    let mut fixups = Fixups::load(&spec.join("fixups")).unwrap();
    assert_eq!(report(&fixups), [""; 0]);
    fixups.retain(|fixup| fixup.id != "ids-of-execs");
    assert_eq!(
        report(&fixups),
        [r#"decode failure: v1.30 ContainerInspect .ExecIDs: string expected, it is ["e1"]"#]
    );
}
