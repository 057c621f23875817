//! A client for the Docker Engine API with the words of the `docker` CLI.
