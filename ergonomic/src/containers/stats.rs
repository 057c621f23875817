//! `docker stats`: what a container uses.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, SystemTime};

use futures_core::Stream;
use futures_util::TryStreamExt;

use super::Container;
use crate::answer::{Result, awaited};
use crate::error::{Call, Error};
use crate::moment;
use crate::operation;
use crate::raw::ContainerStatsParams;
use crate::raw::types::{ContainerBlkioStatEntry, ContainerCpuStats, ContainerStatsResponse};
use crate::stream::json::Values;
use crate::transport::{self, ByteBuffers};

/// Engines read their counters one after another, which tells in a shorter span than this.
const SHORTEST_SPAN: Duration = Duration::from_millis(100);

/// A request for what a container uses; await it for one sample, or watch it by
/// [`stream`](Stats::stream).
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Stats {
    container: Container,
    one_shot: bool,
}

impl Container {
    /// What this container uses: processors, memory, networks, disks.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such container. Of a container that
    /// does not run, Docker gives an empty sample and Podman an error.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let stats = docker.container("web").stats().await?;
    /// println!("{:.2} % of a processor", stats.cpu_percent().unwrap_or_default());
    /// println!("{} bytes of memory", stats.memory_used().unwrap_or_default());
    /// # Ok(()) }
    /// ```
    pub fn stats(&self) -> Stats {
        Stats {
            container: self.clone(),
            one_shot: false,
        }
    }
}

impl Stats {
    /// Whether to have the sample at once. Then it tells of no second before it, and so not
    /// [how busy](StatsSample::cpu_percent) the container is; if not set, Docker takes that second.
    ///
    /// # API version
    ///
    /// Since 1.41.
    pub fn one_shot(mut self, one_shot: bool) -> Self {
        self.one_shot = one_shot;
        self
    }

    /// Gives samples on and on, about one a second, until the stream is dropped or the container
    /// is removed.
    ///
    /// # Errors
    ///
    /// As for [`stats`](Container::stats); and [`is_invalid_input`](Error::is_invalid_input) with
    /// [`one_shot`](Stats::one_shot), which no stream is.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let mut samples = docker.container("web").stats().stream().await?;
    /// while let Some(sample) = samples.try_next().await? {
    ///     println!("{:?}", sample.memory_percent());
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn stream(self) -> Result<StatsStream> {
        if self.one_shot {
            let (call, _) = self.container.call("read stats of container")?;
            return Err(Error::invalid("a stream of stats is not one shot").during(&call));
        }
        self.open(true).await
    }

    async fn open(self, stream: bool) -> Result<StatsStream> {
        let docker = self.container.docker();
        let (call, name) = self.container.call("read stats of container")?;
        let params = ContainerStatsParams {
            stream: Some(stream),
            one_shot: self.one_shot.then_some(true),
        };
        docker.allows(&call, &params)?;
        let request = docker.raw().container_stats(name, &params);
        let response = operation::answered(&call, request).await?;
        let body = transport::buffers(&call, response.into_inner());
        Ok(StatsStream {
            values: Values::new(body, call.clone()),
            call,
        })
    }

    async fn send(self) -> Result<StatsSample> {
        let mut stats = self.open(false).await?;
        let sample = stats.try_next().await?;
        sample.ok_or_else(|| Error::decode("the engine gave no sample").during(&stats.call))
    }
}

awaited!(Stats => StatsSample);

/// What a container uses, sample by sample.
///
/// This is a [`Stream`] too, for the combinators of the `futures` crates.
///
/// # Dropping
///
/// Dropping it ends the request; the container is not touched.
#[must_use = "samples are taken as this is polled"]
pub struct StatsStream {
    values: Values<ByteBuffers, ContainerStatsResponse>,
    call: Call,
}

impl StatsStream {
    /// The next sample, or `None` when the container is gone.
    ///
    /// # Errors
    ///
    /// If the connection is lost, and if the engine cannot tell, as Podman of a container that
    /// does not run.
    pub async fn try_next(&mut self) -> Result<Option<StatsSample>> {
        TryStreamExt::try_next(self).await
    }
}

impl Stream for StatsStream {
    type Item = Result<StatsSample>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let value = ready!(Pin::new(&mut self.values).poll_next(cx));
        let sample = value.map(|value| value.and_then(|raw| sample(raw, &self.call)));
        Poll::Ready(sample)
    }
}

impl fmt::Debug for StatsStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StatsStream")
    }
}

/// The sample, or the failure that Podman puts in its place.
fn sample(raw: ContainerStatsResponse, call: &Call) -> Result<StatsSample> {
    let status = raw.response.and_then(|status| u16::try_from(status).ok());
    match raw.message {
        Some(message) if status.is_some() => Err(Error::engine(status, message).during(call)),
        message => Ok(StatsSample {
            raw: ContainerStatsResponse { message, ..raw },
        }),
    }
}

/// What a container uses at one time, and how that compares with a second before.
///
/// Values are computed as the CLI does. One is `None` where the sample does not have what it is
/// computed from: all of them, of a container that does not run.
///
/// See [`Container::stats`] for an example.
#[derive(Clone, Debug, PartialEq)]
pub struct StatsSample {
    raw: ContainerStatsResponse,
}

impl StatsSample {
    /// When the sample was taken; `None` of a container that does not run.
    pub fn time(&self) -> Option<SystemTime> {
        moment::parse_stamp(self.raw.read.as_deref()?.as_bytes())
    }

    /// How busy the container kept the processors since the sample before, in percent of one of
    /// them: 200 for two that did nothing else.
    ///
    /// `None` where there is no sample before: in the first of a stream, in one that is
    /// [one shot](Stats::one_shot), and in any single one of Podman. (Podman compares its first
    /// with one of some milliseconds before, when neither of its two counters was read anew.)
    pub fn cpu_percent(&self) -> Option<f64> {
        let passed = self.passed();
        if passed.is_some_and(|passed| passed < SHORTEST_SPAN) {
            return None;
        }
        let now = self.raw.cpu_stats.as_ref()?;
        let before = self.raw.precpu_stats.as_ref()?;
        if self.is_windows() {
            return windows_cpu_percent(passed?, self.raw.num_procs?, now, before);
        }
        let system = now.system_cpu_usage? as f64 - before.system_cpu_usage? as f64;
        let used = total_usage(now)? as f64 - total_usage(before)? as f64;
        if system <= 0.0 || used <= 0.0 {
            return Some(0.0);
        }
        let listed = now.cpu_usage.as_ref()?.percpu_usage.len();
        let online = now.online_cpus.filter(|&online| online > 0);
        Some(used / system * online.map_or(listed as f64, f64::from) * 100.0)
    }

    /// How long after the sample before this one was taken.
    fn passed(&self) -> Option<Duration> {
        let before = moment::parse_stamp(self.raw.preread.as_deref()?.as_bytes())?;
        self.time()?.duration_since(before).ok()
    }

    /// How much memory the container uses, in bytes, without what the kernel can take back: the
    /// cache of files that were not used of late.
    pub fn memory_used(&self) -> Option<u64> {
        let memory = self.raw.memory_stats.as_ref()?;
        if self.is_windows() {
            return memory.privateworkingset;
        }
        let usage = memory.usage?;
        // The two generations of cgroups have a name for it each.
        let cache = ["total_inactive_file", "inactive_file"].into_iter();
        let mut cache = cache.filter_map(|key| memory.stats.get(key).copied());
        Some(usage - cache.find(|&cache| cache < usage).unwrap_or_default())
    }

    /// How much memory the container may use, in bytes: its limit, or what the machine has.
    pub fn memory_limit(&self) -> Option<u64> {
        self.raw.memory_stats.as_ref()?.limit
    }

    /// How much of the memory that it may use the container uses, in percent.
    pub fn memory_percent(&self) -> Option<f64> {
        let limit = self.memory_limit().filter(|&limit| limit > 0)?;
        Some(self.memory_used()? as f64 / limit as f64 * 100.0)
    }

    /// How much came in by all networks since the container started, in bytes. `None` if it has
    /// no network of its own.
    pub fn network_received(&self) -> Option<u64> {
        let networks = self.raw.networks.values();
        sum(networks.map(|network| network.rx_bytes.unwrap_or_default()))
    }

    /// How much went out by all networks since the container started, in bytes. `None` if it has
    /// no network of its own.
    pub fn network_sent(&self) -> Option<u64> {
        let networks = self.raw.networks.values();
        sum(networks.map(|network| network.tx_bytes.unwrap_or_default()))
    }

    /// How much was read from disks since the container started, in bytes.
    pub fn block_read(&self) -> Option<u64> {
        let windows = self.raw.storage_stats.as_ref();
        let windows = windows.and_then(|storage| storage.read_size_bytes);
        windows.or_else(|| self.block(b'r'))
    }

    /// How much was written to disks since the container started, in bytes.
    pub fn block_written(&self) -> Option<u64> {
        let windows = self.raw.storage_stats.as_ref();
        let windows = windows.and_then(|storage| storage.write_size_bytes);
        windows.or_else(|| self.block(b'w'))
    }

    /// The sum over the devices of what was done that begins with this letter.
    fn block(&self, operation: u8) -> Option<u64> {
        let block = self.raw.blkio_stats.as_ref()?;
        let is_it = |entry: &&ContainerBlkioStatEntry| {
            let first = entry.op.as_deref().and_then(|op| op.as_bytes().first());
            first.is_some_and(|first| first.to_ascii_lowercase() == operation)
        };
        let entries = block.io_service_bytes_recursive.iter().filter(is_it);
        sum(entries.map(|entry| entry.value.unwrap_or_default()))
    }

    /// How many processes and threads the container has.
    pub fn pids(&self) -> Option<u64> {
        self.raw.pids_stats.as_ref()?.current
    }

    /// All that the engine says, as it says it.
    pub fn raw(&self) -> &ContainerStatsResponse {
        &self.raw
    }

    /// Only Windows counts processors there.
    fn is_windows(&self) -> bool {
        self.raw.num_procs.is_some_and(|count| count > 0)
            || self.raw.os_type.as_deref() == Some("windows")
    }
}

/// Windows counts in units of 100 ns, and against the time that passed.
fn windows_cpu_percent(
    passed: Duration,
    processors: u32,
    now: &ContainerCpuStats,
    before: &ContainerCpuStats,
) -> Option<f64> {
    let possible = passed.as_nanos() as f64 / 100.0 * f64::from(processors);
    let used = total_usage(now)?.saturating_sub(total_usage(before)?);
    let percent = used as f64 / possible * 100.0;
    Some(if possible > 0.0 { percent } else { 0.0 })
}

fn total_usage(stats: &ContainerCpuStats) -> Option<u64> {
    stats.cpu_usage.as_ref()?.total_usage
}

/// `None` for nothing at all; an engine's counters may have run over.
fn sum(values: impl Iterator<Item = u64>) -> Option<u64> {
    values.reduce(u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(json: &str) -> StatsSample {
        let raw = serde_json::from_str(json).unwrap();
        let call = Call::new("read stats of container", "unix:///d.sock".into());
        super::sample(raw, &call).unwrap()
    }

    /// Docker 20.10 with cgroups v1.
    const CGROUP1: &str = r#"{"read":"2026-11-22T04:49:14.541121193Z","num_procs":0,"storage_stats":{},
        "preread":"2026-11-22T04:49:13.533406292Z","pids_stats":{"current":3},
        "blkio_stats":{"io_service_bytes_recursive":[
            {"major":254,"minor":0,"op":"Read","value":1769472},{"major":254,"minor":0,"op":"Write","value":5},
            {"major":254,"minor":0,"op":"Sync","value":1769472},{"major":8,"minor":0,"op":"read","value":1},
            {"op":""},{}]},
        "cpu_stats":{"cpu_usage":{"total_usage":349688347,"percpu_usage":[193207554,156480793]},
            "system_cpu_usage":13617660000000,"online_cpus":2},
        "precpu_stats":{"cpu_usage":{"total_usage":348075262},"system_cpu_usage":13615720000000,"online_cpus":2},
        "memory_stats":{"usage":2625536,"limit":67108864,"stats":{"cache":2097152,"total_inactive_file":528384}},
        "networks":{"eth0":{"rx_bytes":2420,"tx_bytes":628},"eth1":{"rx_bytes":1540,"tx_bytes":698}}}"#;

    #[test]
    fn values_are_those_of_the_cli() {
        let stats = sample(CGROUP1);
        // 1613085 of 1940000000 ns, of two processors.
        assert!((stats.cpu_percent().unwrap() - 0.16629742).abs() < 1e-6);
        assert_eq!(stats.memory_used(), Some(2625536 - 528384));
        assert_eq!(stats.memory_limit(), Some(67108864));
        assert_eq!(stats.memory_percent(), Some(3.125));
        assert_eq!(stats.network_received(), Some(3960));
        assert_eq!(stats.network_sent(), Some(1326));
        assert_eq!(stats.block_read(), Some(1769473));
        assert_eq!(stats.block_written(), Some(5));
        assert_eq!(stats.pids(), Some(3));
        assert!(stats.time().is_some());
    }

    #[test]
    fn a_span_of_milliseconds_tells_nothing() {
        let first = CGROUP1.replace("2026-11-22T04:49:13.533406292Z", "2026-11-22T04:49:14.537Z");
        assert_eq!(sample(&first).cpu_percent(), None);
    }

    #[test]
    fn engines_that_do_not_count_processors_list_them() {
        let listed = CGROUP1.replace(",\"online_cpus\":2", "");
        assert_eq!(sample(&listed).cpu_percent(), sample(CGROUP1).cpu_percent());
    }

    #[test]
    fn newer_cgroups_have_other_names() {
        let memory = |stats: &str| {
            let json = format!(r#"{{"memory_stats":{{"usage":100,"limit":200,"stats":{stats}}}}}"#);
            sample(&json).memory_used()
        };
        assert_eq!(memory(r#"{"inactive_file":30,"anon":5}"#), Some(70));
        assert_eq!(memory(r#"{"inactive_file":101}"#), Some(100));
        assert_eq!(memory("{}"), Some(100));
        assert_eq!(memory("null"), Some(100));
    }

    #[test]
    fn windows_is_counted_in_other_units() {
        let stats = sample(
            r#"{"num_procs":2,"read":"2026-11-22T04:49:14Z","preread":"2026-11-22T04:49:13Z",
            "cpu_stats":{"cpu_usage":{"total_usage":15000000}},"precpu_stats":{"cpu_usage":{"total_usage":10000000}},
            "memory_stats":{"commitbytes":9,"privateworkingset":7},
            "storage_stats":{"read_size_bytes":3,"write_size_bytes":4}}"#,
        );
        // Half a second of a second of two.
        assert_eq!(stats.cpu_percent(), Some(25.0));
        assert_eq!(stats.memory_used(), Some(7));
        assert_eq!(stats.memory_percent(), None);
        assert_eq!(
            (stats.block_read(), stats.block_written()),
            (Some(3), Some(4))
        );
    }

    #[test]
    fn a_container_that_does_not_run_uses_nothing_known() {
        let empty = r#"{"read":"0001-01-01T00:00:00Z","preread":"0001-01-01T00:00:00Z","pids_stats":{},
            "blkio_stats":{"io_service_bytes_recursive":null},"num_procs":0,"storage_stats":{},
            "cpu_stats":{"cpu_usage":{"total_usage":0},"throttling_data":{"periods":0}},
            "precpu_stats":{"cpu_usage":{"total_usage":0}},"memory_stats":{},"name":"/c","id":"c"}"#;
        for json in [empty, "{}"] {
            let stats = sample(json);
            assert_eq!(stats.time(), None);
            assert_eq!(stats.cpu_percent(), None);
            assert_eq!(stats.memory_percent(), None);
            assert_eq!(stats.network_received(), None);
            assert_eq!(stats.block_read(), None);
            assert_eq!(stats.pids(), None);
        }
    }

    #[test]
    fn counters_that_go_back_are_no_panic() {
        let back = CGROUP1.replace("348075262", "18446744073709535613");
        assert_eq!(sample(&back).cpu_percent(), Some(0.0));
        let over = CGROUP1.replace("1769472", "18446744073709551615");
        assert_eq!(sample(&over).block_read(), Some(u64::MAX));
    }

    #[test]
    fn podmans_failure_is_an_error() {
        let raw =
            r#"{"cause":"container is stopped","message":"container is stopped","response":500}"#;
        let call = Call::new("read stats of container", "unix:///d.sock".into());
        let error = super::sample(serde_json::from_str(raw).unwrap(), &call).unwrap_err();
        assert_eq!(error.status(), Some(500));
        assert_eq!(error.engine_message(), Some("container is stopped"));
    }
}
