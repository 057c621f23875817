//! Does one thing in one way, and prints what memory it took.

use std::alloc::System;
use std::any::Any;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Parser;
use dockwright_bench::contenders::floor::Hyper;
use dockwright_bench::contenders::{bollard, ours};
use dockwright_bench::memory::{Memory, Who, Work, status};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[derive(Parser)]
struct Arguments {
    who: Who,
    work: Work,
    socket: PathBuf,
    argument: String,
}

/// What came of the work, kept until it has been looked at.
type Kept = Box<dyn Any>;

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let memory = runtime.block_on(async {
        match arguments.who {
            Who::Ours => with_ours(&arguments).await,
            Who::Hyper => with_hyper(&arguments).await,
            Who::Bollard => with_bollard(&arguments).await,
        }
    })?;
    println!("{}", serde_json::to_string(&memory)?);
    Ok(())
}

async fn with_ours(arguments: &Arguments) -> Result<Memory> {
    let docker = ours::connect(&arguments.socket).await?;
    ours::pings(&docker, 1).await?;
    let count = arguments.argument.parse();
    around(async || {
        Ok(match arguments.work {
            Work::Pings => kept(ours::pings(&docker, count?).await?),
            Work::List => kept(ours::list(&docker).await?),
            Work::Logs => kept(ours::logs(&docker).await?),
            Work::Events => kept(ours::events(&docker).await?),
            Work::Follow => kept(ours::follow(&docker, count?).await?),
            Work::Build => kept(ours::build(&docker, Path::new(&arguments.argument)).await?),
        })
    })
    .await
}

async fn with_hyper(arguments: &Arguments) -> Result<Memory> {
    let hyper = Hyper::new(&arguments.socket);
    hyper.pings(1).await?;
    let count = arguments.argument.parse();
    around(async || {
        Ok(match arguments.work {
            Work::Pings => kept(hyper.pings(count?).await?),
            Work::Follow => kept(hyper.follow(count?).await?),
            work => bail!("hyper alone does no {work:?}"),
        })
    })
    .await
}

async fn with_bollard(arguments: &Arguments) -> Result<Memory> {
    let docker = bollard::connect(&arguments.socket)?;
    bollard::pings(&docker, 1).await?;
    let count = arguments.argument.parse();
    around(async || {
        Ok(match arguments.work {
            Work::Pings => kept(bollard::pings(&docker, count?).await?),
            Work::List => kept(bollard::list(&docker).await?),
            Work::Follow => kept(bollard::follow(&docker, count?).await?),
            work => bail!("nobody asks for {work:?} of bollard"),
        })
    })
    .await
}

/// Looks at the memory around some work.
async fn around(work: impl AsyncFnOnce() -> Result<Kept>) -> Result<Memory> {
    let before = status("VmRSS")?;
    let region = Region::new(COUNTING);
    let kept = work().await?;
    let change = region.change();
    let resident = status("VmRSS")?;
    drop(kept);
    Ok(Memory {
        allocations: (change.allocations + change.reallocations) as u64,
        allocated: change.bytes_allocated as u64,
        before,
        resident,
        peak: status("VmHWM")?,
    })
}

fn kept<T: 'static>(value: T) -> Kept {
    Box::new(value)
}
