//! How far layers are, one by one and all together: what a progress bar draws.

use super::step::{LayerState, LayerStep, Step};

/// How many layers are kept: far more than images have.
const MOST: usize = 4096;

/// How far the layers of some work are, in the order in which they were first heard of.
///
/// Bytes are those of the transfer: downloaded, uploaded or read. What comes after it, such as
/// unpacking, is told by a layer's state.
///
/// See [`Progress`](crate::Progress) for an example.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layers {
    layers: Vec<Layer>,
}

/// How far a layer is.
///
/// See [`Progress`](crate::Progress) for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Layer {
    /// The layer's id: the first digits of a digest.
    pub id: String,
    /// What is being done with it.
    pub state: LayerState,
    /// How many of its bytes are transferred.
    pub done: u64,
    /// How many bytes it has, if that is known: not every engine tells, and none does of a layer
    /// that is there already.
    pub total: Option<u64>,
}

impl Layers {
    /// How many bytes are transferred, of all layers.
    pub fn done(&self) -> u64 {
        self.sum(|layer| layer.done)
    }

    /// How many bytes all layers have of which that is known. It grows as layers are heard of.
    pub fn total(&self) -> u64 {
        self.sum(|layer| layer.total.unwrap_or_default())
    }

    /// The layers one by one.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Layer> {
        self.layers.iter()
    }

    /// How many layers there are.
    pub fn len(&self) -> usize {
        self.layers.len()
    }

    /// Whether no layer has been heard of.
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// How many layers are there, of which nothing more is to be done. An engine that does not
    /// tell of unpacking is done with what is downloaded.
    pub fn complete(&self) -> usize {
        let complete = |layer: &&Layer| layer.is_complete();
        self.layers.iter().filter(complete).count()
    }

    pub(super) fn see(&mut self, step: &Step) {
        let Step::Layer(step) = step else { return };
        let known = self.layers.iter().rposition(|layer| layer.id == step.id);
        let at = match known {
            Some(at) => at,
            None if self.layers.len() < MOST => {
                self.layers.push(Layer::new(step));
                self.layers.len() - 1
            }
            None => return,
        };
        self.layers[at].update(step);
    }

    fn sum(&self, bytes: impl Fn(&Layer) -> u64) -> u64 {
        self.layers.iter().map(bytes).fold(0, u64::saturating_add)
    }
}

impl<'a> IntoIterator for &'a Layers {
    type Item = &'a Layer;
    type IntoIter = std::slice::Iter<'a, Layer>;

    fn into_iter(self) -> Self::IntoIter {
        self.layers.iter()
    }
}

impl Layer {
    fn new(step: &LayerStep) -> Self {
        Self {
            id: step.id.clone(),
            state: step.state.clone(),
            done: 0,
            total: None,
        }
    }

    /// Whether nothing more is to be done with it.
    pub fn is_complete(&self) -> bool {
        match self.state {
            LayerState::Downloaded
            | LayerState::Pulled
            | LayerState::Pushed
            | LayerState::AlreadyExists => true,
            LayerState::Loading => self.total == Some(self.done),
            _ => false,
        }
    }

    fn update(&mut self, step: &LayerStep) {
        self.state = step.state.clone();
        match step.state {
            LayerState::Downloading | LayerState::Pushing | LayerState::Loading => {
                if step.units.is_some() {
                    return;
                }
                self.done = step.current.unwrap_or_default();
                // Uploads end beyond the total that was announced.
                let total = step.total.map(|total| total.max(self.done));
                self.total = total.or(self.total);
            }
            LayerState::Retrying => self.done = 0,
            LayerState::Verifying
            | LayerState::Downloaded
            | LayerState::Extracting
            | LayerState::Pulled
            | LayerState::Pushed => self.done = self.total.unwrap_or(self.done),
            LayerState::Waiting | LayerState::AlreadyExists | LayerState::Other(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn layers(messages: impl IntoIterator<Item = (&'static str, &'static str, Value)>) -> Layers {
        let mut layers = Layers::default();
        for (id, status, detail) in messages {
            let message = json!({"id": id, "status": status, "progressDetail": detail});
            layers.see(&Step::of(message).unwrap());
        }
        layers
    }

    #[test]
    fn a_pull_counts_what_is_downloaded() {
        let mut messages = vec![
            ("a", "Pulling fs layer", json!({})),
            ("b", "Pulling fs layer", json!({})),
            ("c", "Already exists", json!({})),
            ("a", "Downloading", json!({"current": 10, "total": 100})),
            ("b", "Downloading", json!({"current": 20, "total": 50})),
        ];
        let seen = layers(messages.clone());
        assert_eq!((seen.done(), seen.total()), (30, 150));
        assert_eq!((seen.complete(), seen.len()), (1, 3));
        messages.extend([
            ("a", "Verifying Checksum", json!({})),
            ("a", "Extracting", json!({"current": 5, "total": 100})),
            ("b", "Downloading", json!({"current": 40, "total": 50})),
        ]);
        let seen = layers(messages.clone());
        assert_eq!((seen.done(), seen.total()), (140, 150));
        messages.extend([
            ("a", "Pull complete", json!({})),
            ("b", "Download complete", json!({})),
            ("b", "Extracting", json!({"current": 2, "units": "s"})),
            ("b", "Pull complete", json!({})),
        ]);
        let seen = layers(messages);
        assert_eq!((seen.done(), seen.total()), (150, 150));
        assert_eq!(seen.complete(), 3);
        let ids: Vec<_> = seen.iter().map(|layer| &*layer.id).collect();
        assert_eq!(ids, ["a", "b", "c"]);
    }

    #[test]
    fn a_push_ends_beyond_its_total_and_counts_to_all() {
        let seen = layers([
            ("a", "Preparing", json!({})),
            ("a", "Pushing", json!({"current": 110, "total": 100})),
            ("a", "Pushed", json!({})),
        ]);
        assert_eq!((seen.done(), seen.total()), (110, 110));
    }

    #[test]
    fn a_transfer_that_begins_anew_counts_anew() {
        let seen = layers([
            ("a", "Downloading", json!({"current": 90, "total": 100})),
            ("a", "Retrying in 1 second", json!({})),
        ]);
        assert_eq!((seen.done(), seen.total()), (0, 100));
    }

    #[test]
    fn an_engine_without_numbers_has_layers_that_come() {
        let seen = layers([
            ("a", "Pulling fs layer", json!({})),
            ("a", "Download complete", json!({})),
            ("b", "Pulling fs layer", json!({})),
        ]);
        assert_eq!((seen.done(), seen.total()), (0, 0));
        assert_eq!((seen.complete(), seen.len()), (1, 2));
    }

    #[test]
    fn a_flood_of_layers_is_not_kept() {
        let mut layers = Layers::default();
        for id in 0..2 * MOST {
            let message = json!({"id": id.to_string(), "status": "Waiting", "progressDetail": {}});
            layers.see(&Step::of(message).unwrap());
        }
        assert_eq!(layers.len(), MOST);
    }
}
