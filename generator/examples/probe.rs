use dockwright_generator::*;
use serde_json::Value;
fn main() {
    let want: Option<String> = std::env::args().nth(1);
    for (v, p) in version::versions_in(std::path::Path::new("spec")).unwrap() {
        if want.as_ref().is_some_and(|w| *w != v.to_string()) {
            continue;
        }
        let t = std::time::Instant::now();
        let d: Value = yaml::read(&p).unwrap();
        let l = match lift::lift(&d, v) {
            Ok(l) => l,
            Err(e) => {
                println!("{v} lift {e:#}");
                continue;
            }
        };
        let r = std::panic::catch_unwind(|| progenitor::generate(&l.document));
        match r {
            Ok(Ok(f)) => {
                let s = prettyplease::unparse(&f);
                println!(
                    "{v} {} ops {} types {} lines {:?}",
                    l.operations.len(),
                    l.types.len(),
                    s.lines().count(),
                    t.elapsed()
                );
                std::fs::write(format!("/tmp/out{v}.rs"), s).unwrap();
            }
            Ok(Err(e)) => println!("{v} {e:#}"),
            Err(_) => println!("{v} panic"),
        }
    }
}
