//! A fixup that is missing shows in the report, by version, operation and path.

use std::path::Path;

use dockwright_conformance::check::Check;
use dockwright_conformance::fixtures::Recording;
use dockwright_conformance::shapes::Shapes;
use dockwright_generator::fixups::Fixups;
use dockwright_replay::{Answer, Exchange};

fn json() -> (String, String) {
    ("content-type".to_owned(), "application/json".to_owned())
}

/// What is asked about a container in which something runs by an exec.
fn inspect() -> Exchange {
    let answer = Answer {
        status: 200,
        headers: [json()].into(),
        chunks: vec![r#"{"Id":"c1","ExecIDs":["e1"]}"#.into()],
    };
    Exchange {
        request: "GET /v1.30/containers/c1/json".to_owned(),
        answer: Some(answer),
        ..Exchange::default()
    }
}

/// What is sent for a container that publishes a port; the answer does not matter.
fn create() -> Exchange {
    let body = r#"{"HostConfig":{"PortBindings":{"80/tcp":[{"HostPort":"81"}]}}}"#;
    Exchange {
        request: "POST /v1.26/containers/create".to_owned(),
        headers: [json()].into(),
        body: body.into(),
        answer: None,
    }
}

/// What the report says of an exchange with all fixups, and without one of them.
fn reports(exchange: Exchange, missing: &str) -> [Vec<String>; 2] {
    let recording = Recording {
        engine: "docker 28.5.2".to_owned(),
        version: "1.30".to_owned(),
        scenario: "broken".to_owned(),
        exchanges: vec![exchange],
    };
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec");
    let report = |fixups: &Fixups| {
        let mut check = Check::default();
        check.add(&recording, &Shapes::load(&spec, fixups).unwrap());
        check.findings().map(ToString::to_string).collect()
    };
    let mut fixups = Fixups::load(&spec.join("fixups")).unwrap();
    let whole = report(&fixups);
    fixups.retain(|fixup| fixup.id != missing);
    [whole, report(&fixups)]
}

#[test]
fn a_missing_fixup_is_named_by_the_answer_that_it_would_mend() {
    let found = r#"decode failure: v1.30 ContainerInspect .ExecIDs: string expected, it is ["e1"]"#;
    assert_eq!(
        reports(inspect(), "ids-of-execs"),
        [vec![], vec![found.to_owned()]]
    );
}

#[test]
fn a_missing_fixup_is_named_by_the_request_that_it_would_mend() {
    let found = r#"request: v1.26 ContainerCreate .HostConfig.PortBindings.{}: object expected, it is [{"HostPort":"81"}]"#;
    assert_eq!(
        reports(create(), "port-bindings"),
        [vec![], vec![found.to_owned()]]
    );
}
