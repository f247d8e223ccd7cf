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
}
