//! Every raw crate decodes what a real engine answers under its own version prefix.
//!
//! Engines are named by `DOCKWRIGHT_ENGINES=docker28=unix:///…,docker20=unix:///…`; `cargo xtask engine list`
//! says where they are.

use std::env::{self, VarError};
use std::error::Error;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dockwright_decoders::{VERSIONS, decoders};
use serde_json::{Value, json};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const VARIABLE: &str = "DOCKWRIGHT_ENGINES";

/// Far more than an engine takes to tell of what it has just done.
const LIMIT: Duration = Duration::from_secs(20);

/// What is asked of every version, by operation; `{id}` is a running container.
const QUESTIONS: [(&str, &str); 11] = [
    ("SystemVersion", "/version"),
    ("SystemInfo", "/info"),
    ("ContainerList", "/containers/json?all=true&size=true"),
    ("ContainerInspect", "/containers/{id}/json?size=true"),
    ("ImageList", "/images/json?all=true"),
    ("ImageInspect", "/images/busybox:latest/json"),
    ("NetworkList", "/networks"),
    ("VolumeList", "/volumes"),
    ("SystemDataUsage", "/system/df"),
    ("SystemEvents", "/events?since={since}&until={until}"),
    ("ContainerStats", "/containers/{id}/stats?stream=false"),
];

/// An engine, by its socket.
struct Engine {
    http: reqwest::Client,
}

impl Engine {
    fn at(host: &str) -> Result<Self> {
        let path = host.strip_prefix("unix://").ok_or("not a Unix socket")?;
        Ok(Self {
            http: reqwest::Client::builder().unix_socket(path).build()?,
        })
    }

    async fn answer(&self, path: &str) -> Result<reqwest::Response> {
        let answer = self.http.get(format!("http://engine{path}")).send().await?;
        let status = answer.status();
        if !status.is_success() {
            return Err(format!("{path}: {status}: {}", answer.text().await?).into());
        }
        Ok(answer)
    }

    async fn get(&self, path: &str) -> Result<Vec<u8>> {
        Ok(self.answer(path).await?.bytes().await?.to_vec())
    }

    /// The events up to that of the volume, the last thing made. Podman forgets events when it is
    /// asked for those until now, so that it is asked for later ones, which nobody waits for.
    async fn events(&self, path: &str, volume: &str) -> Result<Vec<u8>> {
        let mut answer = self.answer(path).await?;
        let mut events = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            events.extend(chunk);
            if events.ends_with(b"\n") && String::from_utf8_lossy(&events).contains(volume) {
                return Ok(events);
            }
        }
        Err(format!("{path}: no event of {volume} in {LIMIT:?}").into())
    }

    async fn post(&self, path: &str, body: Option<Value>) -> Result<Value> {
        let mut request = self.http.post(format!("http://engine{path}"));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await?.error_for_status()?.bytes().await?;
        Ok(serde_json::from_slice(&answer).unwrap_or_default())
    }

    /// A container that runs until it is removed, with what makes an answer rich.
    async fn start_container(&self) -> Result<String> {
        let body = json!({
            "Image": "busybox",
            "Cmd": ["sleep", "600"],
            "Labels": {"dockwright.conformance": "live"},
            "ExposedPorts": {"80/tcp": {}},
            "HostConfig": {"Memory": 64 << 20, "PortBindings": {"80/tcp": [{"HostPort": ""}]}},
        });
        let created = self.post("/v1.40/containers/create", Some(body)).await?;
        let id = created["Id"].as_str().ok_or("no id")?.to_owned();
        self.post(&format!("/v1.40/containers/{id}/start"), None)
            .await?;
        Ok(id)
    }

    async fn make_volume(&self, name: &str) -> Result<()> {
        let body = json!({"Name": name, "Labels": {"dockwright.conformance": "live"}});
        self.post("/v1.40/volumes/create", Some(body)).await?;
        Ok(())
    }

    async fn remove(&self, path: &str) -> Result<()> {
        let url = format!("http://engine/v1.40/{path}");
        self.http.delete(url).send().await?.error_for_status()?;
        Ok(())
    }
}

/// The versions of raw crates that an engine speaks.
async fn spoken(engine: &Engine) -> Result<Vec<&'static str>> {
    let minor = |version: &str| {
        version
            .strip_prefix("1.")
            .and_then(|text| text.parse::<u32>().ok())
    };
    let version: Value = serde_json::from_slice(&engine.get("/version").await?)?;
    let newest = version["ApiVersion"]
        .as_str()
        .and_then(minor)
        .ok_or("no ApiVersion")?;
    Ok(VERSIONS
        .iter()
        .copied()
        .filter(|version| minor(version) <= Some(newest))
        .collect())
}

/// Asks every question in every version; tells how many values were decoded, and what failed.
async fn ask(engine: &Engine, id: &str, volume: &str, since: u64) -> Result<(usize, Vec<String>)> {
    let (mut decoded, mut failures) = (0, Vec::new());
    for version in spoken(engine).await? {
        let decoders = decoders(version).ok_or("no decoders")?;
        for (operation, question) in QUESTIONS {
            let until = seconds()? + LIMIT.as_secs();
            let question = question
                .replace("{id}", id)
                .replace("{since}", &since.to_string())
                .replace("{until}", &until.to_string());
            let path = format!("/v{version}{question}");
            let body = match operation {
                "SystemEvents" => engine.events(&path, volume).await?,
                _ => engine.get(&path).await?,
            };
            let mut values = 0;
            for value in serde_json::Deserializer::from_slice(&body).into_iter::<Value>() {
                let value = value?;
                // What was made here is in every list.
                if value.as_array().is_some_and(Vec::is_empty) {
                    continue;
                }
                values += 1;
                match (decoders.decode)(operation, value.to_string().as_bytes()) {
                    Some(Ok(_)) => decoded += 1,
                    Some(Err(error)) => failures.push(format!("v{version} {operation}: {error}")),
                    None => failures.push(format!("v{version} {operation}: no decoder")),
                }
            }
            if values == 0 {
                failures.push(format!("v{version} {operation}: nothing was answered"));
            }
        }
    }
    Ok((decoded, failures))
}

fn seconds() -> Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}

/// The engines' names and hosts.
fn named(list: &str) -> Result<Vec<(&str, &str)>> {
    let entries = list.split(',').map(|entry| match entry.split_once('=') {
        Some((name, host)) if !name.is_empty() && !host.is_empty() => Ok((name, host)),
        _ => Err(format!("{VARIABLE}: `{entry}` is not `name=host`").into()),
    });
    entries.collect()
}

#[test]
fn half_a_name_is_an_error_and_so_is_none() {
    assert_eq!(
        named("a=unix:///a,b=tcp://b?x=y").unwrap(),
        [("a", "unix:///a"), ("b", "tcp://b?x=y")]
    );
    for bad in ["", "a", "a=", "=unix:///a", "a=unix:///a,"] {
        assert!(named(bad).is_err(), "{bad:?}");
    }
}

#[tokio::test(flavor = "current_thread")]
async fn every_version_decodes_what_real_engines_answer() -> Result<()> {
    let engines = match env::var(VARIABLE) {
        Err(VarError::NotPresent) => {
            println!("skipped: {VARIABLE} names no engine; see cargo xtask engine up");
            return Ok(());
        }
        engines => engines?,
    };
    for (name, host) in named(&engines)? {
        let engine = Engine::at(host).map_err(|error| format!("{name}: {error}"))?;
        let since = seconds()?;
        let id = engine.start_container().await?;
        let volume = format!("dockwright-conformance-{id}");
        let asked = async {
            engine.make_volume(&volume).await?;
            let asked = ask(&engine, &id, &volume, since).await;
            engine.remove(&format!("volumes/{volume}")).await?;
            asked
        };
        let asked = asked.await;
        engine
            .remove(&format!("containers/{id}?force=true&v=true"))
            .await?;
        let (decoded, failures) = asked.map_err(|error| format!("{name}: {error}"))?;
        println!(
            "{name}: {decoded} values decoded, {} failures",
            failures.len()
        );
        assert!(failures.is_empty(), "{name}:\n{}", failures.join("\n"));
        assert!(decoded > 0, "{name}: it speaks no version");
    }
    Ok(())
}
