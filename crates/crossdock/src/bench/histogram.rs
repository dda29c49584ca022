//! Latencies in buckets of fixed relative width.

/// Each power of two is cut into this many buckets: a value is known to 1/64, 1.6 %.
const PARTS: u64 = 64;
const PARTS_LOG2: u32 = PARTS.trailing_zeros();
/// Values at and above 2⁴⁰ ns (18 minutes) share the last bucket.
const MAX_LOG2: u32 = 40;
const BUCKETS: usize = ((MAX_LOG2 - PARTS_LOG2 + 1) as usize) * PARTS as usize;

/// Counts of values, which are nanoseconds here.
#[derive(Clone, Debug)]
pub(super) struct Histogram {
    counts: Vec<u64>,
    total: u64,
    max: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; BUCKETS], total: 0, max: 0 }
    }
}

impl Histogram {
    /// Counts one value.
    #[inline]
    pub(super) fn record(&mut self, value: u64) {
        if let Some(count) = self.counts.get_mut(bucket(value)) {
            *count += 1;
        }
        self.total += 1;
        self.max = self.max.max(value);
    }

    /// Adds another's counts.
    pub(super) fn merge(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.total += other.total;
        self.max = self.max.max(other.max);
    }

    /// Values counted.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// The largest value, exactly.
    pub(super) fn max(&self) -> u64 {
        self.max
    }

    /// The value that `percent` of all values do not exceed, rounded up to its bucket's end; 0 if nothing was counted.
    pub(super) fn percentile(&self, percent: f64) -> u64 {
        let rank = ((self.total as f64 * percent / 100.0).ceil() as u64).max(1);
        let mut seen = 0;
        for (index, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return bucket_end(index).min(self.max);
            }
        }
        self.max
    }
}

/// Values below 64 have a bucket each; above, the top bit chooses the row and the six bits behind it the bucket.
#[inline]
fn bucket(value: u64) -> usize {
    if value < PARTS {
        return value as usize;
    }
    let log2 = value.ilog2();
    if log2 >= MAX_LOG2 {
        return BUCKETS - 1;
    }
    let row = u64::from(log2 - PARTS_LOG2 + 1);
    let part = (value >> (log2 - PARTS_LOG2)) - PARTS;
    (row * PARTS + part) as usize
}

/// The largest value that falls into this bucket.
fn bucket_end(index: usize) -> u64 {
    let (row, part) = (index as u64 / PARTS, index as u64 % PARTS);
    match row {
        0 => part,
        row => ((PARTS + part + 1) << (row - 1)) - 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_lies_in_its_bucket_and_within_two_percent_of_its_end() {
        let mut value = 0u64;
        while value < 1 << MAX_LOG2 {
            let index = bucket(value);
            let end = bucket_end(index);
            assert!(end >= value, "{value} is above {end}");
            assert!(end - value <= value / 64, "{value} is far from {end}");
            if index > 0 {
                assert!(bucket_end(index - 1) < value, "{value} belongs to an earlier bucket");
            }
            value += 1 + value / 97;
        }
        assert_eq!(bucket((1 << MAX_LOG2) - 1), BUCKETS - 1);
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn percentiles_are_those_of_the_values() {
        let mut histogram = Histogram::default();
        for value in 1..=100_000u64 {
            histogram.record(value * 1000);
        }
        for (percent, expected) in [(50.0, 50_000_000u64), (90.0, 90_000_000), (99.0, 99_000_000), (99.9, 99_900_000)] {
            let found = histogram.percentile(percent);
            assert!(found.abs_diff(expected) <= expected / 50, "p{percent} is {found}");
        }
        assert_eq!(histogram.percentile(100.0), 100_000_000);
        assert_eq!((histogram.total(), histogram.max()), (100_000, 100_000_000));
    }

    #[test]
    fn merged_counts_are_the_counts_of_both() {
        let (mut low, mut high) = (Histogram::default(), Histogram::default());
        low.record(10);
        high.record(1 << 50);
        low.merge(&high);
        assert_eq!((low.percentile(50.0), low.total(), low.max()), (10, 2, 1 << 50));
        assert_eq!(Histogram::default().percentile(99.0), 0);
    }
}
