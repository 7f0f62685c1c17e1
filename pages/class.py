"""Class: what does the room think?"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from components.chrome import heading, share
from components.class_booth import booth
from components.class_lobby import lobby
from components.class_look import style
from components.class_seat import enter_room, key_of, say, take_key
from components.class_wall import wall
from components.i18n import translator
from components.methods import fitted
from components.view import change, current_view, page_view

view = fitted(page_view())
t = translator(view.language)
style()

room = None
if view.room:
    take_key(view.room)
    room = enter_room(view.room)
    view = current_view()
say(t)
if room is None:
    place = heading(t, "class", view)
    lobby(view, t)
else:
    part = "class.wall" if key_of(room) else "class.booth"
    # The room has its own world: nothing to choose.
    place = heading(t, part, replace(view, world=room.world, present=True))
    if not view.present:
        with place:
            st.button(
                t("class.leave"),
                icon=":material/logout:",
                type="tertiary",
                on_click=lambda: change(room=""),
            )
    if key_of(room):
        wall(room, view, t)
    else:
        booth(room, t)
share(place, view, t)
