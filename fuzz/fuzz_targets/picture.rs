//! Pages as pictures: any file is painted within the limits, or refused. The painter's panics are caught where it is
//! called, so the fuzzer's hook that ends the process at any panic is taken out; one that gets through still ends it.
#![no_main]

use chancery::pdf::picture::{Scene, paint};
use chancery::pdf::text::Limits;
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: std::panic::set_hook(Box::new(|_| {})), |data: &[u8]| {
    let limits = Limits { steps: 20_000, content: 1 << 20, decoded: 4 << 20, ..Limits::default() };
    if let Ok(raster) = paint(data, 0, &limits, &|_| Scene::default()) {
        assert_eq!(raster.rgb.len(), usize::from(raster.width) * usize::from(raster.height) * 3);
    }
});
