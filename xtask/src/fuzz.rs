//! `cargo xtask fuzz`: any bytes for what reads the bytes of others, by cargo-fuzz.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::Value;

use crate::workspace_root;

/// Whose recordings inputs are taken from: the other engines say the same in the same words.
const ENGINES: [&str; 2] = ["docker-28.5.2", "podman-5.8.6"];
/// What the names of inputs that come of recordings begin with.
const RECORDED: &str = "recorded-";
/// The longest input that is kept.
const LONGEST: usize = 8 * 1024;

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    task: Option<Task>,
    /// Which targets; all, one after another, when none is named
    targets: Vec<String>,
    /// How long each is run
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

#[derive(clap::Subcommand)]
enum Task {
    /// Take inputs from tests/fixtures/ into tests/fuzz/corpus/
    Seed,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let folder = workspace_root().join("tests/fuzz");
    if let Some(Task::Seed) = arguments.task {
        return seed(&folder.join("corpus"));
    }
    let mut targets = arguments.targets.clone();
    if targets.is_empty() {
        targets = names_in(&folder.join("targets"), ".rs")?;
    }
    for target in targets {
        fuzz(&folder, &target, arguments.seconds)?;
    }
    Ok(())
}

/// What libFuzzer finds on its way goes to a corpus below `target`; what it must not find, a crash,
/// to `tests/fuzz/artifacts`.
fn fuzz(folder: &Path, target: &str, seconds: u32) -> Result<()> {
    let built = workspace_root().join("target/fuzz");
    let found = built.join("corpus").join(target);
    fs::create_dir_all(&found)?;
    let status = Command::new("rustup")
        .args(["run", "nightly", "cargo", "fuzz", "run", target])
        // None of this is unsafe code.
        .args(["--sanitizer", "none", "--fuzz-dir"])
        .arg(folder)
        .arg("--target-dir")
        .arg(&built)
        .arg(&found)
        .arg(folder.join("corpus").join(target))
        .args(["--", "-timeout=10", "-rss_limit_mb=1024"])
        .arg(format!("-max_total_time={seconds}"))
        .status()
        .context("rustup runs the nightly toolchain that cargo-fuzz needs")?;
    if !status.success() {
        bail!("{target} failed: keep its input in tests/fuzz/corpus/{target} when it is fixed");
    }
    Ok(())
}

/// Inputs by the target and by their names.
type Inputs = BTreeMap<(&'static str, String), Vec<u8>>;

fn seed(corpus: &Path) -> Result<()> {
    let mut inputs = Inputs::new();
    for engine in ENGINES {
        let folder = workspace_root().join("tests/fixtures").join(engine);
        for scenario in names_in(&folder, ".json")? {
            let fixture = fs::read_to_string(folder.join(format!("{scenario}.json")))?;
            let fixture: Value = serde_json::from_str(&fixture)?;
            let name = format!("{RECORDED}{engine}-{scenario}");
            for (at, exchange) in exchanges(&fixture)?.iter().enumerate() {
                exchange.add_to(&mut inputs, &format!("{name}-{at}"));
            }
        }
    }
    let course = workspace_root().join("generator/tests/obstacle_course/spec.yaml");
    inputs.insert(("swagger", "obstacle_course".into()), fs::read(course)?);
    for target in names_in(corpus, "")? {
        for name in names_in(&corpus.join(&target), "")? {
            if name.starts_with(RECORDED) {
                fs::remove_file(corpus.join(&target).join(name))?;
            }
        }
    }
    let mut bytes = 0;
    let mut seen = BTreeSet::new();
    inputs.retain(|(target, _), input| {
        input.len() <= LONGEST && seen.insert((*target, input.clone()))
    });
    for ((target, name), input) in &inputs {
        bytes += input.len();
        fs::write(corpus.join(target).join(name), input)?;
    }
    println!("{} inputs of {bytes} bytes together", inputs.len());
    Ok(())
}

/// What engines were asked, and what they sent.
#[derive(Default)]
struct Exchange {
    line: String,
    image: Option<String>,
    content_type: String,
    chunks: Vec<Vec<u8>>,
}

/// The exchanges of a recording, in which one may go on after others.
fn exchanges(fixture: &Value) -> Result<Vec<Exchange>> {
    let mut exchanges: Vec<Exchange> = Vec::new();
    let mut named = BTreeMap::new();
    for turn in fixture["turns"].as_array().context("no turns")? {
        let name = turn["on"].as_str();
        let index = match name.and_then(|name| named.get(name)) {
            Some(index) => *index,
            None => {
                exchanges.push(Exchange::default());
                exchanges.len() - 1
            }
        };
        named.extend(name.map(|name| (name.to_owned(), index)));
        let exchange = &mut exchanges[index];
        if let Some(line) = turn["request"]["line"].as_str() {
            exchange.line = line.to_owned();
            let image = &turn["request"]["body"]["json"]["Image"];
            exchange.image = image.as_str().map(str::to_owned);
        }
        if let Some(kind) = turn["response"]["headers"]["content-type"].as_str() {
            exchange.content_type = kind.to_owned();
        }
        let body = turn["body"].as_array().into_iter().flatten();
        let moves = turn["stream"].as_array().into_iter().flatten();
        let written = moves.filter_map(|happened| happened.get("server"));
        for chunk in body.chain(written) {
            exchange.chunks.push(payload(chunk)?);
        }
    }
    Ok(exchanges)
}

/// The bytes that a recording shows as text, as JSON or in base64.
fn payload(shown: &Value) -> Result<Vec<u8>> {
    Ok(match (shown.as_str(), shown["base64"].as_str()) {
        (Some(text), _) => text.into(),
        (None, Some(text)) => BASE64_STANDARD.decode(text)?,
        (None, None) => format!("{}\n", shown["json"]).into_bytes(),
    })
}

impl Exchange {
    fn add_to(&self, inputs: &mut Inputs, name: &str) {
        let mut add = |target, input| inputs.insert((target, name.to_owned()), input);
        let (path, query) = self.line.split_once('?').unwrap_or((&self.line, ""));
        if let Some(image) = &self.image {
            add("reference", image.clone().into_bytes());
        }
        let ends = |ends: &[&str]| ends.iter().any(|end| path.ends_with(end));
        if self.chunks.is_empty() {
        } else if ends(&["/logs", "/attach", "/start"]) && !self.content_type.ends_with("/json") {
            // A terminal; frames that are told to be some; what is not told to be either.
            let decoder = match &*self.content_type {
                "application/vnd.docker.multiplexed-stream" => 0,
                "application/vnd.docker.raw-stream" => 1,
                _ => 2,
            };
            let stamp = u8::from(query.contains("timestamps=true")) * 0x40;
            add("frames", self.cut(decoder));
            add("lines", self.cut(decoder | stamp));
        } else if ends(&[
            "/build",
            "/images/create",
            "/events",
            "/stats",
            "/load",
            "/push",
        ]) {
            add("json", self.cut(0));
        } else if self.line.starts_with("GET") && ends(&["/archive", "/export", "/get"]) {
            add("unpack", self.chunks.concat());
        }
    }

    /// An input of a target that takes buffers: options, how many steps, steps, bytes.
    fn cut(&self, options: u8) -> Vec<u8> {
        let lengths = self
            .chunks
            .iter()
            .map(|chunk| chunk.len().clamp(1, 255) as u8);
        let steps: Vec<u8> = lengths.take(8).collect();
        let head = [options, steps.len() as u8];
        [&head, &*steps, &self.chunks.concat()].concat()
    }
}

/// What is in a folder and ends like this, without that end and in order.
fn names_in(folder: &Path, end: &str) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let paths: Vec<PathBuf> = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    let names = paths.iter().filter_map(|path| path.file_name()?.to_str());
    let mut names: Vec<String> = names
        .filter_map(|name| name.strip_suffix(end))
        .map(str::to_owned)
        .collect();
    names.sort();
    Ok(names)
}
