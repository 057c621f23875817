//! What the replay, wire and live tests share.
