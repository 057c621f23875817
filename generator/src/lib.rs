//! The pipeline from the Engine API's Swagger files to one raw crate per API version.
