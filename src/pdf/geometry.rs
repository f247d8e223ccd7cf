//! Places on a page, in the default user space (ISO 32000-2, 8.3.2.3): points, y upwards.

use super::object::Object;

/// A rectangle on a page, in PDF points from the lower left corner: left, bottom, right, top.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rectangle {
    /// Left edge.
    pub left: f64,
    /// Lower edge.
    pub bottom: f64,
    /// Right edge.
    pub right: f64,
    /// Upper edge.
    pub top: f64,
}

impl Rectangle {
    /// As a PDF array.
    #[must_use]
    pub fn object(&self) -> Object {
        Object::Array([self.left, self.bottom, self.right, self.top].into_iter().map(Object::real).collect())
    }

    /// Width in points.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    /// Height in points.
    #[must_use]
    pub fn height(&self) -> f64 {
        self.top - self.bottom
    }

    /// Between two opposite corners, whichever they are.
    #[must_use]
    pub fn spanned((a, b): (f64, f64), (c, d): (f64, f64)) -> Self {
        Self { left: a.min(c), bottom: b.min(d), right: a.max(c), top: b.max(d) }
    }
}

/// A page as it is shown: what is visible of it, turned by its /Rotate. Its places are points from the lower left corner
/// of what is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    visible: Rectangle,
    turn: u32,
}

impl View {
    /// What is visible of a page, shown turned clockwise by 0, 90, 180 or 270 degrees.
    #[must_use]
    pub fn new(visible: Rectangle, turn: u32) -> Self {
        Self { visible, turn }
    }

    /// Width of what is shown.
    #[must_use]
    pub fn width(&self) -> f64 {
        if matches!(self.turn, 90 | 270) { self.visible.height() } else { self.visible.width() }
    }

    /// Height of what is shown.
    #[must_use]
    pub fn height(&self) -> f64 {
        if matches!(self.turn, 90 | 270) { self.visible.width() } else { self.visible.height() }
    }

    /// Where a point of the page is shown.
    #[must_use]
    pub fn shown(&self, x: f64, y: f64) -> (f64, f64) {
        let Rectangle { left, bottom, right, top } = self.visible;
        match self.turn {
            90 => (y - bottom, right - x),
            180 => (right - x, top - y),
            270 => (top - y, x - left),
            _ => (x - left, y - bottom),
        }
    }

    /// Where on the page something is that is shown there.
    #[must_use]
    pub fn on_page(&self, shown: &Rectangle) -> Rectangle {
        let Rectangle { left, bottom, right, top } = self.visible;
        let point = |x: f64, y: f64| match self.turn {
            90 => (right - y, bottom + x),
            180 => (right - x, top - y),
            270 => (left + y, top - x),
            _ => (left + x, bottom + y),
        };
        Rectangle::spanned(point(shown.left, shown.bottom), point(shown.right, shown.top))
    }

    /// Where something is shown that is there on the page.
    #[must_use]
    pub fn as_shown(&self, on_page: &Rectangle) -> Rectangle {
        Rectangle::spanned(self.shown(on_page.left, on_page.bottom), self.shown(on_page.right, on_page.top))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_of_a_turned_page_comes_back_from_where_it_is_shown() {
        let visible = Rectangle { left: 10.0, bottom: 20.0, right: 605.0, top: 862.0 };
        let place = Rectangle { left: 50.0, bottom: 100.0, right: 90.0, top: 120.0 };
        for turn in [0, 90, 180, 270] {
            let view = View::new(visible, turn);
            assert_eq!(view.on_page(&view.as_shown(&place)), place, "{turn}");
        }
    }

    #[test]
    fn the_top_left_of_a_page_turned_clockwise_is_shown_at_the_top_right() {
        // ISO 32000-2, Table 31: /Rotate turns clockwise.
        let view = View::new(Rectangle { left: 0.0, bottom: 0.0, right: 595.0, top: 842.0 }, 90);
        assert_eq!(view.shown(0.0, 842.0), (842.0, 595.0));
        assert_eq!((view.width(), view.height()), (842.0, 595.0));
    }
}
