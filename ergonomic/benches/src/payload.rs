//! What the engine sends: as long, and of the form, as what engines were seen to send.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use anyhow::Result;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::Seen;

const ID: &str = "4d9bd2f7a5a3c1e0f86b7c22a91de35f0b6c48d17e29fa5b3c60d8e1f7a49b25";

/// The content type of JSON.
pub const JSON: &str = "Content-Type: application/json\r\n";
/// The content type of frames.
pub const FRAMES: &str = "Content-Type: application/vnd.docker.multiplexed-stream\r\n";

/// The length of HTTP chunks that cut frames anywhere: no multiple of any, and none divides it.
pub const CHUNK: usize = 32_749;

/// Frames of `size` bytes that come to about `total`: one in eight of standard error, each a line.
pub fn frames(size: usize, total: usize) -> (Vec<u8>, Seen) {
    let mut payload = vec![b'x'; size - 1];
    payload.push(b'\n');
    let mut bytes = Vec::with_capacity(total);
    let mut seen = Seen::default();
    while bytes.len() < total {
        let kind = if seen.items % 8 == 7 { 2 } else { 1 };
        bytes.extend([kind, 0, 0, 0]);
        bytes.extend((size as u32).to_be_bytes());
        bytes.extend(&payload);
        seen.add(size);
    }
    (bytes, seen)
}

/// JSON values, one a line.
fn lines(count: u64, end: &str, value: impl Fn(u64) -> Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    for at in 0..count {
        bytes.extend(value(at).to_string().bytes());
        bytes.extend(end.bytes());
    }
    bytes
}

/// Events of some 400 bytes, with four attributes each.
pub fn events(count: u64) -> Vec<u8> {
    lines(count, "\n", |at| {
        json!({
            "status": "die", "id": ID, "from": "registry.example.com/team/web:1.27",
            "Type": "container", "Action": "die",
            "Actor": {"ID": ID, "Attributes": {
                "exitCode": "0", "image": "registry.example.com/team/web:1.27",
                "name": format!("web-{at}"), "com.example.service": "web",
            }},
            "scope": "local", "time": 1_763_000_000 + at,
            "timeNano": 1_763_000_000_000_000_000 + at,
        })
    })
}

/// One event with as many attributes as it takes to be of that length.
pub fn long_event(length: usize) -> (Vec<u8>, u64) {
    let text = "a value of some words, \"quoted\" once, and\nwith a line end; ".repeat(6);
    let count = (length / (text.len() + 40)).max(1) as u64;
    let attributes = (0..count).map(|at| (format!("com.example.label.{at:08}"), json!(text)));
    let attributes: serde_json::Map<_, _> = attributes.collect();
    let event = json!({
        "Type": "container", "Action": "start", "scope": "local", "time": 1_763_000_000,
        "timeNano": 1_763_000_000_000_000_000_u64, "Actor": {"ID": ID, "Attributes": attributes},
    });
    let mut bytes = event.to_string().into_bytes();
    bytes.push(b'\n');
    (bytes, count)
}

/// The steps of a pull, of some 150 bytes.
pub fn pull(count: u64) -> Vec<u8> {
    lines(count, "\r\n", |at| {
        json!({
            "status": "Downloading",
            "progressDetail": {"current": at * 4096, "total": count * 4096},
            "progress": "[=========================>        ]  12.3MB/24.6MB",
            "id": format!("a{:011x}", at % 8),
        })
    })
}

/// What a container uses of eight processors.
fn cpu(at: u64) -> Value {
    json!({
        "cpu_usage": {
            "total_usage": 1_000_000_000 + at, "usage_in_kernelmode": 400_000_000,
            "usage_in_usermode": 600_000_000, "percpu_usage": vec![125_000_000 + at; 8],
        },
        "system_cpu_usage": 987_654_321_000_u64 + at, "online_cpus": 8,
        "throttling_data": {"periods": 0, "throttled_periods": 0, "throttled_time": 0},
    })
}

/// What the kernel tells of a container's memory.
fn memory() -> Value {
    let counters = "active_anon active_file anon anon_thp file file_dirty file_mapped \
        file_writeback inactive_anon inactive_file kernel_stack pgactivate pgdeactivate pgfault \
        pglazyfree pglazyfreed pgmajfault pgrefill pgscan pgsteal shmem slab slab_reclaimable \
        slab_unreclaimable sock thp_collapse_alloc thp_fault_alloc unevictable \
        workingset_activate workingset_nodereclaim workingset_refault";
    let counters = counters.split_whitespace();
    let stats = counters.map(|name| (name.to_owned(), json!(12_345_678)));
    let stats: serde_json::Map<_, _> = stats.collect();
    json!({"usage": 123_456_789, "limit": 8_345_678_901_u64, "stats": stats})
}

/// Samples of some 3 KB, as of a machine with eight processors.
pub fn stats(count: u64) -> Vec<u8> {
    let network = json!({
        "rx_bytes": 123_456_789, "rx_packets": 98_765, "rx_errors": 0, "rx_dropped": 0,
        "tx_bytes": 987_654, "tx_packets": 9_876, "tx_errors": 0, "tx_dropped": 0,
    });
    let memory = memory();
    let entry = |op: &str| json!({"major": 254, "minor": 0, "op": op, "value": 12_345_678});
    lines(count, "\n", |at| {
        json!({
            "read": "2026-11-25T12:00:01.123456789Z", "preread": "2026-11-25T12:00:00.123456789Z",
            "name": "/web", "id": ID, "num_procs": 0, "pids_stats": {"current": 12, "limit": 4096},
            "cpu_stats": cpu(at + 1), "precpu_stats": cpu(at),
            "memory_stats": memory,
            "networks": {"eth0": network, "eth1": network},
            "blkio_stats": {
                "io_service_bytes_recursive": [entry("read"), entry("write")],
                "io_serviced_recursive": null, "io_queue_recursive": null,
                "io_service_time_recursive": null, "io_wait_time_recursive": null,
                "io_merged_recursive": null, "io_time_recursive": null, "sectors_recursive": null,
            },
            "storage_stats": {},
        })
    })
}

fn network(at: u64) -> Value {
    json!({
        "IPAMConfig": null, "Links": null, "Aliases": ["web", "api"], "MacAddress": "02:42:ac:11:00:02",
        "DriverOpts": null, "NetworkID": ID, "EndpointID": ID, "Gateway": "172.18.0.1",
        "IPAddress": format!("172.18.{}.{}", at / 250 % 250, at % 250), "IPPrefixLen": 16,
        "IPv6Gateway": "", "GlobalIPv6Address": "", "GlobalIPv6PrefixLen": 0, "DNSNames": null,
    })
}

fn mount() -> Value {
    json!({
        "Type": "volume", "Name": "data", "Source": "/var/lib/docker/volumes/data/_data",
        "Destination": "/data", "Driver": "local", "Mode": "z", "RW": true, "Propagation": "",
    })
}

/// A list of containers, of some 1.35 KB each.
pub fn containers(count: u64) -> Vec<u8> {
    let list: Vec<Value> = (0..count)
        .map(|at| {
            json!({
                "Id": ID, "Names": [format!("/team-web-{at}")],
                "Image": "registry.example.com/team/web:1.27",
                "ImageID": format!("sha256:{ID}"), "Command": "/docker-entrypoint.sh nginx -g 'daemon off;'",
                "Created": 1_763_000_000 + at,
                "Ports": [
                    {"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"},
                    {"IP": "::", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"},
                ],
                "Labels": {
                    "com.docker.compose.project": "team", "com.docker.compose.service": "web",
                    "com.docker.compose.container-number": format!("{at}"),
                    "com.docker.compose.version": "2.38.1", "maintainer": "web@example.com",
                },
                "State": "running", "Status": "Up 2 hours (healthy)",
                "HostConfig": {"NetworkMode": "team_default"},
                "NetworkSettings": {"Networks": {"team_default": network(at)}},
                "Mounts": [mount()],
            })
        })
        .collect();
    Value::from(list).to_string().into_bytes()
}

/// What is known of one container, in some 3 KB.
pub fn inspect(terminal: bool) -> Vec<u8> {
    json!({
        "Id": ID, "Created": "2026-11-25T12:00:00.123456789Z", "Path": "/docker-entrypoint.sh",
        "Args": ["nginx", "-g", "daemon off;"],
        "State": {
            "Status": "running", "Running": true, "Paused": false, "Restarting": false,
            "OOMKilled": false, "Dead": false, "Pid": 4242, "ExitCode": 0, "Error": "",
            "StartedAt": "2026-11-25T12:00:01.123456789Z", "FinishedAt": "0001-01-01T00:00:00Z",
        },
        "Image": format!("sha256:{ID}"), "Name": "/bench", "RestartCount": 0, "Driver": "overlay2",
        "Platform": "linux", "MountLabel": "", "ProcessLabel": "", "AppArmorProfile": "docker-default",
        "ResolvConfPath": format!("/var/lib/docker/containers/{ID}/resolv.conf"),
        "HostnamePath": format!("/var/lib/docker/containers/{ID}/hostname"),
        "HostsPath": format!("/var/lib/docker/containers/{ID}/hosts"),
        "LogPath": format!("/var/lib/docker/containers/{ID}/{ID}-json.log"),
        "HostConfig": {
            "Binds": ["data:/data:z"], "NetworkMode": "team_default", "AutoRemove": false,
            "PortBindings": {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]},
            "RestartPolicy": {"Name": "unless-stopped", "MaximumRetryCount": 0},
            "LogConfig": {"Type": "json-file", "Config": {"max-size": "10m"}},
            "CapAdd": null, "CapDrop": ["NET_RAW"], "Memory": 536_870_912, "NanoCpus": 500_000_000,
            "Privileged": false, "ReadonlyRootfs": false, "ShmSize": 67_108_864, "Runtime": "runc",
            "MaskedPaths": ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list"],
            "ReadonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys"],
        },
        "GraphDriver": {"Name": "overlay2", "Data": {
            "LowerDir": "/var/lib/docker/overlay2/a/diff:/var/lib/docker/overlay2/b/diff",
            "MergedDir": "/var/lib/docker/overlay2/c/merged", "UpperDir": "/var/lib/docker/overlay2/c/diff",
        }},
        "Mounts": [mount()],
        "Config": {
            "Hostname": "4d9bd2f7a5a3", "User": "", "Tty": terminal, "OpenStdin": false,
            "AttachStdout": true, "AttachStderr": true, "ExposedPorts": {"80/tcp": {}},
            "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "NGINX_VERSION=1.27.4"],
            "Cmd": ["nginx", "-g", "daemon off;"], "Image": "registry.example.com/team/web:1.27",
            "WorkingDir": "", "Entrypoint": ["/docker-entrypoint.sh"],
            "Labels": {"com.docker.compose.project": "team", "com.docker.compose.service": "web"},
        },
        "NetworkSettings": {
            "SandboxID": ID, "SandboxKey": "/var/run/docker/netns/4d9bd2f7a5a3",
            "Ports": {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}]},
            "Networks": {"team_default": network(1)},
        },
    })
    .to_string()
    .into_bytes()
}

/// A build context of small files in folders of a hundred, and its length.
pub fn small_files(folder: &Path, count: u64) -> Result<u64> {
    let text = "A line of a source file, about as long as lines are.\n".repeat(20);
    let mut length = dockerfile(folder)?;
    for at in 0..count {
        let below = folder.join(format!("src/module{:03}", at / 100));
        if at % 100 == 0 {
            fs::create_dir_all(&below)?;
        }
        fs::write(below.join(format!("file{at:05}.txt")), &text)?;
        length += text.len() as u64;
    }
    Ok(length)
}

/// A build context with one large file, and its length.
pub fn large_file(folder: &Path, length: u64) -> Result<u64> {
    let mut file = File::create(folder.join("data.bin"))?;
    let part: Vec<u8> = (0..1024 * 1024_u32).map(|at| (at >> 5) as u8).collect();
    for _ in 0..length / part.len() as u64 {
        file.write_all(&part)?;
    }
    Ok(length + dockerfile(folder)?)
}

fn dockerfile(folder: &Path) -> Result<u64> {
    let text = "FROM scratch\nCOPY . /\n";
    fs::write(folder.join("Dockerfile"), text)?;
    Ok(text.len() as u64)
}

/// How a build ends.
pub fn built() -> Vec<u8> {
    format!("{{\"stream\":\"Successfully built 4d9bd2f7a5a3\\n\"}}\r\n{{\"aux\":{{\"ID\":\"sha256:{ID}\"}}}}\r\n")
        .into_bytes()
}

/// What stands before a file of that length in a tar archive; it ends with 1,024 zeros.
pub fn file_header(length: u64) -> Result<Vec<u8>> {
    let mut header = tar::Header::new_gnu();
    header.set_path("data")?;
    header.set_size(length);
    header.set_mode(0o644);
    header.set_cksum();
    Ok(header.as_bytes().to_vec())
}

/// How an engine tells what is at the path of an archive: a file.
pub fn path_stat(length: u64) -> String {
    let stat = json!({
        "name": "data", "size": length, "mode": 0o644, "mtime": "2026-11-25T12:00:00Z",
        "linkTarget": "",
    });
    let stat = BASE64_STANDARD.encode(stat.to_string());
    format!("Content-Type: application/x-tar\r\nX-Docker-Container-Path-Stat: {stat}\r\n")
}
