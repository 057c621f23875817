//! Every raw crate decodes what a real engine answers under its own version prefix.
//!
//! Engines are named by `DOCKWRIGHT_ENGINES=docker28=unix:///…,docker20=unix:///…`; `cargo xtask engine list`
//! says where they are.

use std::error::Error;

use dockwright_decoders::{VERSIONS, decoders};
use serde_json::{Value, json};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

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
    ("SystemEvents", "/events?since=0&until={now}"),
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

    async fn get(&self, path: &str) -> Result<Vec<u8>> {
        let answer = self.http.get(format!("http://engine{path}")).send().await?;
        let status = answer.status();
        let body = answer.bytes().await?;
        if !status.is_success() {
            return Err(format!("{path}: {status}: {}", String::from_utf8_lossy(&body)).into());
        }
        Ok(body.to_vec())
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

    async fn remove(&self, id: &str) -> Result<()> {
        let url = format!("http://engine/v1.40/containers/{id}?force=true&v=true");
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

async fn ask(engine: &Engine, id: &str) -> Result<(usize, Vec<String>)> {
    let clock = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let (mut decoded, mut failures) = (0, Vec::new());
    for version in spoken(engine).await? {
        let decoders = decoders(version).ok_or("no decoders")?;
        for (operation, question) in QUESTIONS {
            let question = question
                .replace("{id}", id)
                .replace("{now}", &clock.as_secs().to_string());
            let body = engine.get(&format!("/v{version}{question}")).await?;
            for value in serde_json::Deserializer::from_slice(&body).into_iter::<Value>() {
                match (decoders.decode)(operation, value?.to_string().as_bytes()) {
                    Some(Ok(_)) => decoded += 1,
                    Some(Err(error)) => failures.push(format!("v{version} {operation}: {error}")),
                    None => failures.push(format!("v{version} {operation}: no decoder")),
                }
            }
        }
    }
    Ok((decoded, failures))
}

#[tokio::test(flavor = "current_thread")]
async fn every_version_decodes_what_real_engines_answer() -> Result<()> {
    let Ok(engines) = std::env::var("DOCKWRIGHT_ENGINES") else {
        println!("skipped: DOCKWRIGHT_ENGINES names no engine; see cargo xtask engine up");
        return Ok(());
    };
    for (name, host) in engines
        .split(',')
        .filter_map(|engine| engine.split_once('='))
    {
        let engine = Engine::at(host)?;
        let id = engine.start_container().await?;
        let asked = ask(&engine, &id).await;
        engine.remove(&id).await?;
        let (decoded, failures) = asked.map_err(|error| format!("{name}: {error}"))?;
        println!(
            "{name}: {decoded} values decoded, {} failures",
            failures.len()
        );
        assert!(failures.is_empty(), "{name}:\n{}", failures.join("\n"));
        assert!(decoded > QUESTIONS.len(), "{name}: only {decoded} values");
    }
    Ok(())
}
