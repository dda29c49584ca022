//! Points, boxes, and whether they touch.

/// A place, in pixels; y grows downwards.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

impl Point {
    pub(super) fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    pub(super) fn plus(self, other: Point) -> Point {
        Point::new(self.x + other.x, self.y + other.y)
    }

    pub(super) fn minus(self, other: Point) -> Point {
        Point::new(self.x - other.x, self.y - other.y)
    }

    pub(super) fn times(self, factor: f64) -> Point {
        Point::new(self.x * factor, self.y * factor)
    }

    pub(super) fn length(self) -> f64 {
        self.x.hypot(self.y)
    }

    /// The same direction with length 1; to the right if there is none.
    pub(super) fn unit(self) -> Point {
        let length = self.length();
        if length < 1e-9 { Point::new(1.0, 0.0) } else { self.times(1.0 / length) }
    }

    /// A quarter turn.
    pub(super) fn normal(self) -> Point {
        Point::new(-self.y, self.x)
    }
}

/// A box by its middle and size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub(super) middle: Point,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Area {
    pub(super) fn new(middle: Point, width: f64, height: f64) -> Self {
        Self { middle, width, height }
    }

    pub(super) fn grown(self, by: f64) -> Self {
        Self { width: self.width + 2.0 * by, height: self.height + 2.0 * by, ..self }
    }

    pub(super) fn contains(self, point: Point) -> bool {
        let away = point.minus(self.middle);
        away.x.abs() <= self.width / 2.0 && away.y.abs() <= self.height / 2.0
    }

    /// How much of the area both cover.
    pub(super) fn overlap(self, other: Area) -> f64 {
        let away = other.middle.minus(self.middle);
        let across = (self.width + other.width) / 2.0 - away.x.abs();
        let down = (self.height + other.height) / 2.0 - away.y.abs();
        if across > 0.0 && down > 0.0 { across * down } else { 0.0 }
    }
}

/// A quadratic curve; straight when the control point is in the middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Curve {
    pub(super) from: Point,
    pub(super) control: Point,
    pub(super) to: Point,
}

impl Curve {
    /// From one place to another, bent to the left by this many pixels.
    pub(super) fn bent(from: Point, to: Point, bend: f64) -> Self {
        let middle = from.plus(to).times(0.5);
        let control = middle.plus(to.minus(from).unit().normal().times(bend * 2.0));
        Self { from, control, to }
    }

    /// The point at a part of the way, 0 to 1.
    pub(super) fn at(self, part: f64) -> Point {
        let rest = 1.0 - part;
        self.from.times(rest * rest).plus(self.control.times(2.0 * rest * part)).plus(self.to.times(part * part))
    }
}
