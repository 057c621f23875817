//! How much of the machine a container may take, when it is created and later.

use std::time::Duration;

/// A count of bytes as the API has it. What is too large for it is for the engine to refuse.
pub(crate) fn bytes(bytes: u64) -> i64 {
    bytes.try_into().unwrap_or(i64::MAX)
}

/// Billionths of a processor, or why that is no number of processors.
pub(crate) fn nano_cpus(cpus: f64) -> Result<i64, String> {
    match cpus.is_finite() && cpus >= 0.0 {
        // `as` keeps within the bounds of the type.
        true => Ok((cpus * 1e9).round() as i64),
        false => Err(format!("{cpus} is no number of processors")),
    }
}

pub(crate) fn microseconds(duration: Duration) -> i64 {
    duration.as_micros().try_into().unwrap_or(i64::MAX)
}

/// Setters of limits, for a builder with `limits()`, which has the fields of `HostConfig`, and
/// with `problem()`.
macro_rules! limits {
    ($builder:ty) => {
        impl $builder {
            /// How many bytes of memory it may take; to take more ends it.
            pub fn memory(mut self, bytes: u64) -> Self {
                self.limits().memory = Some($crate::containers::settings::limits::bytes(bytes));
                self
            }

            /// How many bytes of memory it is left with when the machine runs short of it.
            pub fn memory_reservation(mut self, bytes: u64) -> Self {
                let bytes = $crate::containers::settings::limits::bytes(bytes);
                self.limits().memory_reservation = Some(bytes);
                self
            }

            /// How many bytes of memory and swap it may take together; twice the memory, if not
            /// set.
            pub fn memory_swap(mut self, bytes: u64) -> Self {
                let bytes = $crate::containers::settings::limits::bytes(bytes);
                self.limits().memory_swap = Some(bytes);
                self
            }

            /// Lets it take as much swap as there is.
            pub fn unlimited_swap(mut self) -> Self {
                self.limits().memory_swap = Some(-1);
                self
            }

            /// How many processors it may keep busy, such as `1.5`.
            ///
            /// # API version
            ///
            /// Since 1.25.
            pub fn cpus(mut self, cpus: f64) -> Self {
                match $crate::containers::settings::limits::nano_cpus(cpus) {
                    Ok(cpus) => self.limits().nano_cpus = Some(cpus),
                    Err(reason) => self.problem(reason),
                }
                self
            }

            /// Its share of the processors when others want them, too; 1024 if not set.
            pub fn cpu_shares(mut self, shares: u32) -> Self {
                self.limits().cpu_shares = Some(shares.into());
                self
            }

            /// In each `period`, the time of processors that [`cpu_quota`](Self::cpu_quota) gives
            /// it; to the microsecond.
            pub fn cpu_period(mut self, period: std::time::Duration) -> Self {
                let period = $crate::containers::settings::limits::microseconds(period);
                self.limits().cpu_period = Some(period);
                self
            }

            /// How much time of processors it may take in each [`cpu_period`](Self::cpu_period);
            /// to the microsecond.
            pub fn cpu_quota(mut self, quota: std::time::Duration) -> Self {
                let quota = $crate::containers::settings::limits::microseconds(quota);
                self.limits().cpu_quota = Some(quota);
                self
            }

            /// The processors that it may run on, such as `0-2,7`.
            pub fn cpuset_cpus(mut self, cpus: impl Into<String>) -> Self {
                self.limits().cpuset_cpus = Some(cpus.into());
                self
            }

            /// The nodes of memory that it may use, such as `0,1`.
            pub fn cpuset_mems(mut self, nodes: impl Into<String>) -> Self {
                self.limits().cpuset_mems = Some(nodes.into());
                self
            }

            /// How many processes and threads it may have; 0 is no limit.
            pub fn pids_limit(mut self, pids: u32) -> Self {
                self.limits().pids_limit = Some(pids.into());
                self
            }

            /// Its share of block I/O when others want it, too: 10 to 1000.
            pub fn blkio_weight(mut self, weight: u16) -> Self {
                self.limits().blkio_weight = Some(weight.into());
                self
            }
        }
    };
}
pub(crate) use limits;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_are_counted_in_billionths() {
        assert_eq!(nano_cpus(1.5), Ok(1_500_000_000));
        assert_eq!(nano_cpus(0.1), Ok(100_000_000));
        assert_eq!(nano_cpus(1e300), Ok(i64::MAX));
        for bad in [f64::NAN, f64::INFINITY, -0.5] {
            assert!(nano_cpus(bad).is_err(), "{bad}");
        }
        assert_eq!(bytes(u64::MAX), i64::MAX);
        assert_eq!(microseconds(Duration::from_millis(100)), 100_000);
    }
}
