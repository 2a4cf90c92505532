"""The model that the user names: loaded, with its inputs."""
