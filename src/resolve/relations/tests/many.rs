//! As many documents as there may ever be.

use super::*;

/// The fingerprint of one of many documents: 5 in 100 copy one of the thousand before, a fifth of those with another
/// text; 20 are one of three form letters with other names in them, so that each two of them have a third of their
/// numbers in common.
fn one_of_many(key: i64, dice: &mut impl FnMut() -> u64) -> Fingerprint {
    let lot = dice() % 100;
    let of = if lot < 5 { (key - (dice() % 1000).cast_signed()).max(0) } else { key };
    let spoilt = if lot == 0 { key } else { of };
    let form = (lot >= 80).then(|| i64::try_from(dice() % 3).unwrap());
    let sketch = (0..10).map(|band| match form {
        Some(form) if !dice().is_multiple_of(3) => u32::try_from(form * 10 + band).unwrap(),
        _ => {
            let number = u32::try_from(of * 10 + band).unwrap();
            number.wrapping_mul(0x9e37_79b1) ^ u32::from(spoilt != of && band > 5)
        }
    });
    Fingerprint {
        digest: spoilt + 1,
        sketch: sketch.collect(),
        length: 250,
        title: form.unwrap_or(of + 3),
        agencies: vec![format!("灵洲市第{}局", of % 30_000)],
        ..Fingerprint::default()
    }
}

/// As many documents as the largest archive in sight; run with `--ignored --nocapture`, in release, to see time and
/// memory.
#[test]
#[ignore = "a measurement: 2.3 million fingerprints"]
fn a_large_catalogue_is_grouped_in_linear_time() {
    let mut of_each = Vec::new();
    for count in [100_000, 500_000, 2_283_400_i64] {
        let mut seed = 1_u64;
        let mut dice = || {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            seed >> 33
        };
        let mut groups = Groups::default();
        (0..count).for_each(|key| groups.push(key, &one_of_many(key, &mut dice)));
        let begun = std::time::Instant::now();
        groups.same_texts();
        let likeness = |pair: Pair| match groups.keys(pair) {
            (a, b) if b - a < 1000 => Likeness { resemblance: 0.95, containment: 0.99 },
            _ => Likeness { resemblance: 0.74, containment: 0.85 },
        };
        let pairs: Vec<(Pair, Likeness)> =
            groups.candidates().into_iter().map(|pair| (pair, likeness(pair))).collect();
        let (sought, compared) = (begun.elapsed(), pairs.len());
        groups.near_texts(pairs);
        let before = groups.forms();
        let kin = groups.kin(&before);
        let all = begun.elapsed();
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let memory = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
        eprintln!(
            "{count}: {} in groups, {compared} pairs in {sought:.1?}, all in {all:.1?}, {memory}",
            kin.len()
        );
        assert!(kin.len() > usize::try_from(count / 20).unwrap());
        of_each.push(all.as_secs_f64() / f64::from(u32::try_from(count).unwrap()));
    }
    assert!(of_each[2] < 3.0 * of_each[0], "{of_each:?}");
}
