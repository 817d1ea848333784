//! Where the parts of a picture stand, in percent of its width and height: so a picture fits whatever
//! room it has, and its words stay as large as they are. How it looks is the theme's.

use jiff::civil::Date;
use latchkey_web::Text;
use serde::Serialize;

/// A bar's part holds its number if it is so wide, in percent.
const HOLDS_NUMBER: f64 = 9.0;
/// What is narrower is not seen, in percent: whoever there is is shown.
const SEEN: f64 = 0.6;

/// A part of a bar.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Part {
    /// What it stands for, which says how it is filled.
    pub(crate) slug: &'static str,
    pub(crate) label: Text,
    pub(crate) number: String,
    /// From where, and how wide, as SVG lengths.
    x: String,
    width: String,
    /// Where its number stands, if there is room for it.
    written_at: Option<String>,
}

/// A bar of so many of each.
pub(crate) fn bar(parts: &[(&'static str, u64)]) -> Vec<Part> {
    let all: u64 = parts.iter().map(|(_, number)| number).sum();
    let wide = |number: u64| match (number, all) {
        (0, _) | (_, 0) => 0.0,
        (number, all) => (float(number) / float(all) * 100.0).max(SEEN),
    };
    // Whoever is made visible takes room from the others.
    let whole: f64 = parts.iter().map(|(_, number)| wide(*number)).sum();
    let mut x = 0.0;
    let mut bar = Vec::with_capacity(parts.len());
    for (slug, number) in parts {
        let width = wide(*number) / whole.max(1.0) * 100.0;
        bar.push(Part {
            slug,
            label: Text::new(format!("console-progress-{slug}")),
            number: grouped(*number),
            x: percent(x),
            width: percent(width),
            written_at: (width >= HOLDS_NUMBER).then(|| percent(x + 1.0)),
        });
        x += width;
    }
    bar
}

/// How far people were on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) day: Date,
    pub(crate) people: u64,
    pub(crate) with_key: u64,
    /// How many had two keys or more.
    pub(crate) two_keys: u64,
}

impl Point {
    /// In a hundred.
    fn share(self) -> f64 {
        if self.people == 0 { 0.0 } else { float(self.with_key) / float(self.people) * 100.0 }
    }
}

/// A day as pictures and tables name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Day {
    day: i8,
    month: String,
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self { day: date.day(), month: format!("month-{}", date.month()) }
    }
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Piece {
    x1: String,
    y1: String,
    x2: String,
    y2: String,
}

/// A day below a picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Tick {
    day: Day,
    x: String,
    /// Which end of its words stands there: `start`, `middle` or `end`.
    anchor: &'static str,
}

/// A height, with what it means.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Height {
    share: u8,
    y: String,
}

/// A share over time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Line {
    pieces: Vec<Piece>,
    heights: Vec<Height>,
    ticks: Vec<Tick>,
    left: String,
    right: String,
    /// Where today stands.
    x: String,
    y: String,
    /// Where its words do, above the line or below it.
    words_y: String,
    share: u64,
    /// Where grace ends.
    until: Option<Tick>,
    top: String,
    bottom: String,
}

/// Where the picture of a line begins and ends, in percent: beside it stand the heights' words, and
/// below it the days'.
const LEFT: f64 = 13.0;
const RIGHT: f64 = 96.0;
const TOP: f64 = 8.0;
const BOTTOM: f64 = 86.0;
/// Words of two days that are nearer run into each other, in percent of the width.
const APART: f64 = 28.0;

/// The line through some days, and up to a last one that lies ahead; `None` for fewer than two.
pub(crate) fn line(points: &[Point], until: Option<Date>) -> Option<Line> {
    let (first, last) = (points.first()?, points.last()?);
    let days = |from: Date, to: Date| float_days(from, to);
    let end = until.map_or(last.day, |until| until.max(last.day));
    let whole = days(first.day, end);
    if points.len() < 2 || whole <= 0.0 {
        return None;
    }
    let x = |day: Date| LEFT + days(first.day, day) / whole * (RIGHT - LEFT);
    let y = |share: f64| BOTTOM - share / 100.0 * (BOTTOM - TOP);
    let pieces = points.windows(2).filter_map(|two| match two {
        [from, to] => Some(Piece {
            x1: percent(x(from.day)),
            y1: percent(y(from.share())),
            x2: percent(x(to.day)),
            y2: percent(y(to.share())),
        }),
        _ => None,
    });
    let tick = |day: Date| {
        let at = x(day);
        let anchor = match at {
            at if at <= LEFT + 1.0 => "start",
            at if at >= RIGHT - APART / 2.0 => "end",
            _ => "middle",
        };
        Tick { day: day.into(), x: percent(at), anchor }
    };
    let mut ticks = vec![tick(first.day)];
    let mut taken = vec![x(first.day)];
    let middle = points.get(points.len() / 2).map(|point| point.day);
    // Those that matter most first; what has no room is left out.
    for day in until.into_iter().chain([last.day]).chain(middle) {
        if taken.iter().all(|at| (at - x(day)).abs() >= APART) {
            ticks.push(tick(day));
            taken.push(x(day));
        }
    }
    let share = share(last.with_key, last.people);
    let today = y(last.share());
    Some(Line {
        pieces: pieces.collect(),
        heights: [0, 25, 50, 75, 100]
            .map(|share| Height { share, y: percent(y(f64::from(share))) })
            .to_vec(),
        ticks,
        left: percent(LEFT),
        right: percent(RIGHT),
        x: percent(x(last.day)),
        y: percent(today),
        words_y: percent(if today > 40.0 { today - 7.0 } else { today + 12.0 }),
        share,
        until: until.filter(|until| *until > last.day).map(tick),
        top: percent(TOP),
        bottom: percent(BOTTOM),
    })
}

/// The days to show of those that were counted: each week's last one and today, or every day while
/// there are few.
pub(crate) fn weekly(days: &[Point]) -> Vec<Point> {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return vec![] };
    if float_days(first.day, last.day) <= 14.0 {
        return days.to_vec();
    }
    let week = |point: &Point| float_days(point.day, last.day).div_euclid(7.0);
    let mut shown: Vec<Point> = Vec::new();
    for point in days {
        match shown.last_mut() {
            Some(before) if week(before).total_cmp(&week(point)).is_eq() => *before = *point,
            _ => shown.push(*point),
        }
    }
    shown
}

/// The fewest days that tell how it goes on.
const TREND: u64 = 21;
/// What is longer ago tells little of what is to come, in days.
const LATELY: u64 = 56;
/// So far ahead nobody knows, in days.
const FORESEEN: u128 = 730;

/// The day on which everybody has two keys, if it goes on as in the last weeks; `None` when that
/// tells nothing: there are too few of them, it did not get better, also not in the latter half of
/// them, or other people came or went in numbers.
pub(crate) fn all_with_two(weeks: &[Point]) -> Option<Date> {
    let last = weeks.last()?;
    let age = |point: &Point| {
        let days = point.day.until(last.day).map(|span| span.get_days()).ok()?;
        u64::try_from(days).ok()
    };
    let recent = |point: &&Point| age(point).is_some_and(|age| age <= LATELY);
    let lately: Vec<&Point> = weeks.iter().filter(recent).collect();
    let (first, middle) = (lately.first()?, lately.get(lately.len() / 2)?);
    let days = age(first).filter(|days| *days >= TREND)?;
    if first.people.abs_diff(last.people) > first.people / 5 {
        return None;
    }
    // By how much the share grew since then: of both counts multiplied, so that nothing is rounded.
    let times = |one: u64, other: u64| u128::from(one) * u128::from(other);
    let gained = |then: &Point| {
        let now = times(last.two_keys, then.people);
        now.checked_sub(times(then.two_keys, last.people)).filter(|gained| *gained > 0)
    };
    let (gained, _) = (gained(first)?, gained(middle)?);
    let without = last.people.checked_sub(last.two_keys).filter(|without| *without > 0)?;
    let left = times(without, first.people).saturating_mul(days.into()).div_ceil(gained);
    if left > FORESEEN {
        return None;
    }
    let ahead = jiff::Span::new().days(i64::try_from(left).ok()?);
    last.day.checked_add(ahead).ok()
}

/// How many of a hundred: 100 are all, and 0 is nobody.
pub(crate) fn share(some: u64, all: u64) -> u64 {
    match some.saturating_mul(100).checked_div(all) {
        Some(0) if some > 0 => 1,
        share => share.unwrap_or_default(),
    }
}

/// A number as people read it: `4,820`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn float_days(from: Date, to: Date) -> f64 {
    f64::from(from.until(to).map(|span| span.get_days()).unwrap_or_default())
}

#[allow(clippy::cast_precision_loss, reason = "a picture shows no more than three digits")]
fn float(number: u64) -> f64 {
    number as f64
}

fn percent(number: f64) -> String {
    format!("{number:.2}%")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn point(day: i8, with_key: u64) -> Point {
        Point { day: date(2026, 9, day), people: 100, with_key, two_keys: 0 }
    }

    #[test]
    fn a_bar_is_full_and_shows_even_one_of_a_million() {
        let parts = bar(&[("two-keys", 999_999), ("one-key", 0), ("nothing", 1)]);
        let widths: Vec<f64> = parts
            .iter()
            .map(|part| part.width.trim_end_matches('%').parse().expect("a number"))
            .collect();
        assert!((widths.iter().sum::<f64>() - 100.0).abs() < 0.1, "{widths:?}");
        assert!(widths[1] < 0.01 && widths[2] > 0.5, "{widths:?}");
        assert!(parts[0].written_at.is_some() && parts[2].written_at.is_none());
        assert_eq!(parts[0].number, "999,999");
        assert!(bar(&[("nothing", 0)]).iter().all(|part| part.width == "0.00%"), "nobody");
    }

    #[test]
    fn a_share_is_whole_for_all_only_and_nothing_for_nobody_only() {
        let shares = [(0, 0), (0, 5), (1, 1000), (3412, 4820), (999, 1000), (1000, 1000)];
        assert_eq!(shares.map(|(some, all)| share(some, all)), [0, 0, 1, 70, 99, 100]);
    }

    #[test]
    fn numbers_are_read_in_threes() {
        let numbers = [0, 27, 322, 4820, 1_000_000].map(grouped);
        assert_eq!(numbers, ["0", "27", "322", "4,820", "1,000,000"]);
    }

    #[test]
    fn of_many_weeks_each_shows_its_last_day_and_of_few_days_all_are_shown() {
        let few: Vec<Point> = (1..=15).map(|day| point(day, 1)).collect();
        assert_eq!(weekly(&few).len(), 15);
        let many: Vec<Point> = (1..=30).map(|day| point(day, 1)).collect();
        let days: Vec<i8> = weekly(&many).iter().map(|point| point.day.day()).collect();
        assert_eq!(days, [2, 9, 16, 23, 30], "back from today");
        assert!(weekly(&[]).is_empty());
    }

    fn weeks(two_keys: &[u64]) -> Vec<Point> {
        let begin = date(2026, 9, 1);
        let day = |week| begin.checked_add(jiff::Span::new().weeks(week)).expect("a day");
        let point = |(week, two_keys): (i64, &u64)| Point {
            day: day(week),
            people: 100,
            with_key: 100,
            two_keys: *two_keys,
        };
        (0..).zip(two_keys).map(point).collect()
    }

    #[test]
    fn when_all_have_two_keys_is_told_by_the_pace_of_the_last_weeks() {
        // 40 more in four weeks, and 40 are left.
        let day = all_with_two(&weeks(&[20, 30, 40, 50, 60]));
        assert_eq!(day, Some(date(2026, 10, 27)));
        // What was long ago does not count: 8 weeks of 5 each, 35 left.
        let long = [60, 60, 60, 25, 30, 35, 40, 45, 50, 55, 60, 65];
        assert_eq!(all_with_two(&weeks(&long)), Some(date(2027, 1, 5)));
    }

    #[test]
    fn nothing_is_foretold_where_the_weeks_tell_nothing() {
        for (two_keys, why) in [
            (&[][..], "nothing is counted"),
            (&[20, 40, 60], "two weeks are no trend"),
            (&[20, 20, 20, 20], "it does not get better"),
            (&[60, 50, 40, 30], "it gets worse"),
            (&[20, 60, 60, 60, 60], "it stopped"),
            (&[20, 40, 60, 100], "they have them"),
            (&[0, 0, 0, 0, 1], "it takes years"),
        ] {
            assert_eq!(all_with_two(&weeks(two_keys)), None, "{why}");
        }
        let mut merged = weeks(&[20, 30, 40, 50, 60]);
        merged[0].people = 70;
        assert_eq!(all_with_two(&merged), None, "others came");
    }

    #[test]
    fn a_line_goes_from_the_first_day_to_today_and_no_further() {
        let drawn = line(&[point(1, 10), point(8, 20), point(15, 75)], None).expect("a line");
        assert_eq!(drawn.pieces.len(), 2);
        assert_eq!((&*drawn.x, drawn.share), ("96.00%", 75));
        assert_eq!(drawn.until, None);
        let ahead = date(2026, 9, 29);
        let drawn = line(&[point(1, 10), point(15, 75)], Some(ahead)).expect("a line");
        assert_eq!(drawn.x, "54.50%", "half way to the end of grace");
        assert_eq!(drawn.until.map(|tick| tick.x), Some("96.00%".to_owned()));
        let over = line(&[point(1, 10), point(15, 75)], Some(date(2026, 9, 8))).expect("a line");
        assert_eq!(over.until, None, "what lies behind is no date to plan for");
        assert_eq!(line(&[point(1, 10)], Some(ahead)), None, "one day is no line");
        assert_eq!(line(&[], None), None);
    }
}
