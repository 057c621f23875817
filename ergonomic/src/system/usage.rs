//! What takes up a disk, in the two forms that engines tell it in: as sums since API 1.52, and
//! before as lists, to be summed up as the CLI always did.

use super::Usage;
use crate::raw::types::{
    BuildCache, BuildCacheDiskUsage, ContainerSummary, ContainersDiskUsage, ImageSummary,
    ImagesDiskUsage, Volume, VolumesDiskUsage,
};

/// Sums that an engine has made.
macro_rules! told {
    ($($told:ty => $item:ty;)*) => {$(
        impl From<$told> for Usage<$item> {
            fn from(told: $told) -> Self {
                Self {
                    total_count: amount(told.total_count),
                    active_count: amount(told.active_count),
                    total_size: amount(told.total_size),
                    reclaimable: amount(told.reclaimable),
                    items: told.items,
                }
            }
        }
    )*};
}

told! {
    ImagesDiskUsage => ImageSummary;
    ContainersDiskUsage => ContainerSummary;
    VolumesDiskUsage => Volume;
    BuildCacheDiskUsage => BuildCache;
}

/// What of a kind is added up: how many bytes one takes, and whether it is in use.
struct Item {
    size: u64,
    active: bool,
}

fn sum<T>(items: Vec<T>, item: impl Fn(&T) -> Item) -> Usage<T> {
    let mut usage = Usage {
        total_count: items.len() as u64,
        ..Usage::default()
    };
    for Item { size, active } in items.iter().map(item) {
        usage.total_size = usage.total_size.saturating_add(size);
        match active {
            true => usage.active_count += 1,
            false => usage.reclaimable = usage.reclaimable.saturating_add(size),
        }
    }
    usage.items = items;
    usage
}

/// Images share layers: what is not theirs alone cannot be had back while one of them is in use.
pub(super) fn images(images: Vec<ImageSummary>, layers: Option<i64>) -> Usage<ImageSummary> {
    let mut usage = sum(images, |image| {
        let size = known(image.size).zip(known(image.shared_size));
        Item {
            size: size.map_or(0, |(size, shared)| size.saturating_sub(shared)),
            active: image.containers.unwrap_or_default() > 0,
        }
    });
    let used = usage.total_size - usage.reclaimable;
    usage.total_size = amount(layers);
    usage.reclaimable = match usage.total_count {
        0 => 0,
        _ => usage.total_size.saturating_sub(used),
    };
    usage
}

pub(super) fn containers(containers: Vec<ContainerSummary>) -> Usage<ContainerSummary> {
    sum(containers, |container| {
        let state = container.state.as_ref().map(|state| state.to_string());
        Item {
            size: amount(container.size_rw),
            active: matches!(state.as_deref(), Some("running" | "paused" | "restarting")),
        }
    })
}

/// A driver may not tell the size of a volume.
pub(super) fn volumes(volumes: Vec<Volume>) -> Usage<Volume> {
    sum(volumes, |volume| {
        let usage = volume.usage_data.as_ref();
        Item {
            size: amount(usage.and_then(|usage| usage.size)),
            active: usage.and_then(|usage| usage.ref_count).unwrap_or_default() > 0,
        }
    })
}

/// What is shared is counted where it is not.
pub(super) fn build_cache(records: Vec<BuildCache>) -> Usage<BuildCache> {
    sum(records, |record| Item {
        size: match record.shared {
            Some(true) => 0,
            _ => amount(record.size),
        },
        active: record.in_use.unwrap_or_default(),
    })
}

/// Engines write -1 for what they do not know.
fn known(number: Option<i64>) -> Option<u64> {
    number.and_then(|number| number.try_into().ok())
}

fn amount(number: Option<i64>) -> u64 {
    known(number).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn list<T: serde::de::DeserializeOwned>(items: Value) -> Vec<T> {
        serde_json::from_value(items).unwrap()
    }

    fn sums<T>(usage: &Usage<T>) -> [u64; 4] {
        let Usage {
            total_count,
            active_count,
            total_size,
            reclaimable,
            ..
        } = *usage;
        [total_count, active_count, total_size, reclaimable]
    }

    #[test]
    fn layers_of_images_in_use_are_not_reclaimable() {
        let three = json!([
            {"Id": "a", "Containers": 2, "Size": 100, "SharedSize": 40},
            {"Id": "b", "Containers": 0, "Size": 70, "SharedSize": 40},
            {"Id": "c", "Containers": 1, "Size": -1, "SharedSize": -1}
        ]);
        assert_eq!(sums(&images(list(three), Some(130))), [3, 2, 130, 70]);
        assert_eq!(sums(&images(Vec::new(), Some(130))), [0, 0, 130, 0]);
        let odd = json!([{"Containers": 1, "Size": 500, "SharedSize": 0}]);
        assert_eq!(sums(&images(list(odd), Some(130))), [1, 1, 130, 0]);
    }

    #[test]
    fn containers_that_ended_are_reclaimable() {
        let some = json!([
            {"State": "running", "SizeRw": 1},
            {"State": "paused", "SizeRw": 2},
            {"State": "exited", "SizeRw": 4},
            {"State": "created"},
            {"State": "stopping", "SizeRw": -1}
        ]);
        assert_eq!(sums(&containers(list(some))), [5, 2, 7, 4]);
    }

    #[test]
    fn volumes_of_unknown_size_count() {
        let some = json!([
            {"Name": "a", "UsageData": {"RefCount": 1, "Size": 10}},
            {"Name": "b", "UsageData": {"RefCount": 0, "Size": 20}},
            {"Name": "c", "UsageData": {"RefCount": -1, "Size": -1}},
            {"Name": "d", "UsageData": null}
        ]);
        assert_eq!(sums(&volumes(list(some))), [4, 1, 30, 20]);
    }

    #[test]
    fn shared_records_are_counted_once() {
        let some = json!([
            {"ID": "a", "Size": 10, "InUse": true},
            {"ID": "b", "Size": 20, "InUse": false},
            {"ID": "c", "Size": 40, "InUse": true, "Shared": true}
        ]);
        assert_eq!(sums(&build_cache(list(some))), [3, 2, 30, 20]);
    }

    #[test]
    fn no_sum_overflows() {
        let huge = json!([{"SizeRw": i64::MAX}, {"SizeRw": i64::MAX}, {"SizeRw": i64::MAX}]);
        assert_eq!(containers(list(huge)).total_size, u64::MAX);
    }
}
