"""Start the app for the browser tests: ``python tests/browser/serve.py PORT [fake]``."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

if __name__ == "__main__":
    faulthandler.register(
        signal.SIGUSR1
    )  # says where every thread is, when a test asks why nothing moves
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    if "fake" in sys.argv[2:]:
        import core.engine
        from tests import fake_engine

        core.engine.Engine = fake_engine.Engine  # type: ignore[assignment,misc]

    from streamlit.web.cli import main

    options = (f"port={sys.argv[1]}", "headless=true", "fileWatcherType=none", "address=127.0.0.1")
    sys.argv = ["streamlit", "run", "app.py", *(f"--server.{option}" for option in options)]
    main()
