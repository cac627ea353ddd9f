"""What happens in each process as soon as all apps are loaded: web server, worker, beat, command."""

import gc

from django.apps import AppConfig


class LoadedConfig(AppConfig):
    """The last of the apps that are installed, so that Django calls it when the others are ready."""

    name = "hmis_portal.running"

    def ready(self) -> None:
        """Nobody looks for garbage in what is loaded, and a worker's children share its memory.

        In what comes after it is looked for less often than by default: Django makes objects by the thousand.
        """
        gc.freeze()
        gc.set_threshold(50_000, 10, 10)
