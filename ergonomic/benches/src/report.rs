//! A row of figures, what it is to reach, and the table of all rows.

use serde::Serialize;

use crate::measure::Times;

/// Figures of one kind, side by side.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    pub name: &'static str,
    pub unit: &'static str,
    pub ours: f64,
    pub hyper_floor: Option<f64>,
    pub bollard: Option<f64>,
    pub ratio_to_floor: Option<f64>,
    pub ratio_to_bollard: Option<f64>,
    #[serde(skip)]
    pub goal: Goal,
}

/// What a row is to reach.
#[derive(Clone, Copy, Debug, Default)]
pub struct Goal {
    /// More is better: what is a bound from above otherwise is one from below.
    pub more: bool,
    pub figure: Option<f64>,
    pub floor: Option<f64>,
    pub bollard: Option<f64>,
}

impl Row {
    pub fn new(
        name: &'static str,
        unit: &'static str,
        ours: f64,
        hyper_floor: Option<f64>,
        bollard: Option<f64>,
        goal: Goal,
    ) -> Self {
        Self {
            name,
            unit,
            ours,
            hyper_floor,
            bollard,
            ratio_to_floor: hyper_floor.map(|floor| ours / floor),
            ratio_to_bollard: bollard.map(|bollard| ours / bollard),
            goal,
        }
    }

    /// Microseconds for each of `count`.
    pub fn each(name: &'static str, count: u64, times: Times, goal: Goal) -> Self {
        let each = |seconds: f64| seconds * 1e6 / count as f64;
        let [floor, bollard] = [times.floor, times.bollard].map(|time| time.map(each));
        Self::new(name, "µs", each(times.ours), floor, bollard, goal)
    }

    /// How many, in millions (`unit`), in a second.
    pub fn rate(
        name: &'static str,
        unit: &'static str,
        count: u64,
        times: Times,
        goal: Goal,
    ) -> Self {
        let rate = |seconds: f64| count as f64 / 1e6 / seconds;
        let [floor, bollard] = [times.floor, times.bollard].map(|time| time.map(rate));
        let goal = Goal { more: true, ..goal };
        Self::new(name, unit, rate(times.ours), floor, bollard, goal)
    }

    pub fn is_at_goal(&self) -> bool {
        let within = |figure: Option<f64>, bound: Option<f64>| match (figure, bound) {
            (Some(figure), Some(bound)) if self.goal.more => figure >= bound,
            (Some(figure), Some(bound)) => figure <= bound,
            (None, Some(_)) => false,
            (_, None) => true,
        };
        within(Some(self.ours), self.goal.figure)
            && within(self.ratio_to_floor, self.goal.floor)
            && within(self.ratio_to_bollard, self.goal.bollard)
    }
}

/// The head of the table.
pub fn head() {
    println!(
        "{:<16} {:>9} {:>10} {:>10} {:>10} {:>9} {:>10}  {:<26} verdict",
        "row", "unit", "ours", "floor", "bollard", "to floor", "to bollard", "goal"
    );
}

pub fn print(row: &Row) {
    let figure = |value: Option<f64>| match value {
        Some(value) if value >= 100.0 => format!("{value:.0}"),
        Some(value) => format!("{value:.2}"),
        None => "-".to_owned(),
    };
    println!(
        "{:<16} {:>9} {:>10} {:>10} {:>10} {:>9} {:>10}  {:<26} {}",
        row.name,
        row.unit,
        figure(Some(row.ours)),
        figure(row.hyper_floor),
        figure(row.bollard),
        figure(row.ratio_to_floor),
        figure(row.ratio_to_bollard),
        goal(&row.goal),
        if row.is_at_goal() {
            "at goal"
        } else {
            "missed"
        },
    );
}

fn goal(goal: &Goal) -> String {
    let sign = if goal.more { "≥" } else { "≤" };
    let bounds = [
        goal.figure.map(|bound| format!("{sign} {bound}")),
        goal.floor.map(|bound| format!("{sign} {bound} × floor")),
        goal.bollard
            .map(|bound| format!("{sign} {bound} × bollard")),
    ];
    let bounds: Vec<_> = bounds.into_iter().flatten().collect();
    bounds.join(", ")
}
