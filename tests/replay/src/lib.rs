//! An in-process engine that replays recorded exchanges of a real Docker Engine.
