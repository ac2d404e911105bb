"""Models from a model hub (HF_ENDPOINT honoured), given up quickly where none is reachable."""

import re
import threading
import urllib.error
import urllib.request
from pathlib import Path

from index.registry import HubFile, WeightsError

REACH_TIMEOUT_S = 4.0
"""A hub that answers at all does so in well under a second; this is all that its absence costs."""

HUB_ID = re.compile(r"[\w.-]+/[\w.-]+(:[\w./-]+)?")

OTHER_FORMATS = ["*.onnx*", "onnx/*", "openvino/*", "*.h5", "*.msgpack", "*.ot", "*.tflite"]
"""The same weights again, for other software."""


def is_hub_id(name: str) -> bool:
    """Whether a name could be `owner/repository` or `owner/repository:file`."""
    return HUB_ID.fullmatch(name) is not None


def find_unreachable(repo: str) -> str | None:
    """Why a repository cannot be had from the hub, or None if the hub offers it.

    One attempt; name look-up, which heeds no timeout, is left behind in its thread.
    """
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return "HF_HUB_OFFLINE is set"
    url = f"{constants.ENDPOINT}/api/models/{repo}"
    reasons: list[str | None] = [f"no answer in {REACH_TIMEOUT_S:g} s"]

    def attempt() -> None:
        request = urllib.request.Request(url, headers={"User-Agent": "policyqa"})
        try:
            with urllib.request.urlopen(request, timeout=REACH_TIMEOUT_S):
                reasons.append(None)
        except urllib.error.HTTPError as fault:
            # 401 and 403: a private or gated repository, which the hub's client has a token for.
            reasons.append(None if fault.code in (401, 403) else f"it answered {fault.code}")
        except OSError as fault:
            reasons.append(str(getattr(fault, "reason", fault)))

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(REACH_TIMEOUT_S)
    return reasons[-1]


def fetch_from_hub(source: HubFile, folder: Path) -> Path:
    """One file of a repository, below `folder`; an interrupted download is resumed there.

    Raises:
        WeightsError: The hub is not reachable or does not give the file.
    """
    import httpx2
    from huggingface_hub import hf_hub_download

    if reason := find_unreachable(source.repo):
        raise WeightsError(f"the model hub does not offer {source.repo}: {reason}")
    try:
        path = hf_hub_download(
            source.repo, source.filename, revision=source.revision, local_dir=folder
        )
    except (OSError, ValueError, httpx2.HTTPError) as fault:
        raise WeightsError(
            f"the model hub did not give {source.filename}: {_first_line(fault)}"
        ) from fault
    return Path(path)


def fetch_by_id(name: str, *, offline: bool) -> Path:
    """The folder of a hub's repository, or one file of it for `owner/repository:file`.

    A copy that lies complete in the hub client's own cache is used as it is; only what is missing
    is fetched.

    Raises:
        WeightsError: There is no complete copy, and none can be fetched.
    """
    if (path := _find_copy(name)) is not None:
        return path
    if offline:
        raise WeightsError(
            f"{name} is not complete in the hub's cache and POLICYQA_OFFLINE=1 forbids fetching "
            f"it; run once with the network: python -m index.weights fetch {name}"
        )
    if reason := find_unreachable(name.partition(":")[0]):
        raise WeightsError(
            f"{name} is no local path and not to be had from the model hub ({reason}); set "
            "HF_ENDPOINT to a hub that is reachable, or give a local folder or a name of: "
            "python -m index.weights list"
        )
    return _download(name, local_only=False)


def _first_line(fault: Exception) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0]


def _find_copy(name: str) -> Path | None:
    """The local copy, if there is one and no file of it is still arriving."""
    from huggingface_hub import constants
    from huggingface_hub.file_download import repo_folder_name

    repo = repo_folder_name(repo_id=name.partition(":")[0], repo_type="model")
    blobs = Path(constants.HF_HUB_CACHE) / repo / "blobs"
    if not blobs.parent.is_dir() or any(blobs.glob("*.incomplete")):
        return None
    try:
        return _download(name, local_only=True)
    except WeightsError:
        return None


def _download(name: str, *, local_only: bool) -> Path:
    import httpx2
    from huggingface_hub import hf_hub_download, snapshot_download

    repo, _, filename = name.partition(":")
    try:
        if filename:
            return Path(hf_hub_download(repo, filename, local_files_only=local_only))
        return Path(
            snapshot_download(repo, ignore_patterns=OTHER_FORMATS, local_files_only=local_only)
        )
    except (OSError, ValueError, httpx2.HTTPError) as fault:
        raise WeightsError(f"the model hub did not give {name}: {_first_line(fault)}") from fault
