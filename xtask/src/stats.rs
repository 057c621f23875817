//! `cargo xtask stats`: what every version comes to.

use anyhow::Result;
use dockwright_generator::regen::Pipeline;

use crate::workspace_root;

pub fn run() -> Result<()> {
    let pipeline = Pipeline::load(&workspace_root().join("spec"))?;
    let crates = pipeline.generate_all()?;
    let mut sums = [0; 4];
    for prepared in &pipeline.versions {
        let version = prepared.lifted.version;
        let lines = |text: &String| text.lines().count();
        let files = crates[&version]
            .files
            .iter()
            .filter(|(path, _)| path.ends_with(".rs"));
        let (mut total, mut largest) = (0, (0, ""));
        for (path, text) in files {
            total += lines(text);
            largest = largest.max((lines(text), path));
        }
        let row = [
            prepared.lifted.operations.len(),
            prepared.lifted.types.len(),
            total,
            prepared.fixups,
        ];
        println!(
            "v{version}: {} operations, {} types, {} lines, largest {} ({}), {} fixups",
            row[0], row[1], row[2], largest.0, largest.1, row[3]
        );
        sums.iter_mut()
            .zip(row)
            .for_each(|(sum, value)| *sum += value);
    }
    println!(
        "{} versions: {} operations, {} types, {} lines, {} fixups applied",
        pipeline.versions.len(),
        sums[0],
        sums[1],
        sums[2],
        sums[3]
    );
    Ok(())
}
