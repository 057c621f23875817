//! The pipeline over a spec that holds everything that has tripped a generator on this API.
//!
//! What comes out is beside the spec, and is a test target too, so that it is known to compile.
//! After a wanted change: `UPDATE_EXPECT=1 cargo test -p dockwright-generator`.

use std::path::Path;

use dockwright_generator::history::History;
use dockwright_generator::lift::lift;
use dockwright_generator::version::Version;
use dockwright_generator::words::Words;
use dockwright_generator::{output, passes, progenitor, yaml};
use expect_test::expect_file;

#[test]
fn the_obstacle_course_comes_out_as_it_was() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/obstacle_course");
    let spec = yaml::read(&folder.join("spec.yaml")).unwrap();
    let lifted = lift(&spec, Version::new(1, 99)).unwrap();
    let history = History::of([&lifted].into_iter());
    let file = progenitor::generate(&lifted.document).unwrap();
    let parts = passes::run(file, &lifted, &history, &Words::default()).unwrap();
    let files = output::files(parts, &lifted, None).unwrap();
    for (path, text) in files.iter().filter(|(path, _)| *path != "Cargo.toml") {
        expect_file![folder.join(path)].assert_eq(text);
    }
}
