//! What an engine measures: numbers that say nothing but how busy it was.

use crate::json::Json;

/// Numbers of what is used, in an answer about statistics. Those of the second before are smaller, and
/// where nothing is used all are zero, and stay so.
pub(super) fn settle_stats(fields: &mut [(String, Json)]) {
    for (key, value) in fields {
        let used = value
            .get("cpu_usage")
            .and_then(|cpu| cpu.get("total_usage"));
        if !matches!(used, Some(Json::Number(number)) if number.as_u64() == Some(0)) {
            settle(key, value, key == "precpu_stats");
        }
    }
}

/// A sample is taken a second after the one before it, and what is used says how much of that.
pub(super) fn settle_span(fields: &mut [(String, Json)]) {
    for (key, value) in fields {
        if let Json::String(time) = value
            && key == "read"
        {
            *time = time.replacen("T00:00:00.", "T00:00:01.", 1);
        }
    }
}

fn settle(key: &str, value: &mut Json, before: bool) {
    match value {
        Json::Object(_) if key == "pids_stats" => {}
        Json::Object(fields) => fields
            .iter_mut()
            .for_each(|(key, value)| settle(key, value, before)),
        Json::Array(items) => items.iter_mut().for_each(|item| settle(key, item, before)),
        Json::Number(number) => {
            let used: u64 = if before { 1_000_000 } else { 2_000_000 };
            match key {
                "online_cpus" | "num_procs" | "major" | "minor" => {}
                // What it holds of files counts too.
                "usage" => *number = (used * 2).into(),
                "limit" => *number = (1_u64 << 30).into(),
                "system_cpu_usage" => *number = (used * 1000).into(),
                _ => *number = used.into(),
            }
        }
        _ => {}
    }
}

/// The cells of a table of processes that hold times, or ids.
pub(super) fn settle_processes(fields: &mut [(String, Json)], mut pid: impl FnMut(&str) -> String) {
    let titles = match fields.iter().find(|(key, _)| key == "Titles") {
        Some((_, Json::Array(titles))) => titles.clone(),
        _ => return,
    };
    let rows = match fields.iter_mut().find(|(key, _)| key == "Processes") {
        Some((_, Json::Array(rows))) => rows,
        _ => return,
    };
    for row in rows {
        let Json::Array(cells) = row else { continue };
        for (cell, title) in cells.iter_mut().zip(&titles) {
            let (Json::String(cell), Json::String(title)) = (cell, title) else {
                continue;
            };
            match title.as_str() {
                "PID" | "PPID" | "HPID" if cell.len() > 1 => *cell = pid(cell),
                "STIME" | "START" => *cell = "00:00".to_owned(),
                "TIME" => *cell = "00:00:00".to_owned(),
                "ELAPSED" => *cell = "1.000000000s".to_owned(),
                "C" | "%CPU" => *cell = "0".to_owned(),
                _ => {}
            }
        }
    }
}
