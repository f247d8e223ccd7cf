//! The device that counts what painting a page asks for: what is drawn, and beside it what listening leaves
//! out, since it is drawn within something else: the cells of patterns, masks, and letters that are drawings.

use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::kurbo::{BezPath, Rect};
use hayro_interpret::pattern::{Pattern, TilingPattern};
use hayro_interpret::{
    BlendMode, CacheKey, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, Paint, SoftMask,
};
use hayro_syntax::object::Dict;
use std::collections::HashSet;

/// What ends the counting of a page that asks for too much.
struct Exhausted;

/// The device.
pub(super) struct Effort {
    glyphs: usize,
    steps: usize,
    /// Masks that were drawn, which are kept while the page, or the pattern or mask they stand in, is painted.
    masks: HashSet<u128>,
}

impl Effort {
    pub(super) fn new(glyphs: usize, steps: usize) -> Self {
        Self { glyphs, steps, masks: HashSet::new() }
    }

    /// Takes so much of what is left. The interpreter can't be asked to stop, but it can be left.
    fn take(left: &mut usize, count: usize) {
        match left.checked_sub(count) {
            Some(rest) => *left = rest,
            None => std::panic::resume_unwind(Box::new(Exhausted)),
        }
    }

    fn step(&mut self) {
        Self::take(&mut self.steps, 1);
    }

    fn paint(&mut self, paint: &Paint<'_>, stroke: bool) {
        if let Paint::Pattern(pattern) = paint
            && let Pattern::Tiling(tiling) = &**pattern
        {
            self.tiles(tiling, stroke);
        }
    }

    /// A cell is drawn once for each copy that reaches into a tile: many where the step is smaller than the
    /// cell, and where tiles don't repeat a row of them.
    fn tiles(&mut self, tiling: &TilingPattern<'_>, stroke: bool) {
        let copies = |length: f64, step: f32| {
            let copies = (length.abs() / f64::from(step).abs()).ceil() + 2.0;
            // What is no number, or greater than any, is more than is left.
            let most = (0..=17).map(|power| 1_u32 << power).find(|count| f64::from(*count) >= copies)?;
            usize::try_from(most).ok()
        };
        let across = copies(tiling.bbox.width(), tiling.x_step);
        let along = copies(tiling.bbox.height(), tiling.y_step);
        let all = across.zip(along).and_then(|(across, along)| across.checked_mul(along));
        let before = self.steps;
        let masks = std::mem::take(&mut self.masks);
        let _ = tiling.interpret(self, hayro_interpret::kurbo::Affine::IDENTITY, stroke);
        self.masks = masks;
        let one = (before - self.steps).max(1);
        Self::take(&mut self.steps, all.map_or(usize::MAX, |all| one.saturating_mul(all)));
    }

    fn mask(&mut self, mask: Option<&SoftMask<'_>>) {
        let Some(mask) = mask else { return };
        if self.masks.insert(mask.cache_key()) {
            let masks = std::mem::take(&mut self.masks);
            mask.interpret(self);
            self.masks = masks;
        }
    }

    fn drawn(&mut self, props: &DrawProps<'_>, mode: &DrawMode) {
        self.step();
        self.mask(props.soft_mask.as_ref());
        self.paint(&props.paint, matches!(mode, DrawMode::Stroke(_)));
    }
}

impl<'a> Device<'a> for Effort {
    fn draw_path(&mut self, _: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.drawn(&props, mode);
    }

    fn draw_rect(&mut self, _: &Rect, props: DrawProps<'a>, mode: &DrawMode) {
        self.drawn(&props, mode);
    }

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.step();
    }

    fn push_transparency_group(&mut self, _: f32, mask: Option<SoftMask<'a>>, _: BlendMode) {
        self.step();
        self.mask(mask.as_ref());
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        for glyph in run.glyphs() {
            Self::take(&mut self.glyphs, 1);
            self.drawn(&props, mode);
            if let Glyph::Type3(drawing) = &**glyph {
                drawing.interpret(self, props.transform, glyph.transform(), &props.paint);
            }
        }
    }

    fn draw_image(&mut self, _: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.step();
        self.mask(props.soft_mask.as_ref());
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}

    fn begin_marked_content(&mut self, _: &[u8], _: Option<&Dict<'_>>) {
        self.step();
    }
}
