//! Facts and rules of a ten-page PDF and DOCX, and a page painted with its findings, each beside the bare work of
//! the parts it is made with on the same file, and beside poppler.

use chancery::format::overlay::{self, Encoding};
use chancery::format::{check, facts::Facts};
use chancery::messages::Language;
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
use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

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

/// A ten-page DOCX: the fixture's paragraphs again and again.
fn ten_page_docx() -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/documents/cong-van.docx");
    let bytes = std::fs::read(path).unwrap_or_default();
    longer(&bytes).unwrap_or(bytes)
}

fn longer(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..package.len() {
        let mut entry = package.by_index(at).ok()?;
        let name = entry.name().ok()?.into_owned();
        let mut text = Vec::new();
        entry.read_to_end(&mut text).ok()?;
        if name == "word/document.xml" {
            let whole = String::from_utf8(text).ok()?;
            let (head, body) = whole.split_once("<w:body>")?;
            let (body, foot) = body.rsplit_once("<w:sectPr")?;
            text = format!("{head}<w:body>{}<w:sectPr{foot}", body.repeat(6)).into_bytes();
        }
        writer.start_file(name, zip::write::SimpleFileOptions::default()).ok()?;
        writer.write_all(&text).ok()?;
    }
    Some(writer.finish().ok()?.into_inner())
}

/// What reading its XML alone takes: the parts unpacked and parsed.
fn bare_xml(bytes: &[u8]) -> Option<usize> {
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut nodes = 0;
    for at in 0..package.len() {
        let mut entry = package.by_index(at).ok()?;
        if !entry.name().ok()?.ends_with(".xml") {
            continue;
        }
        let mut text = String::new();
        entry.read_to_string(&mut text).ok()?;
        nodes += roxmltree::Document::parse(&text).ok()?.descendants().count();
    }
    Some(nodes)
}

/// Poppler on the same file, with the start of its process, as anybody runs it.
fn poppler(path: &Path) -> bool {
    let mut command = Command::new("pdftotext");
    command.arg("-bbox-layout").arg(path).arg("-").stdout(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// What painting a page takes: the painter alone, by its own settings, as many pixels a point as we paint.
fn bare_page(bytes: &[u8], dots: f32) -> Option<hayro::vello_cpu::Pixmap> {
    let pdf = hayro_syntax::Pdf::new(bytes.to_vec()).ok()?;
    let cache = hayro::RenderCache::new();
    let page = pdf.pages().first()?;
    let background = hayro::vello_cpu::color::palette::css::WHITE;
    let scale = dots / 72.0;
    let settings = hayro::PixmapSettings { x_scale: scale, y_scale: scale, bg_color: background };
    let rendering = hayro::RenderSettings::default();
    Some(hayro::render(page, &cache, &InterpreterSettings::default(), &rendering, &settings))
}

/// The same, and its pixels as a PNG by the encoder's fast setting, as ours are.
fn bare_png(bytes: &[u8], dots: f32) -> Option<usize> {
    let painted = bare_page(bytes, dots)?;
    let mut rgb = Vec::with_capacity(painted.data_as_u8_slice().len());
    for pixel in painted.data_as_u8_slice().chunks_exact(4) {
        rgb.extend_from_slice(pixel.get(..3)?);
    }
    let mut bytes = Vec::new();
    let (width, height) = (u32::from(painted.width()), u32::from(painted.height()));
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Fast);
    encoder.write_header().ok()?.write_image_data(&rgb).ok()?;
    Some(bytes.len())
}

fn measure(criterion: &mut Criterion) {
    let bytes = ten_pages();
    let limits = Limits::default();
    let counted = read(bytes.clone(), &limits).map_or(0, |pages| pages.count);
    assert_eq!(counted, 10, "the file to be measured has ten pages");
    let file = tempfile::NamedTempFile::new().ok().filter(|file| std::fs::write(file.path(), &bytes).is_ok());
    let mut group = criterion.benchmark_group("format, ten pages");
    group.bench_function("interpreter alone", |bench| bench.iter(|| bare(black_box(bytes.clone()))));
    group.bench_function("facts", |bench| {
        bench.iter(|| read(black_box(bytes.clone()), &limits).map(|pages| Facts::of_pdf(&pages, &[])));
    });
    group.bench_function("facts and rules", |bench| {
        bench.iter(|| check(black_box(bytes.clone()), Profile::builtin(), &limits));
    });
    if let Some(file) = file.filter(|file| poppler(file.path())) {
        group.bench_function("pdftotext -bbox-layout", |bench| bench.iter(|| poppler(file.path())));
    }
    group.finish();

    let docx = ten_page_docx();
    let mut group = criterion.benchmark_group("format, DOCX of ten pages");
    group.bench_function("XML alone", |bench| bench.iter(|| bare_xml(black_box(&docx))));
    group.bench_function("facts and rules", |bench| {
        bench.iter(|| check(black_box(docx.clone()), Profile::builtin(), &limits));
    });
    group.finish();

    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/documents/sai-so-ngay.pdf");
    let page = std::fs::read(path).unwrap_or_default();
    let Ok(report) = check(page.clone(), Profile::builtin(), &limits) else { return };
    let drawn = |encoding| {
        overlay::draw(&page, &report, Profile::builtin(), 1, encoding, Language::Vi, &limits)
            .map_or(0, |bytes| bytes.len())
    };
    assert!(drawn(Encoding::Png) > 0, "the page can be drawn");
    let mut group = criterion.benchmark_group("format, a page painted");
    group.bench_function("painter alone", |bench| bench.iter(|| bare_page(black_box(&page), 110.0)));
    group.bench_function("painter alone, as PNG", |bench| bench.iter(|| bare_png(black_box(&page), 110.0)));
    group.bench_function("page with findings", |bench| {
        bench
            .iter(|| overlay::paint(black_box(&page), &report, Profile::builtin(), 1, Language::Vi, &limits));
    });
    group.bench_function("page with findings, as PNG", |bench| bench.iter(|| drawn(Encoding::Png)));
    group.bench_function("page with findings, as SVG", |bench| bench.iter(|| drawn(Encoding::Svg)));
    group.finish();
}

criterion_group!(benches, measure);
criterion_main!(benches);
