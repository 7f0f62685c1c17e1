"""Line icons of one weight; :data:`MATERIAL` names their counterparts for Streamlit's widgets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

_HEART: Final = (
    "M12 19.5C6 15.5 3.8 12.6 3.8 9.5a4.1 4.1 0 0 1 8.2-1.2"
    " 4.1 4.1 0 0 1 8.2 1.2c0 3.1-2.2 6-8.2 10z"
)
_PATHS: Final[Mapping[str, str]] = {
    "image": '<rect x="3" y="4.5" width="18" height="15" rx="2"/>'
    '<path d="m3.5 17 5-5.5 4 4 3-3 5 4.5"/>'
    '<circle cx="15.5" cy="9" r="1.4"/>',
    "text": '<path d="M4 6.5h16M4 11h16M4 15.5h10"/>',
    "audio": '<path d="M4 10v4M8 7v10M12 4v16M16 8v8M20 10.5v3"/>',
    "behaviour": '<circle cx="9" cy="9" r="3.2"/>'
    '<path d="M3.5 19c.6-3.2 2.7-5 5.5-5s4.9 1.8 5.5 5"/>'
    '<path d="M15.5 6.2a3 3 0 0 1 0 5.6M17 14.4c1.9.6 3.1 2.2 3.5 4.6"/>',
    "play": '<path d="M8 5.5v13l10.5-6.5z" fill="#000"/>',
    "pause": '<path d="M8.5 5.5v13M15.5 5.5v13"/>',
    "like": f'<path d="{_HEART}"/>',
    "liked": f'<path fill="#000" d="{_HEART}"/>',
    "hide": '<path d="m6.5 6.5 11 11M17.5 6.5l-11 11"/>',
}

MATERIAL: Final[Mapping[str, str]] = {
    "image": ":material/image:",
    "text": ":material/notes:",
    "audio": ":material/graphic_eq:",
    "behaviour": ":material/group:",
}


def icon(name: str) -> str:
    """Return an icon, hidden from screen readers: a word always stands beside it.

    It is an empty element that the style sheet cuts to shape, so that it survives ``st.html``,
    which removes SVG, and takes the colour of the text around it.
    """
    return f'<span class="tr-icon" data-i="{name}" aria-hidden="true"></span>'


def rules() -> str:
    """Return the CSS that cuts every icon to its shape."""
    return "".join(
        f'.tr-icon[data-i="{name}"]{{--tr-i:url("{_drawing(name)}")}}' for name in _PATHS
    )


def _drawing(name: str) -> str:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#000" '
        f'stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">{_PATHS[name]}</svg>'
    )
    return "data:image/svg+xml," + quote(svg, safe=" =:/'")
