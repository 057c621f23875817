//! What reads bytes of others, given any bytes: a function each, which panics where it breaks a
//! promise.
//!
//! `tests/fuzz` runs them under libFuzzer and is all that `--cfg fuzzing` is for. The test below
//! runs the same functions on the inputs that are kept there.

mod cut;
mod endpoint;
mod files;
mod images;
mod streams;
mod unpack;

pub use endpoint::endpoint;
pub use files::{config_file, ignore};
pub use images::reference;
pub use streams::{frames, json, lines};
pub use unpack::unpack;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    /// A target runs all that is kept for it. Which of them failed, a panic does not tell.
    fn replay(target: &str, run: fn(&[u8])) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz/corpus");
        let kept = fs::read_dir(folder.join(target)).unwrap();
        let mut count = 0;
        for input in kept {
            let path = input.unwrap().path();
            println!("{}", path.display());
            run(&fs::read(&path).unwrap());
            count += 1;
        }
        assert!(count > 0, "nothing is kept for {target}");
    }

    macro_rules! replayed {
        ($($target:ident)*) => {$(
            #[test]
            fn $target() {
                replay(stringify!($target), super::$target);
            }
        )*};
    }

    replayed! { config_file endpoint frames ignore json lines reference unpack }
}
