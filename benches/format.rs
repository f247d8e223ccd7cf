//! Facts and rules of a ten-page PDF, beside the interpreter's bare work on the same file.

use chancery::format::{check, facts::Facts};
use chancery::pdf::text::{Limits, read};
use chancery::profile::Profile;
use criterion::{Criterion, criterion_group, criterion_main};
use hayro_interpret::font::GlyphRun;
use hayro_interpret::kurbo::{Affine, BezPath, Rect};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, SoftMask, interpret_page,
};
use std::hint::black_box;

/// A device that does nothing at all.
struct Nothing;

impl<'a> Device<'a> for Nothing {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_glyph_run(&mut self, _: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

fn bare(bytes: Vec<u8>) {
    let Ok(pdf) = hayro_syntax::Pdf::new(bytes) else { return };
    let cache = InterpreterCache::new();
    for page in pdf.pages().iter() {
        let everything = Rect::new(-1e6, -1e6, 1e6, 1e6);
        let settings = InterpreterSettings::default();
        let mut context = Context::new(Affine::IDENTITY, everything, &cache, pdf.xref(), settings);
        interpret_page(page, &mut context, &mut Nothing);
    }
}

/// The file of the fixtures, its pages named again until there are ten.
fn ten_pages() -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/documents/cong-van.pdf");
    let bytes = std::fs::read(path).unwrap_or_default();
    let Ok(pdf) = chancery::pdf::Pdf::open(&bytes) else { return bytes };
    let Ok(pages) = chancery::pdf::pages(&pdf, pdf.newest(), 100) else { return bytes };
    repeated(&pdf, &pages).map_or(bytes.clone(), |added| [bytes.as_slice(), &added].concat())
}

/// A revision whose page tree names copies of the pages.
fn repeated(pdf: &chancery::pdf::Pdf<'_>, pages: &[chancery::pdf::Reference]) -> Option<Vec<u8>> {
    use chancery::pdf::{Dictionary, Object};
    let mut writer = chancery::pdf::writer::RevisionWriter::new(pdf).ok()?;
    let revision = pdf.newest();
    let catalog = pdf.catalog(revision).ok()?;
    let root = match catalog.get("Pages") {
        Some(Object::Reference(root)) => *root,
        _ => return None,
    };
    let mut kids = Vec::new();
    for page in pages.iter().cycle().take(10) {
        let Object::Dictionary(mut copy) = pdf.resolve(*page, revision).ok()? else { return None };
        copy.set("Parent", Object::Reference(root));
        kids.push(Object::Reference(writer.add(&Object::Dictionary(copy))));
    }
    let Object::Dictionary(old) = pdf.resolve(root, revision).ok()? else { return None };
    let mut tree: Dictionary = old;
    tree.set("Count", Object::Integer(10));
    tree.set("Kids", Object::Array(kids));
    writer.put(root, &Object::Dictionary(tree));
    Some(writer.finish([0; 16]).ok()?.bytes)
}

fn measure(criterion: &mut Criterion) {
    let bytes = ten_pages();
    let limits = Limits::default();
    let counted = read(bytes.clone(), &limits).map_or(0, |pages| pages.count);
    assert_eq!(counted, 10, "the file to be measured has ten pages");
    let mut group = criterion.benchmark_group("format, ten pages");
    group.bench_function("interpreter alone", |bench| bench.iter(|| bare(black_box(bytes.clone()))));
    group.bench_function("facts", |bench| {
        bench.iter(|| read(black_box(bytes.clone()), &limits).map(|pages| Facts::of_pdf(&pages)));
    });
    group.bench_function("facts and rules", |bench| {
        bench.iter(|| check(black_box(bytes.clone()), Profile::builtin(), &limits));
    });
    group.finish();
}

criterion_group!(benches, measure);
criterion_main!(benches);
